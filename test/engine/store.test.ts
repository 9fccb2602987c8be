import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defineNode, input, number, output, type Row, UserError } from '../../nodes/kit/index.ts';
import { folderDigest } from '../../main/engine/store/contentDigest.ts';
import { openStore } from '../../main/engine/store/openStore.ts';
import { processIdentity } from '../../main/engine/store/processIdentity.ts';
import { startChild, writeWorkflow } from './kill/killUntilDone.ts';
import { basics, type Bench, described, makeBench, reasons, runToEnd, statuses, testNode, testNodeTypes, workflowOf } from './testNodes.ts';

let bench: Bench;
beforeEach(() => {
  bench = makeBench();
});
afterEach(() => bench.clear());

const cacheFolder = () => path.join(bench.folder, 'cache');
const reading = (file: string) => ({
  ...workflowOf({ read: { type: 'lines', params: { files: [file] } }, count: { type: 'count', from: { corpus: 'read.corpus' } } }),
});
const editCatalogue = (sql: string, ...values: unknown[]) => {
  const catalogue = new Database(path.join(cacheFolder(), 'catalogue.sqlite'));
  catalogue.prepare(sql).run(...values);
  catalogue.close();
};

describe('source digests', () => {
  it('are remembered once a file has rested, and forgotten when it changes', async () => {
    const store = openStore(cacheFolder());
    const file = bench.write('a.txt', 'first');
    const remembered = () => store.catalogue.prepare('SELECT count(*) FROM source_files WHERE path = ?').pluck().get(file);
    const digest = await store.sources.digest(file);
    expect(remembered()).toBe(0);
    await wait(2_200);
    expect(await store.sources.digest(file)).toBe(digest);
    expect(remembered()).toBe(1);
    const { atime, mtime } = fs.statSync(file);
    fs.writeFileSync(file, 'other');
    fs.utimesSync(file, atime, mtime);
    expect(await store.sources.digest(file)).not.toBe(digest);
    store.close();
  });

  it('of a folder are those of a model', async () => {
    const store = openStore(cacheFolder());
    const folder = path.join(bench.folder, 'model');
    fs.mkdirSync(path.join(folder, 'onnx'), { recursive: true });
    fs.writeFileSync(path.join(folder, 'config.json'), '{}');
    fs.writeFileSync(path.join(folder, 'onnx', 'model.onnx'), 'weights');
    const digest = await store.sources.digest(folder);
    expect(digest).toBe(await folderDigest(folder));
    fs.renameSync(path.join(folder, 'onnx', 'model.onnx'), path.join(folder, 'onnx', 'score.onnx'));
    expect(await store.sources.digest(folder)).not.toBe(digest);
    store.close();
  });
});

describe('locks', () => {
  it('are refused while their process lives and taken over when it is gone', async () => {
    const store = openStore(cacheFolder());
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(other, 'spawn');
    store.catalogue.prepare('INSERT INTO locks VALUES (?, ?, ?, ?)').run('key', 'their run', processIdentity(other.pid!), 5);
    expect(store.locks.acquire('key', 'my run')).toEqual({ pid: other.pid, run: 'their run', since: 5 });
    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(store.locks.acquire('key', 'my run')).toBeUndefined();
    expect(store.locks.acquire('key', 'my other run')).toMatchObject({ pid: process.pid, run: 'my run' });
    store.locks.release('key', 'my run');
    expect(store.locks.isHeld('key')).toBe(false);
    store.close();
  });

  it.skipIf(process.platform === 'win32')('are not held by a process that only has the pid of the one that took them', () => {
    const store = openStore(cacheFolder());
    store.catalogue.prepare('INSERT INTO locks VALUES (?, ?, ?, ?)').run('key', 'their run', `${process.pid}/1`, 5);
    expect(store.locks.acquire('key', 'my run')).toBeUndefined();
    store.close();
  });

  it('make a node fail with a sentence that says who works on it', async () => {
    const file = bench.write('a.txt', 'one\n');
    const engine = bench.open();
    const key = (await engine.plan({ workflow: reading(file) })).nodes[0]!.key;
    editCatalogue('INSERT INTO locks VALUES (?, ?, ?, ?)', key, 'their run', processIdentity(process.ppid), Date.now());
    const run = await runToEnd(engine, { workflow: reading(file) });
    expect(run.nodes[0]!.error).toMatch(
      new RegExp(`^Node \`read\`: another run \\(process ${process.ppid}, since [\\d:]+\\) is working on the same step`),
    );
  });
});

