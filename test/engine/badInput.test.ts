import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Workflow } from '../../main/contract/graph.ts';
import { sourcePaths } from '../../main/engine/EnginePaths.ts';
import { findPython } from '../../main/engine/python/environment.ts';
import { dedupWorkflow, type Ended, finishedOf, graphNode, nasaq, news, saved, statuses, temporaryFolder, workflow } from './runNasaq.ts';

const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;

/** Every file below a folder with the digest of its content. */
async function snapshot(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const digests = await Promise.all(
    files.map(
      async (file) =>
        [
          file,
          createHash('sha256')
            .update(await readFile(file))
            .digest('hex'),
        ] as const,
    ),
  );
  return Object.fromEntries(digests.sort());
}

function expectOneSentence(text: string): void {
  expect(text.trim().split('\n'), text).toHaveLength(1);
  expect(text).not.toMatch(/\n\s+at |\bError:|ERR_|undefined|\[object/);
  expect(text.trim()).toMatch(/[.)]$/);
}

/** Runs a workflow that must be refused: exit code 2, one sentence, nothing changed beside the workflow and nothing computed. */
async function refused(content: string | Workflow): Promise<string> {
  const home = await temporaryFolder();
  const work = path.join(home, 'work');
  await mkdir(work);
  const file = path.join(work, 'w.nasaq.json');
  if (typeof content === 'string') await writeFile(file, content);
  else await saved(work, content);
  const before = await snapshot(work);
  for (const command of ['run', 'plan']) {
    const ended = await nasaq([command, file], { home });
    expect(ended.code, ended.stderr).toBe(2);
    expectOneSentence(ended.stderr);
    if (command === 'run') expect(ended.stdout).toBe('');
  }
  const { stderr } = await nasaq(['run', file, '--json'], { home });
  expect(await snapshot(work)).toEqual(before);
  expect(await artifactsIn(home)).toEqual([]);
  return stderr;
}

const artifactsIn = (home: string): Promise<string[]> => readdir(path.join(home, 'cache', 'artifacts')).catch(() => []);

describe('a workflow', () => {
  test('that is not JSON', async () => {
    expect(await refused('{\n  "nasaq": 1,\n  "title": "x",,\n}')).toMatch(/w\.nasaq\.json is not JSON: at line 3, column 16/);
  });
  test('of a newer version', async () => {
    expect(await refused(JSON.stringify({ ...dedupWorkflow(), nasaq: 99 }))).toMatch(/w\.nasaq\.json has format version 99, .*newer Nasaq/);
  });
  test('with an unknown node type', async () => {
    const sentence = await refused(workflow([graphNode('mystery', 'teleport')], []));
    expect(sentence).toContain('mystery');
    expect(sentence).toContain('teleport');
  });
  test('with a node of a version that is newer than its type', async () => {
    expect(await refused(workflow([{ ...graphNode('news', 'corpus', { files: [news] }), version: 999 }], []))).toMatch(/news.*999/);
  });
  test('with a cycle', async () => {
    const sentence = await refused(
      workflow([graphNode('a', 'dedup'), graphNode('b', 'dedup')], ['a.kept > b.corpus', 'b.kept > a.corpus']),
    );
    expect(sentence).toMatch(/cycle|circle/);
    expect(sentence).toMatch(/`?a`?.*`?b`?/);
  });
  test('with a missing input', async () => {
    const sentence = await refused(workflow([graphNode('once', 'dedup')], []));
    expect(sentence).toMatch(/once/);
    expect(sentence).toMatch(/corpus/);
  });
  test('with a param that is wrong', async () => {
    const base = dedupWorkflow();
    const nodes = [base.nodes[0]!, { ...base.nodes[1]!, params: { threshold: 7 } }];
    expect(await refused({ ...base, nodes })).toMatch(/dedup.*threshold.*must be at most 1/);
  });
  test('with a param that the node does not have', async () => {
    const base = dedupWorkflow();
    const nodes = [base.nodes[0]!, { ...base.nodes[1]!, params: { treshold: 0.7 } }];
    expect(await refused({ ...base, nodes })).toMatch(/dedup.*treshold/);
  });
  test('with an edge between ports of different kinds', async () => {
    const base = dedupWorkflow();
    const sentence = await refused({
      ...base,
      nodes: [...base.nodes, graphNode('again', 'dedup')],
      edges: [...base.edges, { from: { node: 'dedup', port: 'clusters' }, to: { node: 'again', port: 'corpus' } }],
    });
    expect(sentence).toMatch(/scores/);
    expect(sentence).toMatch(/corpus/);
  });
  test('with an edge to a port or node that is not there', async () => {
    const base = dedupWorkflow();
    const port = { ...base, edges: [...base.edges, { from: { node: 'news', port: 'model' }, to: { node: 'dedup', port: 'corpus' } }] };
    expect(await refused(port)).toMatch(/news.*model/);
    const node = { ...base, edges: [...base.edges, { from: { node: 'olds', port: 'corpus' }, to: { node: 'dedup', port: 'corpus' } }] };
    expect(await refused(node)).toMatch(/olds/);
  });
  test('with two nodes of one name', async () => {
    const base = dedupWorkflow();
    expect(await refused({ ...base, nodes: [...base.nodes, base.nodes[1]!] })).toMatch(/dedup/);
  });
});

