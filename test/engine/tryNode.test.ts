import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NodeTypes } from '../../main/engine/loadNodeTypes.ts';
import { formatWorkflow } from '../../main/engine/workflowFile.ts';
import rewriteSpec from '../../nodes/rewrite/spec.ts';
import { jsonLines, nodeTypesWithGiven, sampleRows, tinyModel } from './inference/givenArtifacts.ts';
import { startNasaq } from './runNasaq.ts';
import { type Bench, makeBench, runToEnd, workflowOf } from './testNodes.ts';

let nodeTypes: NodeTypes;
let bench: Bench;
beforeAll(async () => void (nodeTypes = await nodeTypesWithGiven()));
beforeEach(() => {
  bench = makeBench();
  vi.stubEnv('TMPDIR', path.join(bench.folder, 'passing'));
  fs.mkdirSync(os.tmpdir());
});
afterEach(async () => {
  await bench.clear();
  vi.unstubAllEnvs();
});

const signal = new AbortController().signal;
const quiet = (): void => undefined;
const rows = sampleRows('comments')
  .slice(0, 100)
  .map(({ id, text }) => ({ id: id!, text: text! }));
const request = () => ({
  workflow: workflowOf({
    read: { type: 'given-corpus', params: { file: bench.write('a.jsonl', jsonLines(rows)) } },
    rewrite: { type: 'rewrite', version: rewriteSpec.version, params: { workerModel: tinyModel }, from: { corpus: 'read.corpus' } },
  }),
});
const leftovers = (): string[] => fs.readdirSync(os.tmpdir()).filter((name) => name.startsWith('nasaq-'));

describe('trying a node', () => {
  it('runs it on rows spread over its input, says what all would take, and keeps nothing', async () => {
    const engine = bench.open(nodeTypes);
    await runToEnd(engine, { ...request(), to: 'read' });
    const before = engine.cache.list().length;
    const trial = await engine.tryNode({ ...request(), node: 'rewrite', rows: 10 }, quiet, signal);
    expect(trial).toMatchObject({ node: 'rewrite', rows: 10, allRows: 100, cost: 0 });
    expect(trial.openingSeconds).toBeGreaterThan(0);
    expect(trial.estimatedSeconds).toBeCloseTo(trial.openingSeconds + 10 * trial.seconds, 6);
    const tried = [5, 15, 25, 35, 45, 55, 65, 75, 85, 95].map((at) => ({ id: rows[at]!.id, before: rows[at]!.text }));
    expect(trial.outputs.pairs).toMatchObject({ rows: tried });
    expect(trial.outputs.report).toMatchObject({ report: { title: 'Rewriting' } });
    expect(engine.cache.list()).toHaveLength(before);
    expect(leftovers()).toEqual([]);
    const { events } = await runToEnd(engine, request());
    const log = events.flatMap((event) => (event.type === 'node-log' ? [event.line] : []));
    expect(log).toContain(`${new Set(rows.map(({ text }) => text)).size} distinct documents had to be rewritten; the others were known.`);
  });

  it('takes all rows where there are fewer', async () => {
    const engine = bench.open(nodeTypes);
    const few = request();
    bench.write('a.jsonl', jsonLines(rows.slice(0, 3)));
    await runToEnd(engine, { ...few, to: 'read' });
    expect(await engine.tryNode({ ...few, node: 'rewrite', rows: 20 }, quiet, signal)).toMatchObject({ rows: 3, allRows: 3 });
  });

  it('says what is missing before it', async () => {
    const engine = bench.open(nodeTypes);
    const tried = (node: string) => engine.tryNode({ ...request(), node, rows: 5 }, quiet, signal);
    await expect(tried('rewrite')).rejects.toThrow(
      'Node `rewrite` takes from `read`, whose result is not in the cache: run the workflow up to there first.',
    );
    await expect(tried('read')).rejects.toThrow('Node `read`: it takes no rows, so it cannot be tried on some of them: run it.');
    await expect(tried('nothing')).rejects.toThrow('There is no node `nothing` in the workflow; it has `read`, `rewrite`.');
    expect(leftovers()).toEqual([]);
  });

  it('shows before and after in the terminal', async () => {
    const home = path.join(bench.folder, 'home');
    const source = bench.write('corpus.jsonl', jsonLines(rows));
    const workflow = workflowOf({
      read: { type: 'corpus', version: 2, params: { files: [source] } },
      rewrite: { type: 'rewrite', version: rewriteSpec.version, params: { workerModel: tinyModel }, from: { corpus: 'read.corpus' } },
    });
    const file = bench.write('w.nasaq.json', formatWorkflow(workflow));
    expect((await startNasaq(['run', file, '--to', 'read'], { home }).ended).code).toBe(0);
    const { stdout, code } = await startNasaq(['try', 'rewrite', file, '--rows', '4'], { home }).ended;
    expect(code).toBe(0);
    expect(stdout.match(/^ {2}− /gm)).toHaveLength(4);
    expect(stdout).toMatch(/\n4 of 100 rows in .* \([\d.]+ a second\), after .* of opening models\.\nAll of them would take about /);
    const wrong = await startNasaq(['try', 'rewrite', file, '--rows', '0'], { home }).ended;
    expect(wrong).toMatchObject({ code: 2, stderr: 'nasaq: --rows 0 is not a number from 1 to 1000.\n' });
  });
});
