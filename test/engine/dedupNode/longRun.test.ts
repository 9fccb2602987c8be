import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../main/contract/runEvents.ts';
import type { Engine } from '../../../main/engine/Engine.ts';
import { formatWorkflow } from '../../../main/engine/workflowFile.ts';
import { killUntilDone } from '../kill/killUntilDone.ts';
import { type Bench, makeBench, reasons, runToEnd, statuses } from '../testNodes.ts';
import { antCorpus, dedupWorkflow, type Document, nodeTypes, words } from './dedupBench.ts';

let bench: Bench;
beforeEach(() => void (bench = makeBench()));
afterEach(() => bench.clear());

const small: readonly Document[] = [
  { id: 'a', text: words('a', 0, 60) },
  { id: 'b', text: words('a', 0, 55) },
];
const digestsOf = (nodes: readonly { node: string; outputs: Readonly<Record<string, { digest: string }>> }[]) =>
  Object.entries(nodes.find(({ node }) => node === 'dedup')!.outputs).map(([port, { digest }]) => [port, digest]);

describe('memory and threads', () => {
  const results = (params: Record<string, number>) => dedupWorkflow(bench, { corpus: [small] }, params);

  test('are no reason to run again', async () => {
    const engine = bench.open(nodeTypes);
    expect(statuses(await runToEnd(engine, { workflow: results({}) })).dedup).toBe('ran');
    expect(statuses(await runToEnd(engine, { workflow: results({ memory: 1, threads: 3 }) })).dedup).toBe('reused');
    const changed = await runToEnd(engine, { workflow: results({ memory: 1, pieceWords: 6 }) });
    expect(reasons(changed).dedup).toEqual(['param `pieceWords` changed 5 → 6']);
  });

  test('change nothing in what comes out', async () => {
    const engine = bench.open(nodeTypes);
    const first = await runToEnd(engine, { workflow: results({ threads: 1 }) });
    const second = await runToEnd(engine, { workflow: results({ memory: 1, threads: 3 }), force: ['dedup'] });
    expect(statuses(second).dedup).toBe('ran');
    expect(digestsOf(second.nodes)).toEqual(digestsOf(first.nodes));
  });

  test('that are too little are refused in one sentence', async () => {
    const { nodes } = await runToEnd(bench.open(nodeTypes), { workflow: results({ memory: 0.01 }) });
    expect(nodes.find(({ node }) => node === 'dedup')!.error).toMatch(/^Node `dedup`: The memory budget of 10 MB is too small: .*\.$/);
  });
});