/** Runs corpus → dedup over one file that cannot be read as a corpus: exit code 1 or 2, one sentence, nothing after it computed. */
async function unreadable(name: string, content: string | Buffer, params: Record<string, string> = {}): Promise<string> {
  const home = await temporaryFolder();
  const work = path.join(home, 'work');
  await mkdir(work);
  await writeFile(path.join(work, name), content);
  const base = dedupWorkflow([name]);
  const file = await saved(work, {
    ...base,
    nodes: [{ ...base.nodes[0]!, params: { ...base.nodes[0]!.params, ...params } }, base.nodes[1]!],
  });
  const before = await snapshot(work);
  const ended = await nasaq(['run', file, '--json'], { home });
  expect(ended.code, ended.stderr).toBe(1);
  expect(statuses(ended)).toEqual({ news: 'failed', dedup: 'skipped' });
  const sentence = errorOf(ended, 'news');
  expectOneSentence(sentence);
  expect(sentence).toContain(name);
  expect(sentence).toContain('news');
  expect(await snapshot(work)).toEqual(before);
  expect(await artifactsIn(home)).toEqual([]);
  return sentence;
}

function errorOf(ended: Ended, node: string): string {
  const outcome = finishedOf(ended).nodes.find((candidate) => candidate.node === node);
  expect(outcome?.status).toBe('failed');
  return outcome!.error!;
}

describe('a corpus', () => {
  test('with a broken line', async () => {
    expect(await unreadable('broken.jsonl', '{"text":"واحد"}\n{"text":"اثنان"\n{"text":"ثلاثة"}\n')).toMatch(/line 2\b/);
  });
  test('with a line that is no object', async () => {
    expect(await unreadable('list.jsonl', '{"text":"واحد"}\n["اثنان"]\n')).toMatch(/line 2\b/);
  });
  test('without the text column', async () => {
    const sentence = await unreadable('columns.jsonl', '{"id":"1","body":"نص","title":"عنوان"}\n');
    expect(sentence).toMatch(/`?text`?/);
    expect(sentence).toContain('body');
  });
  test('whose text is no text', async () => {
    expect(await unreadable('number.jsonl', '{"text":"واحد"}\n{"text":2}\n')).toMatch(/line 2\b/);
  });
  test('that is not UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from('{"text":"واحد"}\n{"text":"'), Buffer.from([0xc7, 0xe1, 0xed]), Buffer.from('"}\n')]);
    const sentence = await unreadable('windows-1256.jsonl', bytes);
    expect(sentence).toMatch(/UTF-8/);
    expect(sentence).toMatch(/line 2\b/);
  });
  test('that is empty', async () => {
    expect(await unreadable('empty.jsonl', '')).toMatch(/empty|no (rows|lines|documents)/i);
  });
  test('in a gz that was cut short', async () => {
    const packed = gzipSync(await readFile(news));
    expect(await unreadable('news.jsonl.gz', packed.subarray(0, packed.length / 2))).toMatch(
      /cut short|incomplete|truncated|ends too early/i,
    );
  });
  test('with the same id twice', async () => {
    expect(await unreadable('ids.jsonl', '{"id":"a","text":"واحد"}\n{"id":"a","text":"اثنان"}\n', { idColumn: 'id' })).toMatch(/`?a`?/);
  });
  test('that is not there', async () => {
    const home = await temporaryFolder();
    const ended = await nasaq(['run', await saved(home, dedupWorkflow(['gone.jsonl']))], { home });
    expect([1, 2]).toContain(ended.code);
    expect(ended.stderr).toMatch(/^nasaq: .*gone\.jsonl/m);
  });
});