describe('row results', () => {
  const counting = () => {
    const state = { computed: 0, breaks: false };
    const spec = defineNode({
      ...basics,
      type: 'rows',
      inputs: { corpus: input('corpus', described) },
      outputs: { report: output('report', described) },
      params: { factor: number({ ...described, default: 2 }), other: number({ ...described, default: 0 }) },
    });
    const node = testNode(spec, async ({ inputs, params, rowResults, writeReport }) => {
      const results = rowResults<number>({ factor: params.factor });
      const findings: string[] = [];
      for await (const { text } of inputs.corpus.rows()) {
        let value = results.get([text as string]).get(text as string);
        if (value === undefined) {
          if (state.breaks && state.computed === 2) throw new UserError('no.');
          state.computed += 1;
          value = (text as string).length * params.factor;
          results.put(new Map([[text as string, value]]));
        }
        findings.push(String(value));
      }
      await writeReport('report', { title: 'x', findings, tables: [], charts: [] });
    });
    return { node, state };
  };
  const workflow = (file: string, params = {}) =>
    workflowOf({ read: { type: 'lines', params: { files: [file] } }, rows: { type: 'rows', params, from: { corpus: 'read.corpus' } } });

  it('outlive a failure, and a changed corpus costs only its new rows', async () => {
    const { node, state } = counting();
    const engine = bench.open(testNodeTypes(node));
    const file = bench.write('a.txt', 'a\nbb\nccc\n');
    state.breaks = true;
    expect(statuses(await runToEnd(engine, { workflow: workflow(file) })).rows).toBe('failed');
    Object.assign(state, { breaks: false, computed: 0 });
    const run = await runToEnd(engine, { workflow: workflow(file) });
    expect(state.computed).toBe(1);
    expect((await engine.report(run.nodes[1]!.outputs.report!.digest)).findings).toEqual(['2', '4', '6']);
    bench.write('a.txt', 'a\nbb\nccc\ndddd\n');
    await runToEnd(engine, { workflow: workflow(file) });
    expect(state.computed).toBe(2);
  });

  it('belong to one operation, and are not asked when a node is forced', async () => {
    const { node, state } = counting();
    const engine = bench.open(testNodeTypes(node));
    const file = bench.write('a.txt', 'a\nbb\n');
    await runToEnd(engine, { workflow: workflow(file) });
    await runToEnd(engine, { workflow: workflow(file, { other: 1 }) });
    expect(state.computed).toBe(2);
    await runToEnd(engine, { workflow: workflow(file, { factor: 3 }) });
    expect(state.computed).toBe(4);
    await wait(5);
    await runToEnd(engine, { workflow: workflow(file, { factor: 3 }), force: ['rows'] });
    expect(state.computed).toBe(6);
  });
});

