// The sample workflow in a fresh cache, and again: npm run bench -- pipeline [--json]
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { runEventSchema, type RunFinished } from '../main/contract/runEvents.ts';
import { Lexicon } from '../main/engine/text/Lexicon.ts';
import { rewriteByRules } from '../main/engine/text/rulesExpert.ts';
import { bootstrapMean } from '../main/engine/scoring/bootstrap.ts';
import { readWorkflowFile } from '../main/engine/workflowFile.ts';
import { type Figure, judged, publish } from './figures.ts';
import { treeMemory } from './treeMemory.ts';

const root = path.resolve(import.meta.dirname, '..');
const samples = path.join(root, 'resources', 'samples');
const workflowFile = path.join(samples, 'native-alignment.nasaq.json');
const nasaq = path.join(root, 'main', 'cli', 'nasaq.mjs');

interface Measured {
  readonly finished: RunFinished;
  readonly wallSeconds: number;
  readonly peakBytes: number | undefined;
}

async function runOnce(cache: string): Promise<Measured> {
  const start = performance.now();
  const child = spawn(process.execPath, [nasaq, 'run', workflowFile, '--json', '--cache', cache], { stdio: ['ignore', 'pipe', 'inherit'] });
  let peakBytes: number | undefined;
  const timer = setInterval(() => {
    const now = treeMemory(child.pid!);
    if (now !== undefined) peakBytes = Math.max(peakBytes ?? 0, now);
  }, 250);
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve));
  let finished: RunFinished | undefined;
  for await (const line of createInterface(child.stdout)) {
    const event = runEventSchema.parse(JSON.parse(line));
    if (event.type === 'run-finished') finished = event;
  }
  const code = await exit;
  clearInterval(timer);
  if (code !== 0 || !finished)
    throw new Error(
      `the run ended with exit code ${code}: ${finished?.nodes.find(({ error }) => error)?.error ?? 'no run-finished event'}`,
    );
  return { finished, wallSeconds: (performance.now() - start) / 1000, peakBytes };
}

/** The rows of one output, as the command line exports them. */
async function exported(cache: string, folder: string, source: string): Promise<Record<string, unknown>[]> {
  const target = path.join(folder, `${source}.jsonl`);
  const child = spawn(process.execPath, [nasaq, 'export', workflowFile, source, target, '--cache', cache], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const code = await new Promise((resolve) => child.on('exit', resolve));
  if (code !== 0) throw new Error(`exporting ${source} failed`);
  return jsonLines(target);
}

const jsonLines = async (file: string): Promise<Record<string, unknown>[]> =>
  (await readFile(file, 'utf8'))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const share = <T>(rows: readonly T[], is: (row: T) => boolean): number => rows.filter(is).length / rows.length;

const folder = await mkdtemp(path.join(os.tmpdir(), 'nasaq-bench-'));
try {
  const cache = path.join(folder, 'cache');
  const workflow = await readWorkflowFile(workflowFile);
  const nodeOfType = (type: string): string => workflow.nodes.find((node) => node.type === type)!.id;

  const first = await runOnce(cache);
  const second = await runOnce(cache);
  const pairs = await exported(cache, folder, `${nodeOfType('rewrite')}.pairs`);
  const scores = await exported(cache, folder, `${nodeOfType('measure')}.scores`);
  const comments = await jsonLines(path.join(samples, 'comments.jsonl'));
  const offensive = new Set(comments.filter((row) => row.offensive === true).map(({ text }) => text));
  // Clean: nobody called it offensive, and the expert whom the worker learnt from finds nothing to mend.
  const lexicon = new Lexicon(await readFile(path.join(root, 'resources', 'lexicons', 'offensive.ar.txt'), 'utf8'));
  const byExpert = (row: Record<string, unknown>): unknown => {
    const answer = rewriteByRules(String(row.before), lexicon);
    return answer.outcome === 'rewritten' ? answer.text : undefined;
  };
  const inoffensive = pairs.filter(({ before }) => !offensive.has(before));
  const clean = inoffensive.filter((row) => byExpert(row) === row.before);
  const changed = (row: Record<string, unknown>): boolean => row.before !== row.after;
  const toxicity = bootstrapMean(
    scores.map((row) => Number(row.toxicityAfter) - Number(row.toxicityBefore)),
    1,
  )!;

  const goal = 'goal of the sample workflow';
  const figures: Figure[] = [
    ...first.finished.nodes.map(({ node, seconds }): Figure => ({ name: `${node}, first run`, value: seconds, unit: 's' })),
    judged('first run', first.wallSeconds, 's', '<=', 360, goal),
    ...(first.peakBytes === undefined
      ? []
      : [judged('peak memory of all processes', first.peakBytes / 1e9, 'GB', '<=', 4, `${goal}; resident, sampled every 250 ms`)]),
    judged(
      'second run: nodes that ran',
      second.finished.nodes.filter(({ status }) => status !== 'reused').length,
      'nodes',
      '<=',
      0,
      'everything is in the cache',
    ),
    judged('second run: planning and reuse', second.finished.planningMs, 'ms', '<=', 300, goal),
    { name: 'second run', value: second.wallSeconds, unit: 's' },
    judged(
      'rewrites that pass every guard',
      100 * share(pairs, ({ verdict }) => verdict === 'rewritten' || verdict === 'unchanged'),
      '%',
      '>=',
      70,
      goal,
    ),
    judged(
      'offensive rows changed',
      100 *
        share(
          pairs.filter(({ before }) => offensive.has(before)),
          changed,
        ),
      '%',
      '>=',
      50,
      goal,
    ),
    judged(
      'clean rows left as they are',
      100 * share(clean, (row) => !changed(row)),
      '%',
      '>=',
      50,
      `${goal}: "mostly"; clean to the expert`,
    ),
    { name: 'rows nobody called offensive, left as they are', value: 100 * share(inoffensive, (row) => !changed(row)), unit: '%' },
    { name: 'rows rewritten just as the expert would', value: 100 * share(pairs, (row) => row.after === byExpert(row)), unit: '%' },
    { name: 'toxicity, mean change', value: toxicity.mean, unit: 'probability' },
    judged('toxicity, upper end of its 95 % interval', toxicity.high, 'probability', '<', 0, 'no change'),
  ];
  publish('pipeline', figures);
} finally {
  await rm(folder, { recursive: true, force: true });
}