describe('a folder that is not writable', () => {
  test.skipIf(!isRoot && process.platform === 'win32')('as the cache', async () => {
    const home = await temporaryFolder();
    const cache = path.join(home, 'cache');
    const file = await saved(home, dedupWorkflow());
    await mkdir(cache);
    await chmod(home, 0o755);
    await chmod(cache, 0o555);
    // Root may write anywhere: another user tries.
    const ended = await nasaq(['run', file, '--cache', cache], { home, ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}) });
    expect([1, 2]).toContain(ended.code);
    expectOneSentence(ended.stderr);
    expect(ended.stderr).toContain(cache);
    expect(ended.stderr).toMatch(/not writable|may not write/);
    expect(await readdir(cache)).toEqual([]);
  });

  test.skipIf(process.platform === 'win32')('as the target of an export', async () => {
    const home = await temporaryFolder();
    const target = path.join(home, 'target');
    const file = await saved(home, dedupWorkflow());
    await mkdir(target);
    expect((await nasaq(['run', file, '--json'], { home })).code).toBe(0);
    await writeFile(path.join(target, 'kept.jsonl'), 'what was there before\n');
    await chmod(target, 0o555);
    if (isRoot)
      for (const entry of [home, ...(await readdir(home, { recursive: true })).map((name) => path.join(home, name))]) {
        if (!entry.startsWith(target)) await chown(entry, NOBODY, NOBODY);
      }
    const ended = await nasaq(['export', file, 'dedup.kept', path.join(target, 'kept.jsonl')], {
      home,
      ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
    });
    expect(ended.code).toBe(2);
    expectOneSentence(ended.stderr);
    expect(ended.stderr).toContain(target);
    expect(await snapshot(target)).toEqual({
      [path.join(target, 'kept.jsonl')]: createHash('sha256').update('what was there before\n').digest('hex'),
    });
    await chmod(target, 0o755);
  });
});

/** A file system of a few megabytes, for as long as the test runs; undefined where it cannot be mounted. */
function smallDisk(folder: string, megabytes: number): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return false;
  }
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder]);
  });
  return true;
}

test('a disk that fills up while an artifact is published', async (context) => {
  const home = await temporaryFolder();
  const disk = path.join(home, 'disk');
  await mkdir(disk);
  if (process.platform !== 'linux' || !smallDisk(disk, 4)) context.skip('a small file system can be mounted only by root on Linux');
  // Random text does not compress: the artifact is larger than the disk.
  const rows = Array.from({ length: 6000 }, (_, row) => JSON.stringify({ id: `r${row}`, text: randomBytes(750).toString('base64') }));
  await writeFile(path.join(home, 'large.jsonl'), rows.join('\n'));
  await writeFile(path.join(home, 'small.jsonl'), '{"text":"نص"}\n');
  const cache = path.join(disk, 'cache');
  const small = await saved(home, dedupWorkflow(['small.jsonl']), 'small.nasaq.json');
  expect((await nasaq(['run', small, '--json', '--cache', cache], { home })).code).toBe(0);
  const before = await snapshot(path.join(cache, 'artifacts'));

  const ended = await nasaq(['run', await saved(home, dedupWorkflow(['large.jsonl'])), '--json', '--cache', cache], { home });
  expect(ended.code, ended.stderr).toBe(1);
  const sentence = errorOf(ended, 'news');
  expectOneSentence(sentence);
  expect(sentence).toMatch(/disk is full/i);

  // What was there is whole, nothing half-written was added, and the cache still works.
  expect(await snapshot(path.join(cache, 'artifacts'))).toEqual(before);
  expect((await nasaq(['cache', 'verify', '--cache', cache], { home })).code).toBe(0);
  expect(statuses(await nasaq(['run', small, '--json', '--cache', cache], { home }))).toEqual({ news: 'reused', dedup: 'reused' });
});

