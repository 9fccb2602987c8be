import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadNodeTypes, type NodeTypes } from '../../../main/engine/loadNodeTypes.ts';
import { sampleRows } from '../inference/givenArtifacts.ts';
import { finishedOf, nasaq, temporaryFolder } from '../runNasaq.ts';
import { type Bench, makeBench, runToEnd, statuses, workflowOf } from '../testNodes.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const code = path.join(root, 'resources/codes/code-of-conduct.ar.md');
let nodeTypes: NodeTypes;
let bench: Bench;
beforeAll(async () => void (nodeTypes = await loadNodeTypes(path.join(root, 'nodes'))));
beforeEach(() => void (bench = makeBench()));
afterEach(() => bench.clear());

const documents = [
  { id: '1', text: '@User.IDX صباح الخير' },
  { id: '2', text: 'نص سليم' },
  { id: '3', text: 'حقير' },
  { id: '4', text: '' },
];
function workflow(params: Record<string, string>) {
  const file = bench.write('a.jsonl', documents.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return workflowOf({
    corpus: { type: 'corpus', params: { files: [file] } },
    annotate: {
      type: 'annotate',
      params: { codeOfConduct: code, lexicon: bench.write('words.txt', 'حقير\n'), ...params },
      from: { corpus: 'corpus.corpus' },
    },
  });
}
async function annotate(params: Record<string, string> = {}) {
  const engine = bench.open(nodeTypes);
  const { nodes } = await runToEnd(engine, { workflow: workflow(params) });
  const { outputs, error } = nodes.find(({ node }) => node === 'annotate')!;
  if (error !== undefined) return { error, pairs: [], findings: '' };
  return {
    error,
    pairs: await engine.rows(outputs.pairs!.digest, 0, 100),
    findings: (await engine.report(outputs.report!.digest)).findings.join(' '),
  };
}

describe('the expert Rules', () => {
  test('gives a pair of each document that has something left, and counts the others', async () => {
    const { pairs, findings } = await annotate();
    expect(pairs).toEqual([
      { id: '1', before: '@User.IDX صباح الخير', after: 'صباح الخير', changes: 'mentions' },
      { id: '2', before: 'نص سليم', after: 'نص سليم', changes: '' },
    ]);
    expect(findings).toContain('2 documents gave no pair: 1 nothing would be left, 1 without text.');
    expect(findings).toContain('version 2.0.0');
  });

  test('runs again when the code of conduct is edited, and not when it is only touched', async () => {
    const own = bench.write('code.md', fs.readFileSync(code, 'utf8'));
    const run = async () => statuses(await runToEnd(bench.open(nodeTypes), { workflow: workflow({ codeOfConduct: own }) })).annotate;
    expect(await run()).toBe('ran');
    fs.utimesSync(own, new Date(), new Date(Date.now() + 60_000));
    expect(await run()).toBe('reused');
    fs.appendFileSync(own, '\nOne rule more.\n');
    expect(await run()).toBe('ran');
  });
});

describe('the expert A file of pairs', () => {
  test('finds rewrites by id, or by the raw text, and leaves out the rest', async () => {
    const file = bench.write('pairs.csv', 'id,raw,rewritten\n1,@User.IDX صباح الخير,صباح النور\nx,نص سليم,نص سليم\n3,نص آخر,شيء\n');
    const { pairs, findings } = await annotate({ expert: 'pairs-file', pairsFile: file });
    expect(pairs.map(({ id, after, changes }) => [id, after, changes])).toEqual([
      ['1', 'صباح النور', 'rewritten'],
      ['2', 'نص سليم', ''],
    ]);
    expect(findings).toContain('1 the file has another raw text under that id, 1 without text');
  });

  test('takes the rewrites from a column that is called `text`', async () => {
    const pairsFile = bench.write('pairs.csv', 'raw,text\n@User.IDX صباح الخير,صباح النور\n');
    const { pairs } = await annotate({ expert: 'pairs-file', pairsFile, rewrittenColumn: 'text' });
    expect(pairs.map(({ after }) => after)).toEqual(['صباح النور']);
  });

  test.each([
    [{ expert: 'pairs-file' }, /Param `pairsFile` is empty/],
    [{ expert: 'pairs-file', pairsFile: 'text,after\nأ,ب\n' }, /pairs\.csv, line 2: there is no column "raw"; there are "text", "after"/],
    [
      { expert: 'pairs-file', pairsFile: 'raw,after\nأ,ب\n' },
      /pairs\.csv: there is no column "rewritten" beside those of the raw texts and their ids; the others are "after": set param `rewrittenColumn`/,
    ],
    [{ expert: 'pairs-file', pairsFile: 'raw,after\nأ,ب\n', rewrittenColumn: 'text' }, /pairs\.csv: there is no column "text" beside/],
    [{ expert: 'pairs-file', pairsFile: 'raw,after\nأ,ب\n', rewrittenColumn: 'id' }, /pairs\.csv: there is no column "id" beside/],
    [
      { expert: 'pairs-file', pairsFile: 'text\nأ\n', rawColumn: 'text', rewrittenColumn: 'text' },
      /pairs\.csv: there is no column "text" beside those of the raw texts and their ids; the others are none/,
    ],
    [{ expert: 'pairs-file', pairsFile: 'raw,rewritten\nأ,ب\n' }, /4 documents gave no pair \(3 no pair in the file, 1 without text\)/],
    [{ expert: 'rules', lexicon: '' }, /Param `lexicon` is empty/],
  ])('%j is refused in one sentence', async (params: Record<string, string>, expected) => {
    const pairsFile = params.pairsFile === undefined ? '' : bench.write('pairs.csv', params.pairsFile);
    expect((await annotate({ ...params, pairsFile })).error).toMatch(expected);
  });
});

test('a file that version 4 saved opens, and its experts do what they did', async () => {
  const home = await temporaryFolder();
  const file = path.join(home, 'old.nasaq.json');
  fs.copyFileSync(path.join(root, 'test/documents/v1/annotate.nasaq.json'), file);
  const [first] = sampleRows('comments');
  fs.writeFileSync(path.join(home, 'pairs.csv'), `raw,after\n"${String(first!.text).replaceAll('"', '""')}",نص\n`);
  const { nodes } = finishedOf(await nasaq(['run', file, '--json'], { home }));
  const outputs = (id: string) => nodes.find(({ node }) => node === id)!.outputs;
  expect(outputs('file').pairs!.rows).toBe(1);
  expect(outputs('rules').pairs!.rows).toBeGreaterThan(700);
  expect(outputs('rules').pairs!.columns!.map(({ name }) => name)).toEqual(['id', 'before', 'after', 'changes']);
});
