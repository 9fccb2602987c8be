import type { ArtifactSummary } from '../../main/contract/artifact.ts';
import type { NodeStatus, RunEvent } from '../../main/contract/runEvents.ts';

/** Lines kept of each node's log; the run's folder keeps all. */
const LOG_LINES = 5_000;

export interface NodeRun {
  readonly status: 'queued' | 'running' | NodeStatus;
  readonly startedAt?: number;
  readonly seconds?: number;
  readonly progress?: {
    readonly done: number;
    readonly total?: number;
    readonly unit: string;
    readonly stage?: string;
    readonly rate?: number;
    readonly etaSeconds?: number;
  };
  /** Why it ran and was not reused, or why it was skipped. */
  readonly reasons: readonly string[];
  readonly outputs: Readonly<Record<string, ArtifactSummary>>;
  readonly error?: string;
  readonly log: readonly string[];
  /** By name, every point. */
  readonly curves: Readonly<Record<string, Curve>>;
}
/** The first `length` entries of two arrays that grow in place: adding a point to a long curve copies nothing. */
export interface Curve {
  readonly steps: number[];
  readonly values: number[];
  readonly length: number;
}

export interface RunState {
  readonly run: string | undefined;
  readonly status: 'idle' | 'starting' | 'running' | 'done' | 'failed' | 'cancelled';
  readonly startedAt?: number;
  readonly seconds?: number;
  readonly planningMs?: number;
  /** One sentence about the run as a whole: why it could not start, or that the engine was lost. */
  readonly error?: string;
  readonly nodes: Readonly<Record<string, NodeRun>>;
}

export const noRun: RunState = { run: undefined, status: 'idle', nodes: {} };

export const isActive = ({ status }: RunState): boolean => status === 'starting' || status === 'running';

const queued: NodeRun = { status: 'queued', reasons: [], outputs: {}, log: [], curves: {} };

/** What a run looks like after one more event. Events of another run than the one that started last are ignored. */
export function afterEvent(state: RunState, event: RunEvent): RunState {
  if (event.type === 'run-started') {
    const nodes: Record<string, NodeRun> = { ...state.nodes };
    for (const { node, decision, reasons } of event.plan.nodes) if (decision !== 'skipped') nodes[node] = { ...queued, reasons };
    return { run: event.run, status: 'running', startedAt: event.at, nodes };
  }
  if (event.run !== state.run) return state;
  const change = (node: string, next: (old: NodeRun) => NodeRun): RunState => ({
    ...state,
    nodes: { ...state.nodes, [node]: next(state.nodes[node] ?? queued) },
  });
  switch (event.type) {
    case 'node-started':
      return change(event.node, (old) => ({ ...old, status: 'running', startedAt: event.at, reasons: event.reasons }));
    case 'node-progress': {
      const { done, total, unit, stage, rate, etaSeconds } = event;
      return change(event.node, (old) => ({ ...old, progress: { done, total, unit, stage, rate, etaSeconds } }));
    }
    case 'node-metric':
      return change(event.node, (old) => ({ ...old, curves: withPoint(old.curves, event.step, event.values) }));
    case 'node-log':
      return change(event.node, (old) => ({ ...old, log: [...old.log, event.line].slice(-LOG_LINES) }));
    case 'node-finished': {
      const { node, status, seconds, outputs, reasons, error } = event.outcome;
      const known = state.nodes[node]?.status;
      // Beside the target: what is known of it from an earlier run stays.
      if (status === 'skipped' && known !== 'queued' && known !== 'running') return state;
      return change(node, ({ progress: _over, ...old }) => ({ ...old, status, seconds, outputs, reasons, error }));
    }
    case 'run-finished':
      return { ...state, status: event.outcome, seconds: event.seconds, planningMs: event.planningMs };
  }
}

/** The engine's process ended under the run: what was not finished failed. */
export function afterLoss(state: RunState, sentence: string): RunState {
  if (!isActive(state)) return state;
  const nodes = Object.fromEntries(
    Object.entries(state.nodes).map(([id, node]): [string, NodeRun] => {
      if (node.status === 'running') return [id, { ...node, status: 'failed', error: sentence }];
      return [id, node.status === 'queued' ? { ...node, status: 'skipped' } : node];
    }),
  );
  return { ...state, status: 'failed', error: sentence, nodes };
}

function withPoint(curves: NodeRun['curves'], step: number, values: Readonly<Record<string, number>>): NodeRun['curves'] {
  const next: Record<string, Curve> = { ...curves };
  for (const [name, value] of Object.entries(values)) next[name] = appended(next[name], step, value);
  return next;
}

function appended(curve: Curve | undefined, step: number, value: number): Curve {
  if (!curve) return { steps: [step], values: [value], length: 1 };
  // An older state of the curve was added to already: this one gets arrays of its own.
  const { steps, values } =
    curve.steps.length === curve.length
      ? curve
      : { steps: curve.steps.slice(0, curve.length), values: curve.values.slice(0, curve.length) };
  steps.push(step);
  values.push(value);
  return { steps, values, length: curve.length + 1 };
}

/** Share of a run that is done, in [0, 1]: finished nodes count one each, the running ones their own share. */
export function runShare(state: RunState, nodes: readonly string[]): number {
  const shares = nodes.map((id) => {
    const node = state.nodes[id];
    if (!node || node.status === 'queued') return 0;
    if (node.status !== 'running') return 1;
    return node.progress?.total ? Math.min(1, node.progress.done / node.progress.total) : 0;
  });
  return shares.length === 0 ? 0 : shares.reduce((sum, share) => sum + share, 0) / shares.length;
}