describe('the cache folder', () => {
  it('tells damaged artifacts, runs what made them again and is whole after it', async () => {
    const engine = bench.open();
    const file = bench.write('a.txt', 'one\ntwo\n');
    const first = await runToEnd(engine, { workflow: reading(file) });
    const { digest } = first.nodes[0]!.outputs.corpus!;
    const table = path.join(cacheFolder(), 'artifacts', digest, 'table.parquet');
    const bytes = fs.readFileSync(table);
    bytes.fill(0, 10, 30);
    fs.writeFileSync(table, bytes);
    const found = (await engine.cache.verify()).filter(({ problem }) => problem !== undefined);
    expect(found.map((each) => each.digest)).toEqual([digest]);
    const second = await runToEnd(engine, { workflow: reading(file) });
    expect(statuses(second)).toEqual({ read: 'ran', count: 'reused' });
    expect(reasons(second).read).toEqual(['its result in the cache is damaged']);
    expect((await engine.cache.verify()).filter(({ problem }) => problem !== undefined)).toEqual([]);
    expect(await engine.rows(digest, 1, 5)).toEqual([{ id: '1', text: 'two' }]);
  });

  it('takes in whole artifacts of a run that died before it could note them', async () => {
    const file = bench.write('a.txt', 'one\ntwo\n');
    const engine = bench.open();
    const first = await runToEnd(engine, { workflow: reading(file) });
    editCatalogue('DELETE FROM actions');
    editCatalogue('DELETE FROM artifacts');
    const second = await runToEnd(engine, { workflow: reading(file) });
    expect(statuses(second)).toEqual({ read: 'ran', count: 'ran' });
    expect(second.nodes.map(({ outputs }) => outputs)).toEqual(first.nodes.map(({ outputs }) => outputs));
    expect((await engine.cache.verify()).every(({ problem }) => problem === undefined)).toBe(true);
  });

  it('collects what nobody used, least worth a byte first, pinned never', async () => {
    const engine = bench.open();
    const small = bench.write('small.txt', 'one\n');
    const large = bench.write('large.txt', Array.from({ length: 5_000 }, (_, at) => `${at * 7919} ${at ** 3}\n`).join(''));
    const digests = [];
    for (const file of [small, large]) {
      const run = await runToEnd(engine, { workflow: workflowOf({ read: { type: 'lines', params: { files: [file] } } }) });
      digests.push(run.nodes[0]!.outputs.corpus!.digest);
    }
    const [cheap, dear] = digests as [string, string];
    editCatalogue('UPDATE actions SET seconds = 1000 WHERE key IN (SELECT action FROM action_outputs WHERE digest = ?)', dear);
    const listed = () => engine.cache.list().map(({ artifact }) => artifact.digest);
    expect(await engine.cache.collect({ keepDays: 1 })).toEqual({ removed: 0, bytes: 0 });
    const bytes = engine.artifact(dear)!.bytes;
    await wait(5);
    expect(await engine.cache.collect({ keepDays: 0, maxBytes: bytes })).toMatchObject({ removed: 1 });
    expect(listed()).toEqual([dear]);
    engine.cache.pin(dear, true);
    expect(await engine.cache.collect({ keepDays: 0 })).toEqual({ removed: 0, bytes: 0 });
    engine.cache.pin(dear, false);
    expect(await engine.cache.collect({ keepDays: 0 })).toEqual({ removed: 1, bytes });
    expect(fs.readdirSync(path.join(cacheFolder(), 'artifacts'))).toEqual([]);
    const plan = await engine.plan({ workflow: workflowOf({ read: { type: 'lines', params: { files: [small] } } }) });
    expect(plan.nodes[0]).toMatchObject({ decision: 'run', reasons: ['its result was removed from the cache'] });
    await expect(engine.rows(cheap, 0, 1)).rejects.toThrow(
      `The artifact ${cheap.slice(0, 12)}… is not in the cache; run its workflow again.`,
    );
  });

  it('exports tables, reports and nothing by halves', async () => {
    const engine = bench.open();
    const run = await runToEnd(engine, { workflow: reading(bench.write('a.txt', 'واحد\ntwo\n')) });
    const [corpus, report] = [run.nodes[0]!.outputs.corpus!.digest, run.nodes[1]!.outputs.report!.digest];
    const target = (name: string) => path.join(bench.folder, name);
    await engine.export(corpus, target('out.jsonl'));
    expect(fs.readFileSync(target('out.jsonl'), 'utf8')).toBe('{"id":"0","text":"واحد"}\n{"id":"1","text":"two"}\n');
    await engine.export(report, target('out.json'));
    expect(JSON.parse(fs.readFileSync(target('out.json'), 'utf8'))).toMatchObject({ findings: ['2 documents'] });
    await expect(engine.export(report, target('out.txt'))).rejects.toThrow('a report can be written as .json');
    await expect(engine.export(corpus, target('none/out.jsonl'))).rejects.toThrow(`The folder ${target('none')} does not exist`);
    expect(fs.readdirSync(bench.folder).sort()).toEqual(['a.txt', 'cache', 'out.json', 'out.jsonl']);
  });

  it('of a newer Nasaq is left alone', () => {
    openStore(cacheFolder()).close();
    editCatalogue('CREATE TABLE t (x)');
    const catalogue = new Database(path.join(cacheFolder(), 'catalogue.sqlite'));
    catalogue.pragma('user_version = 99');
    catalogue.close();
    expect(() => bench.open()).toThrow(/was written by a newer Nasaq; update this one or choose another cache folder\.$/);
  });

  const isRoot = process.getuid?.() === 0;
  it.skipIf(!isRoot)('that cannot be written is named in one sentence (needs root, to be another user)', async () => {
    fs.chmodSync(bench.folder, 0o755);
    const workflow = writeWorkflow(bench.folder, workflowOf({}));
    const cache = path.join(bench.folder, 'locked', 'cache');
    fs.mkdirSync(cache, { recursive: true });
    const inside = await startChild({ workflow, cache, nodeTypes: 'test', uid: 65_534 }).outcome;
    expect(inside?.error).toMatch(new RegExp(`^The folder ${cache} is not writable while opening the cache; `));
    const missing = await startChild({ workflow, cache: path.join(cache, 'new'), nodeTypes: 'test', uid: 65_534 }).outcome;
    expect(missing?.error).toMatch(/^The folder .*new is not writable while opening the cache; /);
    expect(fs.readdirSync(cache)).toEqual([]);
  });

  it.skipIf(!canMount())(
    'on a full disk: one sentence, nothing half published, and all is well with more room (needs root, to mount)',
    async () => {
      fs.mkdirSync(cacheFolder());
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', cacheFolder()]);
      try {
        const spec = defineNode({ ...basics, type: 'large', inputs: {}, outputs: { corpus: output('corpus', described) }, params: {} });
        const large = testNode(spec, async ({ writeTable }) => {
          const rows = Array.from({ length: 20_000 }, (_, at): Row => ({
            id: `${at}`,
            text: Array.from({ length: 40 }, (_, k) => ((at * 40 + k) ** 2.5 % 1e9).toString(36)).join(''),
          }));
          await writeTable(
            'corpus',
            [
              { name: 'id', type: 'string' },
              { name: 'text', type: 'string' },
            ],
            rows,
          );
        });
        const engine = bench.open(testNodeTypes(large));
        const workflow = workflowOf({ large: { type: 'large' }, small: { type: 'busy-cpu' } });
        const full = await runToEnd(engine, { workflow });
        expect(statuses(full).large).toBe('failed');
        expect(full.nodes[0]!.error).toBe(
          `Node \`large\`: The disk is full: ${cacheFolder()} has no room left while publishing \`corpus\`; free some space and run again.`,
        );
        expect(engine.cache.list().map(({ nodeType }) => nodeType)).not.toContain('large');
        execFileSync('mount', ['-o', 'remount,size=64m', cacheFolder()]);
        expect(statuses(await runToEnd(engine, { workflow })).large).toBe('ran');
        expect((await engine.cache.verify()).every(({ problem }) => problem === undefined)).toBe(true);
        await engine.close();
      } finally {
        execFileSync('umount', ['-l', cacheFolder()]);
      }
    },
  );
});

function canMount(): boolean {
  const probe = makeBench();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', probe.folder], { stdio: 'ignore' });
    execFileSync('umount', [probe.folder]);
    return true;
  } catch {
    return false;
  } finally {
    fs.rmSync(probe.folder, { recursive: true, force: true });
  }
}
