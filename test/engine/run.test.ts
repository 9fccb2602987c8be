import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineNode, number, output, REQUIRED_COLUMNS, text } from '../../nodes/kit/index.ts';
import type { RunEvent } from '../../main/contract/runEvents.ts';
import { runEventSchema } from '../../main/contract/runEvents.ts';
import { failureSentence } from '../../main/engine/run/failureSentence.ts';
import {
  basics,
  type Bench,
  countRuns,
  described,
  linesSpec,
  longer,
  makeBench,
  occupancy,
  reasons,
  runToEnd,
  statuses,
  testNode,
  testNodeTypes,
  workflowOf,
} from './testNodes.ts';

let bench: Bench;
beforeEach(() => {
  bench = makeBench();
  countRuns.count = 0;
  occupancy.most = 0;
});
afterEach(() => bench.clear());

const chain = (file: string, length: number) =>
  workflowOf({
    read: { type: 'lines', params: { files: [file] } },
    filter: { type: 'longer', params: { length }, from: { corpus: 'read.corpus' } },
    count: { type: 'count', from: { corpus: 'filter.kept' } },
  });

describe('the cache', () => {
  it('reuses everything when nothing changed, also in another engine', async () => {
    const file = bench.write('a.txt', 'one\nthree\n');
    const engine = bench.open();
    const first = await runToEnd(engine, { workflow: chain(file, 4) });
    expect(statuses(first)).toEqual({ read: 'ran', filter: 'ran', count: 'ran' });
    expect(reasons(first)).toEqual({ read: ['first run'], filter: ['first run'], count: ['first run'] });
    expect((await engine.report(first.nodes[2]!.outputs.report!.digest)).findings).toEqual(['1 documents']);

    const second = await runToEnd(bench.open(), { workflow: chain(file, 4) });
    expect(statuses(second)).toEqual({ read: 'reused', filter: 'reused', count: 'reused' });
    expect(second.nodes.map(({ outputs }) => outputs)).toEqual(first.nodes.map(({ outputs }) => outputs));
  });

  it('cuts off where a changed node gives what it gave before', async () => {
    const file = bench.write('a.txt', 'one\nthree\n');
    const engine = bench.open();
    await runToEnd(engine, { workflow: chain(file, 4) });
    const plan = await engine.plan({ workflow: chain(file, 5) });
    expect(plan.nodes.map(({ decision }) => decision)).toEqual(['reused', 'run', 'pending']);
    expect(plan.nodes[2]!.reasons).toEqual(['input `corpus` is being made again']);
    const second = await runToEnd(engine, { workflow: chain(file, 5) });
    expect(statuses(second)).toEqual({ read: 'reused', filter: 'ran', count: 'reused' });
    expect(reasons(second).filter).toEqual(['param `length` changed 4 → 5']);
    expect(countRuns.count).toBe(1);
  });

  it('says that content and inputs changed', async () => {
    const file = bench.write('a.txt', 'one\nthree\n');
    const engine = bench.open();
    await runToEnd(engine, { workflow: chain(file, 4) });
    bench.write('a.txt', 'one\nthree\nseven\n');
    const second = await runToEnd(engine, { workflow: chain(file, 4) });
    expect(reasons(second)).toEqual({
      read: ['the content of `files` changed'],
      filter: ['input `corpus` changed'],
      count: ['input `corpus` changed'],
    });
  });

  it('does not look at the path of a file, nor at titles and positions', async () => {
    const file = bench.write('a.txt', 'one\nthree\n');
    const engine = bench.open();
    await runToEnd(engine, { workflow: chain(file, 4) });
    fs.mkdirSync(path.join(bench.folder, 'moved'));
    fs.renameSync(file, path.join(bench.folder, 'moved', 'a.txt'));
    const moved = chain('moved/a.txt', 4);
    const nodes = moved.nodes.map((node) => ({ ...node, title: 'new', position: { x: 9, y: 9 } }));
    const second = await runToEnd(engine, { workflow: { ...moved, nodes }, file: path.join(bench.folder, 'w.nasaq.json') });
    expect(statuses(second)).toEqual({ read: 'reused', filter: 'reused', count: 'reused' });
  });

  it('sees a source that was rewritten within the same second and size', async () => {
    const file = bench.write('a.txt', 'one\nthree\n');
    const engine = bench.open();
    const first = await runToEnd(engine, { workflow: chain(file, 4) });
    const { atime, mtime } = fs.statSync(file);
    bench.write('a.txt', 'one\nseven\n');
    fs.utimesSync(file, atime, mtime);
    const second = await runToEnd(engine, { workflow: chain(file, 4) });
    expect(second.nodes[0]!.outputs.corpus!.digest).not.toBe(first.nodes[0]!.outputs.corpus!.digest);
  });

  it('runs a node type of a higher version again and names it', async () => {
    const file = bench.write('a.txt', 'one\nthree\n');
    await runToEnd(bench.open(), { workflow: chain(file, 4) });
    const newer: typeof longer = ['longer', { ...longer[1], spec: { ...longer[1].spec, version: 2 } }];
    const second = await runToEnd(bench.open(testNodeTypes(newer)), { workflow: chain(file, 4) });
    expect(statuses(second)).toEqual({ read: 'reused', filter: 'ran', count: 'reused' });
    expect(reasons(second).filter).toEqual(['node type `longer` is version 2 now']);
  });

  it('runs forced nodes, and only those whose input changed after them', async () => {
    const file = bench.write('a.txt', 'one\nthree\n');
    const engine = bench.open();
    await runToEnd(engine, { workflow: chain(file, 4) });
    const second = await runToEnd(engine, { workflow: chain(file, 4), force: ['filter'] });
    expect(statuses(second)).toEqual({ read: 'reused', filter: 'ran', count: 'reused' });
    expect(reasons(second).filter).toEqual(['forced']);
  });

  it('makes again what was removed from the cache, and says so', async () => {
    const file = bench.write('a.txt', 'one\nthree\n');
    const engine = bench.open();
    const first = await runToEnd(engine, { workflow: chain(file, 4) });
    fs.rmSync(path.join(bench.folder, 'cache', 'artifacts', first.nodes[1]!.outputs.kept!.digest), { recursive: true });
    const second = await runToEnd(engine, { workflow: chain(file, 4) });
    expect(statuses(second)).toEqual({ read: 'reused', filter: 'ran', count: 'reused' });
    expect(reasons(second).filter).toEqual(['its result was removed from the cache']);
  });

  it('depends on the seed in seeded nodes alone', async () => {
    const outputs = { report: output('report', described) };
    const drawing = (type: string, effects: 'pure' | 'seeded') =>
      testNode({ ...basics, type, effects, inputs: {}, outputs, params: {} }, async ({ seed, writeReport }) => {
        await writeReport('report', { title: effects === 'seeded' ? `seed ${seed}` : 'none', findings: [], tables: [], charts: [] });
      });
    const engine = bench.open(testNodeTypes(drawing('draw', 'seeded'), drawing('calm', 'pure')));
    const workflow = workflowOf({ draw: { type: 'draw' }, calm: { type: 'calm' } });
    await runToEnd(engine, { workflow });
    const second = await runToEnd(engine, { workflow: { ...workflow, seed: 8 } });
    expect(statuses(second)).toEqual({ draw: 'ran', calm: 'reused' });
    expect(reasons(second).draw).toEqual(['the seed changed 7 → 8']);
  });

  it('depends on the seed where a node’s params make it seeded', async () => {
    const spec = defineNode({
      ...basics,
      type: 'either',
      effects: ({ length }) => (length > 3 ? 'seeded' : 'pure'),
      inputs: {},
      outputs: { report: output('report', described) },
      params: { length: number({ ...described, default: 3 }) },
    });
    const either = testNode(spec, ({ writeReport }) => writeReport('report', { title: 'x', findings: [], tables: [], charts: [] }));
    const engine = bench.open(testNodeTypes(either));
    const workflow = workflowOf({ calm: { type: 'either' }, draw: { type: 'either', params: { length: 4 } } });
    await runToEnd(engine, { workflow });
    expect(statuses(await runToEnd(engine, { workflow: { ...workflow, seed: 8 } }))).toEqual({ calm: 'reused', draw: 'ran' });
  });
});

