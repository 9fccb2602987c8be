import type { RunEvent } from '../contract/runEvents.ts';
import { bytes, count, duration, width } from './textTable.ts';

type Progress = Extract<RunEvent, { type: 'node-progress' }>;
interface Running {
  readonly since: number;
  readonly progress?: Progress;
  readonly metric?: string;
}
/** What the lines at the bottom of the terminal show: nodes that run now, in the order they started. */
export type ProgressState = ReadonlyMap<string, Running>;

export function nextProgress(state: ProgressState, event: RunEvent): ProgressState {
  if (event.type === 'node-started') return new Map(state).set(event.node, { since: event.at });
  if (event.type === 'node-finished') {
    const rest = new Map(state);
    rest.delete(event.outcome.node);
    return rest;
  }
  if (event.type !== 'node-progress' && event.type !== 'node-metric') return state;
  const running = state.get(event.node);
  if (!running) return state;
  const news = event.type === 'node-progress' ? { progress: event } : { metric: metricInWords(event) };
  return new Map(state).set(event.node, { ...running, ...news });
}

const metricInWords = ({ values }: Extract<RunEvent, { type: 'node-metric' }>): string =>
  Object.entries(values)
    .slice(0, 2)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`)
    .join(', ');

/** One line for each running node, none wider than the terminal. `now`: milliseconds since the epoch. */
export function progressLines(state: ProgressState, columns: number, now: number): string[] {
  const names = Math.max(0, ...[...state.keys()].map(width));
  return [...state].map(([node, running]) => {
    const name = node.padEnd(names);
    const barWidth = Math.max(8, Math.min(28, columns - names - 50));
    const line = `${name}  ${bar(running.progress, barWidth)}  ${detail(running, now)}`;
    return Array.from(line)
      .slice(0, columns - 1)
      .join('');
  });
}

function bar(progress: Progress | undefined, columns: number): string {
  const share = progress?.total ? Math.min(1, progress.done / progress.total) : 0;
  const full = Math.round(share * columns);
  return '━'.repeat(full) + '─'.repeat(columns - full);
}

function detail({ since, progress, metric }: Running, now: number): string {
  if (!progress) return [duration((now - since) / 1000), metric].filter(Boolean).join(' · ');
  const { stage, rate, etaSeconds } = progress;
  const amount = stage === undefined ? amountInWords(progress) : `${stage} ${amountInWords(progress)}`;
  return [
    amount,
    rate === undefined ? undefined : `${progress.unit === 'bytes' ? bytes(rate) : rate >= 10 ? count(rate) : rate.toFixed(1)}/s`,
    etaSeconds === undefined ? undefined : `${duration(etaSeconds)} left`,
    metric,
  ]
    .filter(Boolean)
    .join(' · ');
}

function amountInWords({ done, total, unit }: Progress): string {
  if (unit === 'bytes') return total === undefined ? bytes(done) : `${bytes(done)} of ${bytes(total)}`;
  return total === undefined ? `${count(done)} ${unit}` : `${Math.floor((100 * done) / Math.max(1, total))} % of ${count(total)} ${unit}`;
}