describe.skipIf(process.platform === 'win32')('a trainer', () => {
  /** corpus → pretrain, with NASAQ_TRAINER_PYTHON as given; the node fails, and the sentence is what it says. */
  async function failing(environment: (home: string) => Promise<Record<string, string | undefined>>): Promise<string> {
    const home = await temporaryFolder();
    const file = await saved(
      home,
      workflow(
        [
          graphNode('news', 'corpus', { files: [news] }),
          graphNode('raw', 'pretrain', { hiddenSize: 64, layers: 1, heads: 2, steps: 3, vocabularySize: 300 }),
        ],
        ['news.corpus > raw.corpus'],
      ),
    );
    const ended = await nasaq(['run', file, '--json'], { home, env: await environment(home) });
    expect(ended.code, ended.stderr).toBe(1);
    const sentence = errorOf(ended, 'raw');
    expectOneSentence(sentence.replace(/\b\w*Error: /, ''));
    expect(sentence).toContain('`raw`');
    // The corpus is whole; of the training nothing was published.
    expect(await artifactsIn(home)).toEqual([finishedOf(ended).nodes.find(({ node }) => node === 'news')!.outputs.corpus!.digest]);
    return sentence;
  }
  /** A stand-in for the interpreter, which a shell runs. */
  const interpreter = async (home: string, script: string): Promise<{ NASAQ_TRAINER_PYTHON: string }> => {
    const file = path.join(home, 'python');
    await writeFile(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return { NASAQ_TRAINER_PYTHON: file };
  };
  const answersVersion = (version: string): string => `[ "$1" = -c ] && echo ${version} && exit 0`;

  test('whose Python environment is missing', async () => {
    expect(await failing(async () => ({ NASAQ_TRAINER_PYTHON: undefined }))).toMatch(/Python environment is missing.*`npm run setup`/);
  });
  test('whose Python is too old', async () => {
    expect(await failing((home) => interpreter(home, answersVersion('3.8')))).toMatch(/Python 3\.8.*3\.10 or newer/);
  });
  test('that crashes in native code', async () => {
    expect(await failing((home) => interpreter(home, `${answersVersion('3.12')}\nkill -SEGV $$`))).toMatch(
      /crashed in native code \(SIGSEGV\)/,
    );
  });
  test('that the system kills for its memory', async () => {
    expect(await failing((home) => interpreter(home, `${answersVersion('3.12')}\nkill -KILL $$`))).toMatch(/memory ran out/);
  });
  test('that runs out of memory itself', async (context) => {
    const python = await findPython(sourcePaths()).catch(() => undefined);
    if (!python) return context.skip("the trainers' Python environment is not installed");
    const limited = (home: string) => interpreter(home, `ulimit -v 3000000\nexec "${python.interpreter}" "$@"`);
    // With so wide a model the first matrix alone is larger than the limit.
    const home = await temporaryFolder();
    const wide = workflow(
      [
        graphNode('news', 'corpus', { files: [news] }),
        graphNode('raw', 'pretrain', { hiddenSize: 32768, layers: 1, heads: 2, steps: 1, vocabularySize: 300 }),
      ],
      ['news.corpus > raw.corpus'],
    );
    const ended = await nasaq(['run', await saved(home, wide), '--json'], { home, env: await limited(home) });
    expect(ended.code, ended.stderr).toBe(1);
    const sentence = errorOf(ended, 'raw');
    expectOneSentence(sentence);
    expect(sentence).toMatch(/memory/i);
    expect(sentence).toMatch(/`batchSize`|`sequenceLength`|`hiddenSize`/);
  });
});