describe('the scheduler', () => {
  const four = (resource: string) =>
    workflowOf(Object.fromEntries([1, 2, 3, 4].map((number) => [`n${number}`, { type: `busy-${resource}`, params: { number } }])));

  it('runs CPU nodes side by side, as many as there are cores', async () => {
    await runToEnd(bench.open(testNodeTypes(), 2), { workflow: four('cpu') });
    expect(occupancy.most).toBe(2);
  });

  it('gives the accelerator to one node at a time, over all runs', async () => {
    const engine = bench.open(testNodeTypes(), 4);
    const workflow = four('accelerator');
    const others = { ...workflow, nodes: workflow.nodes.map((node) => ({ ...node, params: { number: Number(node.params.number) + 10 } })) };
    await Promise.all([runToEnd(engine, { workflow }), runToEnd(engine, { workflow: others })]);
    expect(occupancy.most).toBe(1);
  });

  it('runs equal steps of one graph once', async () => {
    const file = bench.write('a.txt', 'one\nthree\n');
    const workflow = workflowOf({
      read: { type: 'lines', params: { files: [file] } },
      left: { type: 'count', from: { corpus: 'read.corpus' } },
      right: { type: 'count', from: { corpus: 'read.corpus' } },
    });
    const run = await runToEnd(bench.open(), { workflow });
    expect(countRuns.count).toBe(1);
    expect(Object.values(statuses(run)).sort()).toEqual(['ran', 'ran', 'reused']);
    expect(run.nodes[1]!.outputs).toEqual(run.nodes[2]!.outputs);
  });

  it('goes on beside a failure and skips what needs it', async () => {
    const file = bench.write('a.txt', 'one\nthree\n');
    const workflow = workflowOf({
      read: { type: 'lines', params: { files: [file] } },
      bad: { type: 'broken', from: { corpus: 'read.corpus' } },
      after: { type: 'count', from: { corpus: 'bad.kept' } },
      beside: { type: 'count', from: { corpus: 'read.corpus' } },
    });
    const run = await runToEnd(bench.open(), { workflow });
    expect(run.outcome).toBe('failed');
    expect(statuses(run)).toEqual({ read: 'ran', bad: 'failed', after: 'skipped', beside: 'ran' });
    expect(run.nodes.find(({ node }) => node === 'bad')!.error).toBe('Node `bad`: the code of conduct has no rule for this; add one.');
    expect(reasons(run).after).toEqual(['it needs `bad`, which failed']);
    const again = await bench.open().plan({ workflow });
    expect(again.nodes.find(({ node }) => node === 'bad')!.reasons).toEqual(['its last run failed']);
  });

  it('shows a defect as one sentence and keeps the stack for the log', async () => {
    const run = await runToEnd(bench.open(), { workflow: workflowOf({ bad: { type: 'broken', params: { defect: 1 } } }) });
    const { error } = run.nodes[0]!;
    expect(error).toBe('Node `bad` failed through a defect (TypeError: cannot read); its log has the details.');
    expect(run.events.some((event) => event.type === 'node-log' && /^\s+at .*testNodes/.test(event.line))).toBe(true);
  });

  it('says in words what a value is that has not its form', () => {
    const { error } = z.object({ losses: z.array(z.number()), samples: z.string() }).safeParse({ losses: [1, null] });
    expect(failureSentence(error, { id: 'train', type: 'x', version: 1, params: {}, position: { x: 0, y: 0 } }).message).toBe(
      'Node `train` failed through a defect (ZodError: `losses.1`: Invalid input: expected number, received null, and 1 more); its log has the details.',
    );
  });

  it.skipIf(process.platform === 'win32')('names a path that cannot be looked at, in one sentence', async () => {
    const file = path.join(bench.folder, 'n'.repeat(300), 'a.txt');
    const workflow = workflowOf({ read: { type: 'lines', params: { files: [file] } } });
    await expect(bench.open().run({ workflow }, () => undefined)).rejects.toThrow(
      `Node \`read\`: param \`files\` names the file ${file}, which cannot be reached (ENAMETOOLONG); check the path and the permissions of its folders.`,
    );
  });

  it('runs only what a target needs', async () => {
    const file = bench.write('a.txt', 'one\nthree\n');
    const run = await runToEnd(bench.open(), { workflow: chain(file, 4), to: 'filter' });
    expect(statuses(run)).toEqual({ read: 'ran', filter: 'ran', count: 'skipped' });
  });

  it('refuses a node that returns without an output', async () => {
    const forgetful = testNode(
      { ...basics, type: 'forgetful', inputs: {}, outputs: { report: output('report', described) }, params: {} },
      async () => undefined,
    );
    const run = await runToEnd(bench.open(testNodeTypes(forgetful)), { workflow: workflowOf({ f: { type: 'forgetful' } }) });
    expect(run.nodes[0]!.error).toContain('without writing its output `report`');
  });

  it('sends events that keep the contract, metrics all and progress seldom', async () => {
    const chatty = testNode(
      { ...basics, type: 'chatty', inputs: {}, outputs: { report: output('report', described) }, params: {} },
      async (context) => {
        for (let step = 1; step <= 500; step++) {
          context.metric(step, { loss: 1 / step });
          context.progress(step, 500, 'steps');
        }
        context.log('done');
        await context.writeReport('report', { title: 'x', findings: [], tables: [], charts: [] });
      },
    );
    const { events } = await runToEnd(bench.open(testNodeTypes(chatty)), { workflow: workflowOf({ c: { type: 'chatty' } }) });
    for (const event of events) runEventSchema.parse(event);
    const only = (type: RunEvent['type']) => events.filter((event) => event.type === type);
    expect(only('node-metric')).toHaveLength(500);
    expect(only('node-progress').length).toBeLessThan(50);
    expect(only('node-progress').at(-1)).toMatchObject({ done: 500, total: 500 });
    expect([events[0]!.type, events.at(-1)!.type]).toEqual(['run-started', 'run-finished']);
  });

  it('does not publish a result whose source changed while it was read', async () => {
    const file = bench.write('a.txt', 'one\n');
    const slow = testNode({ ...linesSpec, type: 'slow-lines' }, async ({ writeTable }) => {
      bench.write('a.txt', 'other\n');
      await writeTable('corpus', REQUIRED_COLUMNS.corpus, [{ id: '1', text: 'mixed' }]);
    });
    const run = await runToEnd(bench.open(testNodeTypes(slow)), {
      workflow: workflowOf({ r: { type: 'slow-lines', params: { files: [file] } } }),
    });
    expect(run.nodes[0]!.error).toBe('Node `r`: the content of `files` changed while it was read; run again.');
  });

  it('tells of a full disk wherever it shows', async () => {
    const spec = defineNode({ ...basics, type: 'full', inputs: {}, outputs: { report: output('report', described) }, params: {} });
    const full = testNode(spec, ({ workFolder }) =>
      Promise.reject(Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC', path: path.join(workFolder(), 'plan') })),
    );
    const { nodes } = await (
      await bench.open(testNodeTypes(full)).run({ workflow: workflowOf({ f: { type: 'full' } }) }, () => undefined)
    ).finished;
    expect(nodes[0]!.error).toMatch(/^Node `f`: The disk is full: .* has no room left while working; free some space and run again\.$/);
  });
});

describe('stopping', () => {
  const endless = (heeds: boolean) => {
    const spec = defineNode({
      ...basics,
      type: 'endless',
      inputs: {},
      outputs: { report: output('report', described) },
      params: { mark: text({ ...described, default: 'mark' }) },
    });
    const state = { published: 'not tried' };
    const node = testNode(spec, async ({ signal, workFolder, writeReport, log }) => {
      fs.writeFileSync(path.join(workFolder(), 'checkpoint'), 'half');
      log('working');
      if (heeds) await wait(600_000, undefined, { signal });
      else {
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        await wait(6_000);
        state.published = await writeReport('report', { title: 'x', findings: [], tables: [], charts: [] }).then(
          () => 'published',
          () => 'refused',
        );
      }
    });
    return { node, state };
  };
  const workflow = workflowOf({ e: { type: 'endless' }, after: { type: 'busy-cpu' } });
  const startAndStop = async (engine: ReturnType<Bench['open']>, mode: 'cancel' | 'stop') => {
    let working = (): void => undefined;
    const isWorking = new Promise<void>((resolve) => (working = resolve));
    const { stop, finished } = await startedRun(engine, workflow, (event) => void (event.type === 'node-log' && working()));
    await isWorking;
    stop(mode);
    return finished;
  };
  const startedRun = async (engine: ReturnType<Bench['open']>, which: typeof workflow, listen: (event: RunEvent) => void) => {
    const handle = await engine.run({ workflow: which }, listen);
    return { stop: (mode: 'cancel' | 'stop') => handle.stop(mode), finished: handle.finished };
  };
  const workFolders = () => fs.readdirSync(path.join(bench.folder, 'cache', 'work')).filter((name) => /^[0-9a-f]{64}$/.test(name));

  it('reaches inside a node; cancel discards its work', async () => {
    const finished = await startAndStop(bench.open(testNodeTypes(endless(true).node)), 'cancel');
    expect(finished.outcome).toBe('cancelled');
    expect(statuses(finished).e).toBe('cancelled');
    expect(workFolders()).toEqual([]);
  });

  it('keeps the work when the run is stopped', async () => {
    const engine = bench.open(testNodeTypes(endless(true).node));
    const finished = await startAndStop(engine, 'stop');
    expect(finished.outcome).toBe('cancelled');
    expect(workFolders()).toHaveLength(1);
    expect((await engine.plan({ workflow })).nodes[0]!.reasons).toEqual(['its last run was cancelled']);
  });

  it('discards the work of a run that was stopping when it was cancelled', async () => {
    const spec = defineNode({ ...basics, type: 'slow', inputs: {}, outputs: { report: output('report', described) }, params: {} });
    const slow = testNode(spec, async ({ signal, workFolder, log }) => {
      fs.writeFileSync(path.join(workFolder(), 'checkpoint'), 'half');
      log('working');
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      await wait(300);
    });
    const handle = await bench.open(testNodeTypes(slow)).run({ workflow: workflowOf({ s: { type: 'slow' } }) }, (event) => {
      if (event.type === 'node-log') for (const mode of ['stop', 'cancel'] as const) setTimeout(() => handle.stop(mode), 20);
    });
    expect((await handle.finished).outcome).toBe('cancelled');
    expect(workFolders()).toEqual([]);
  });

  it('gives up on a node that does not heed it, and takes nothing from it afterwards', async () => {
    const { node, state } = endless(false);
    const engine = bench.open(testNodeTypes(node));
    const finished = await startAndStop(engine, 'cancel');
    expect(finished.outcome).toBe('cancelled');
    expect(state.published).toBe('not tried');
    await expect.poll(() => state.published, { timeout: 20_000 }).toBe('refused');
    expect((await engine.plan({ workflow })).nodes[0]!.decision).toBe('run');
  });

  it('settles nodes that never started', async () => {
    const engine = bench.open(testNodeTypes(), 1);
    const many = workflowOf(
      Object.fromEntries([1, 2, 3, 4, 5, 6].map((number) => [`n${number}`, { type: 'busy-cpu', params: { number } }])),
    );
    const handle = await engine.run({ workflow: many }, (event) => {
      if (event.type === 'node-started') handle.stop('cancel');
    });
    const finished = await handle.finished;
    expect(new Set(Object.values(statuses(finished)))).toEqual(new Set(['cancelled']));
    expect(finished.nodes).toHaveLength(6);
  });
});

describe('a wrong workflow', () => {
  it('is refused before anything runs', async () => {
    const workflow = workflowOf({ count: { type: 'count' } });
    const engine = bench.open();
    await expect(runToEnd(engine, { workflow })).rejects.toThrow('Node `count`: input `corpus` is not connected; it takes `corpus`.');
    expect((await engine.plan({ workflow })).nodes[0]!.decision).toBe('blocked');
  });

  it('is refused in a sentence when an input has the name of what every object has', async () => {
    const file = bench.write('a.txt', 'one\n');
    const read = { type: 'lines', params: { files: [file] } };
    const workflow = workflowOf({ read, count: { type: 'count', from: { corpus: 'read.corpus', constructor: 'read.corpus' } } });
    await expect(runToEnd(bench.open(), { workflow })).rejects.toThrow('Node `count` has no input `constructor`; `count` takes `corpus`.');
  });

  it('may be wrong where the target does not need it', async () => {
    const file = bench.write('a.txt', 'one\nthree\n');
    const workflow = workflowOf({ read: { type: 'lines', params: { files: [file] } }, count: { type: 'count' } });
    expect(statuses(await runToEnd(bench.open(), { workflow, to: 'read' }))).toEqual({ read: 'ran', count: 'skipped' });
  });

  it('names a target or forced node that is not there', async () => {
    const workflow = workflowOf({ busy: { type: 'busy-cpu' } });
    await expect(runToEnd(bench.open(), { workflow, to: 'x' })).rejects.toThrow('There is no node `x` in the workflow; it has `busy`.');
    await expect(runToEnd(bench.open(), { workflow, force: ['y'] })).rejects.toThrow('There is no node `y`');
  });
});