describe.skipIf(!fs.existsSync(antCorpus))('on the whole ANT corpus (needs NASAQ_TEST_DATA)', () => {
  const workflow = () => dedupWorkflow(bench, { corpus: [antCorpus] }, { threads: 2 });
  const undisturbed = async () => {
    const other = makeBench();
    try {
      return digestsOf((await runToEnd(other.open(nodeTypes), { workflow: workflow() })).nodes);
    } finally {
      await other.clear();
    }
  };

  /** Runs until an event is `wanted`, and then asks the run to stop. */
  async function stopAt(engine: Engine, wanted: (event: RunEvent) => boolean) {
    let isStopped = false;
    const run = await engine.run({ workflow: workflow() }, (event) => {
      if (isStopped || !wanted(event)) return;
      isStopped = true;
      run.stop('stop');
    });
    return run.finished;
  }
  const stageOf = (event: RunEvent): string | undefined => (event.type === 'node-progress' ? event.stage : undefined);
  const spools = (): { name: string; inode: number }[] =>
    fs
      .readdirSync(path.join(bench.folder, 'cache', 'work'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => ({ name, inode: fs.statSync(path.join(bench.folder, 'cache', 'work', name)).ino }));

  test.each(['Reading', 'Finding candidates', 'Writing what stays'])(
    'a run that is stopped while %s goes on where it was',
    async (stage) => {
      const engine = bench.open(nodeTypes);
      const stopped = await stopAt(engine, (event) => stageOf(event) === stage);
      expect(stopped.outcome).toBe('cancelled');
      const before = spools();
      expect(before).toHaveLength(1);

      let after: typeof before = [];
      const events: RunEvent[] = [];
      const run = await engine.run({ workflow: workflow() }, (event) => {
        if (after.length === 0 && stageOf(event)) after = spools();
        events.push(event);
      });
      const finished = await run.finished;
      expect(statuses(finished).dedup).toBe('ran');
      expect(after).toEqual(before);
      expect(events.map(stageOf)).not.toContain('Preparing');
      expect(spools()).toEqual([]);
      expect(digestsOf(finished.nodes)).toEqual(await undisturbed());
    },
  );

  test('a run that is cancelled leaves nothing', async () => {
    const engine = bench.open(nodeTypes);
    const run = await engine.run({ workflow: workflow() }, (event) => {
      if (stageOf(event) === 'Reading') run.stop('cancel');
    });
    expect((await run.finished).outcome).toBe('cancelled');
    expect(spools()).toEqual([]);
  });

  test('killed at any moment, it ends with the same outputs', { timeout: 300_000 }, async () => {
    const file = bench.write('ant.nasaq.json', formatWorkflow(workflow()));
    const killed = await killUntilDone(
      { workflow: file, nodeTypes: 'real' },
      { folder: bench.folder, kills: 8, longestMs: 4_000, seed: 20_261_123 },
    );
    expect(killed.kills).toBeGreaterThanOrEqual(8);
    const expected = await undisturbed();
    for (const digests of killed.finished) {
      expect(expected.map(([port]) => [port, digests[`dedup.${port!}`]])).toEqual(expected);
    }
  });
});

describe('a disk that is too small', () => {
  const canMount =
    process.platform === 'linux' && process.getuid?.() === 0 && mounts(fs.mkdtempSync(path.join(os.tmpdir(), 'nasaq-probe-')));

  function mounts(folder: string): boolean {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
      execFileSync('umount', [folder]);
      return true;
    } catch {
      return false;
    } finally {
      fs.rmdirSync(folder);
    }
  }

  /** A cache on a file system of its own; what the node says there, and that it runs when there is more room. */
  async function sentenceOn(megabytes: number, documents: readonly Document[]): Promise<string> {
    const cache = path.join(bench.folder, 'cache');
    fs.mkdirSync(cache);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', cache]);
    try {
      const engine = bench.open(nodeTypes);
      const workflow = dedupWorkflow(bench, { corpus: [documents] });
      const { nodes } = await runToEnd(engine, { workflow });
      const { status, error } = nodes.find(({ node }) => node === 'dedup')!;
      expect([status, error?.split('\n').length]).toEqual(['failed', 1]);
      expect(engine.cache.list().map(({ nodeType }) => nodeType)).toEqual(['corpus']);
      execFileSync('mount', ['-o', 'remount,size=512m', cache]);
      expect(statuses(await runToEnd(engine, { workflow }))).toMatchObject({ dedup: 'ran' });
      await engine.close();
      return error!;
    } finally {
      execFileSync('umount', ['-l', cache]);
    }
  }

  test.skipIf(!canMount)('is told before anything is computed (needs root, to mount)', async () => {
    // Random text does not compress: of 24 MB the corpus takes 7 already.
    const documents = Array.from({ length: 9_000 }, (_, at) => ({ id: `${at}`, text: randomBytes(750).toString('base64') }));
    expect(await sentenceOn(24, documents)).toMatch(
      /^Node `dedup`: deduplicating 9\.\d MB of text needs about \d+ MB of disk, but .*work.* has \d+ MB free; free some space or choose another cache folder, and run again\.$/,
    );
  });

  test.skipIf(!canMount)('is told when it fills up all the same (needs root, to mount)', async () => {
    // Copies take no room in the cache, but each stands in what is searched.
    const text = 'نص طويل جدا '.repeat(1_000);
    const documents = Array.from({ length: 2_000 }, (_, at) => ({ id: `${at}`, text }));
    expect(await sentenceOn(24, documents)).toMatch(
      /^Node `dedup`: The disk is full: .* has no room left while .*; free some space and run again\.$/,
    );
  });
});
