import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { planSchema } from '../../main/contract/plan.ts';
import { dedupWorkflow, eventsOf, finishedOf, nasaq, root, saved, startNasaq, statuses, temporaryFolder } from './runNasaq.ts';

const jsonLines = async (file: string): Promise<Record<string, unknown>[]> =>
  (await readFile(file, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('nasaq', () => {
  test.each([[['--help']], [['run', '--help']], [['plan', '-h']], [['nodes', '--help']], [['export', '--help']], [['cache', '--help']]])(
    '%j explains itself and succeeds',
    async (args) => {
      const { code, stdout, stderr } = await nasaq(args, { home: await temporaryFolder() });
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout.split('\n').length).toBeGreaterThan(3);
    },
  );

  test.each([
    [['rum'], 'There is no command `rum`'],
    [['run'], 'FILE is missing'],
    [['run', 'a', 'b'], '`b` is one argument too many'],
    [['run', 'a', '--too', 'x'], "Unknown option '--too'"],
    [['run', 'a', '--to'], "'--to <value>' argument missing"],
    [['run', 'nowhere.nasaq.json'], 'There is no workflow file nowhere.nasaq.json'],
    [['export', 'w.nasaq.json', 'dedup.kept'], 'TARGET is missing'],
    [['cache', 'clean'], '`nasaq cache clean` is not known'],
    [['cache', 'gc', '--keep-days', 'ten'], '--keep-days must be a whole number'],
  ])('%j is refused in one sentence', async (args, sentence) => {
    const { code, stdout, stderr } = await nasaq(args, { home: await temporaryFolder() });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('starts on the Node of the project when the machine’s own strips no types', async () => {
    const child = spawn(process.execPath, ['--no-experimental-strip-types', path.join(root, 'main', 'cli', 'nasaq.mjs'), 'rum'], {
      stdio: 'pipe',
    });
    let stderr = '';
    child.stderr.on('data', (text) => (stderr += text));
    expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(2);
    expect(stderr).toContain('There is no command `rum`');
  });

  test('nodes lists every node type with its ports', async () => {
    const { stdout } = await nasaq(['nodes', '--json'], { home: await temporaryFolder() });
    const specs = JSON.parse(stdout) as { type: string; inputs: object; outputs: object }[];
    const folders = (await readdir(path.join(root, 'nodes'), { withFileTypes: true })).filter(
      (entry) => entry.isDirectory() && entry.name !== 'kit',
    );
    expect(specs.map(({ type }) => type).sort()).toEqual(folders.map(({ name }) => name).sort());
    expect(specs.find(({ type }) => type === 'dedup')).toMatchObject({
      inputs: { corpus: {} },
      outputs: { kept: {}, clusters: {}, report: {} },
    });
    const { stdout: people } = await nasaq(['nodes'], { home: await temporaryFolder() });
    for (const { type } of specs) expect(people).toMatch(new RegExp(`^${type}: `, 'm'));
  });
});

describe('running a workflow', () => {
  test('computes it once, and then reuses all of it', async () => {
    const home = await temporaryFolder();
    const file = await saved(home, dedupWorkflow());

    const before = planSchema.parse(JSON.parse((await nasaq(['plan', file, '--json'], { home })).stdout));
    expect(before.nodes.map(({ node, decision }) => [node, decision])).toEqual([
      ['news', 'run'],
      ['dedup', 'run'],
    ]);

    const first = await nasaq(['run', file, '--json'], { home });
    expect(first.code, first.stderr).toBe(0);
    expect(statuses(first)).toEqual({ news: 'ran', dedup: 'ran' });
    expect(eventsOf(first)[0]!.type).toBe('run-started');
    const { outputs } = finishedOf(first).nodes.find(({ node }) => node === 'dedup')!;
    expect(outputs.kept!.rows! + outputs.clusters!.rows!).toBe(600);

    const second = await nasaq(['run', file, '--json'], { home });
    expect(second.code).toBe(0);
    expect(statuses(second)).toEqual({ news: 'reused', dedup: 'reused' });
    const digests = (ended: typeof first) =>
      finishedOf(ended).nodes.map((node) => Object.fromEntries(Object.entries(node.outputs).map(([port, { digest }]) => [port, digest])));
    expect(digests(second)).toEqual(digests(first));

    const after = planSchema.parse(JSON.parse((await nasaq(['plan', file, '--json'], { home })).stdout));
    expect(after.nodes.map(({ decision }) => decision)).toEqual(['reused', 'reused']);
  });

  test('tells people what came out, without escape codes where there is no terminal', async () => {
    const home = await temporaryFolder();
    const { code, stdout, stderr } = await nasaq(['run', await saved(home, dedupWorkflow())], { home });
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^news +ran .*corpus +600 rows +artifacts\/[0-9a-f]{12}/m);
    expect(stdout).toMatch(/^ +clusters \(scores\) +\d+ rows/m);
    expect(stdout).toMatch(/^Done in /m);
    expect(stderr).toMatch(/^dedup: started/m);
    expect(stdout + stderr).not.toContain('\x1b');
  });

  test('--set runs only what the param touches, and says so; the file stays', async () => {
    const home = await temporaryFolder();
    const file = await saved(home, dedupWorkflow());
    const bytes = await readFile(file, 'utf8');
    await nasaq(['run', file, '--json'], { home });
    const again = await nasaq(['run', file, '--json', '--set', 'dedup.keep=longest'], { home });
    expect(statuses(again)).toEqual({ news: 'reused', dedup: 'ran' });
    expect(
      finishedOf(again)
        .nodes.find(({ node }) => node === 'dedup')!
        .reasons.join(),
    ).toContain('`keep`');
    expect(await readFile(file, 'utf8')).toBe(bytes);
  });

  test('--set takes paths from where it is typed', async () => {
    const home = await temporaryFolder();
    const elsewhere = path.join(home, 'elsewhere');
    await mkdir(elsewhere);
    await writeFile(path.join(elsewhere, 'two.jsonl'), '{"text":"الأول"}\n{"text":"الثاني"}\n');
    const file = await saved(home, dedupWorkflow());
    const ended = await nasaq(['run', file, '--json', '--to', 'news', '--set', 'news.files=two.jsonl'], { home, cwd: elsewhere });
    expect(finishedOf(ended).nodes.find(({ node }) => node === 'news')!.outputs.corpus!.rows).toBe(2);
  });

  test.each([
    ['dedup.threshold', 'does not read as NODE.PARAM=VALUE'],
    ['dedupe.threshold=0.8', '--set names the node `dedupe`, but the workflow has only `news`, `dedup`'],
    ['dedup.treshold=0.8', 'node `dedup` (dedup) has no param `treshold`'],
    ['dedup.threshold=high', 'param `threshold` of node `dedup` must be a number'],
    ['dedup.threshold=7', 'param `threshold` of node `dedup` must be at most 1'],
    ['dedup.keep=shortest', 'param `keep` of node `dedup` must be one of'],
  ])('--set %s is refused in one sentence', async (setting, sentence) => {
    const home = await temporaryFolder();
    const { code, stderr } = await nasaq(['run', await saved(home, dedupWorkflow()), '--set', setting], { home });
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('--to stops there, and --force runs again what could be reused', async () => {
    const home = await temporaryFolder();
    const file = await saved(home, dedupWorkflow());
    expect(statuses(await nasaq(['run', file, '--json', '--to', 'news'], { home }))).toMatchObject({ news: 'ran' });
    expect(statuses(await nasaq(['run', file, '--json'], { home }))).toEqual({ news: 'reused', dedup: 'ran' });
    // Forced, but with the same rows as before: what depends on it is reused all the same.
    expect(statuses(await nasaq(['run', file, '--json', '--force', 'news'], { home }))).toEqual({ news: 'ran', dedup: 'reused' });
    const { code, stderr } = await nasaq(['run', file, '--to', 'nowhere'], { home });
    expect([code, stderr]).toEqual([2, expect.stringContaining('--to names the node `nowhere`')]);
  });

  test('a node that fails leaves exit code 1 and its sentence', async () => {
    const home = await temporaryFolder();
    await writeFile(path.join(home, 'broken.jsonl'), '{"text":"x"}\n{"text":\n');
    const { code, stdout, stderr } = await nasaq(['run', await saved(home, dedupWorkflow(['broken.jsonl']))], { home });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^nasaq: .*broken\.jsonl.*line 2/m);
    expect(stdout).toMatch(/^news +failed/m);
    expect(stdout).toMatch(/^dedup +skipped/m);
  });

  test('Ctrl-C cancels with exit code 130, publishes nothing of what was under way, and the next run completes', async () => {
    const home = await temporaryFolder();
    const sentences = (await jsonLines(path.join(root, 'resources', 'samples', 'news.jsonl'))).flatMap(({ text }) =>
      String(text).split(/[.،\n]/),
    );
    const documents = Array.from({ length: 10_000 }, (_, row) =>
      JSON.stringify({
        text: Array.from({ length: 12 }, (_, part) => sentences[(row * 31 + part * 7919 + row * part) % sentences.length]).join(' '),
      }),
    );
    await writeFile(path.join(home, 'many.jsonl'), documents.join('\n'));
    const file = await saved(home, dedupWorkflow(['many.jsonl']));
    const { child, ended } = startNasaq(['run', file, '--json'], { home });
    let seen = '';
    child.stdout!.on('data', (text: string) => {
      const before = seen;
      seen += text;
      const mark = '"type":"node-started"';
      const isDedup = /"type":"node-started"[^\n]*"node":"dedup"/;
      if (seen.includes(mark) && isDedup.test(seen) && !isDedup.test(before)) child.kill('SIGINT');
    });
    const cancelled = await ended;
    expect(cancelled.code, cancelled.stderr).toBe(130);
    expect(finishedOf(cancelled).outcome).toBe('cancelled');
    expect(statuses(cancelled)).toEqual({ news: 'ran', dedup: 'cancelled' });
    const entries = JSON.parse((await nasaq(['cache', 'ls', '--json'], { home })).stdout) as { nodeType: string }[];
    expect(entries.map(({ nodeType }) => nodeType)).toEqual(['corpus']);
    expect(statuses(await nasaq(['run', file, '--json'], { home }))).toEqual({ news: 'reused', dedup: 'ran' });
  });
});

describe('exporting', () => {
  test('writes a table as JSON lines and a report as JSON, from the cache alone', async () => {
    const home = await temporaryFolder();
    const file = await saved(home, dedupWorkflow());
    const target = path.join(home, 'kept.jsonl');

    const early = await nasaq(['export', file, 'dedup.kept', target], { home });
    expect([early.code, early.stderr]).toEqual([2, expect.stringMatching(/not in the cache .*nasaq run .* --to dedup/)]);
    expect(await readdir(home)).not.toContain('kept.jsonl');

    const { outputs } = finishedOf(await nasaq(['run', file, '--json'], { home })).nodes.find(({ node }) => node === 'dedup')!;
    expect((await nasaq(['export', file, 'dedup.kept', target], { home })).code).toBe(0);
    const rows = await jsonLines(target);
    expect(rows).toHaveLength(outputs.kept!.rows!);
    expect(rows[0]).toMatchObject({ id: expect.any(String), text: expect.any(String) });
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);

    expect((await nasaq(['export', file, 'dedup.report', path.join(home, 'report.json')], { home })).code).toBe(0);
    expect(JSON.parse(await readFile(path.join(home, 'report.json'), 'utf8'))).toMatchObject({
      title: expect.any(String),
      findings: expect.any(Array),
    });

    const several = await nasaq(['export', file, 'dedup', target], { home });
    expect([several.code, several.stderr]).toEqual([2, expect.stringContaining('has several outputs: name one, such as dedup.')]);
    const unknown = await nasaq(['export', file, 'dedup.model', target], { home });
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('has no output `model`')]);
    const tooMany = await nasaq(['export', file, 'dedup.kept.rows', target], { home });
    expect([tooMany.code, tooMany.stderr]).toEqual([2, expect.stringContaining('does not read as NODE.PORT')]);
    const nowhere = await nasaq(['export', file, 'dedup.kept', path.join(home, 'no', 'such', 'kept.jsonl')], { home });
    expect(nowhere.code).toBe(2);
    expect(nowhere.stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('the cache', () => {
  test('is listed, checked and cleared', async () => {
    const home = await temporaryFolder();
    const file = await saved(home, dedupWorkflow());
    await nasaq(['run', file, '--json'], { home });
    const list = await nasaq(['cache', 'ls'], { home });
    expect(list.stdout).toMatch(/corpus +600 /);
    expect((await nasaq(['cache', 'verify'], { home })).stdout).toContain(' 0 damaged');

    const artifacts = path.join(home, 'cache', 'artifacts');
    const parquet = (await readdir(artifacts, { recursive: true })).find((name) => name.endsWith('.parquet'))!;
    await writeFile(path.join(artifacts, parquet), 'damaged');
    const verified = await nasaq(['cache', 'verify'], { home });
    expect([verified.code, verified.stdout]).toEqual([1, expect.stringContaining(' 1 damaged')]);

    const collected = await nasaq(['cache', 'gc', '--keep-days', '0', '--json'], { home });
    expect(collected.code).toBe(0);
    expect(JSON.parse(collected.stdout).removed).toBeGreaterThan(0);
  });

  test('with a catalogue that is none says so in a sentence', async () => {
    const home = await temporaryFolder();
    await mkdir(path.join(home, 'cache'));
    await writeFile(path.join(home, 'cache', 'catalogue.sqlite'), 'not a database '.repeat(100));
    const listed = await nasaq(['cache', 'ls'], { home });
    expect([listed.code, listed.stderr]).toEqual([2, expect.stringMatching(/^nasaq: The cache .* is damaged .*\n$/)]);
  });

  test.each([
    ['', '--cache needs a folder'],
    ['/dev/null/cache', 'cannot be made'],
    ...(process.platform === 'linux' ? [['/proc/nasaq', 'cannot be made']] : []),
  ])('in the folder %j is refused in one sentence', async (folder, problem) => {
    const { code, stderr } = await nasaq(['cache', 'ls', '--cache', folder!], { home: await temporaryFolder() });
    expect([code, stderr]).toEqual([2, expect.stringMatching(new RegExp(`^nasaq: .*${problem}.*\\n$`))]);
  });

  test('is where --cache says', async () => {
    const home = await temporaryFolder();
    const file = await saved(home, dedupWorkflow());
    await nasaq(['run', file, '--json', '--to', 'news', '--cache', path.join(home, 'mine')], { home });
    expect((await readdir(path.join(home, 'mine'))).length).toBeGreaterThan(0);
    expect(await readdir(home)).not.toContain('cache');
  });
});
