import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Report, Row } from '../../../nodes/kit/index.ts';
import type { NodeTypes } from '../../../main/engine/loadNodeTypes.ts';
import { jsonLines, nodeTypesWithGiven, resources, sampleRows } from '../inference/givenArtifacts.ts';
import { type Bench, makeBench, runToEnd, workflowOf } from '../testNodes.ts';

let nodeTypes: NodeTypes;
let bench: Bench;
beforeAll(async () => void (nodeTypes = await nodeTypesWithGiven()));
beforeEach(() => void (bench = makeBench()));
afterEach(() => bench.clear());

const lexicon = (name: string) => path.join(resources, 'lexicons', name);
const lists = { stopWordLists: [lexicon('function-words.ar.txt'), lexicon('function-words.en.txt')], phrases: lexicon('boilerplate.txt') };
const news = sampleRows('news').map(({ id, text }): Row => ({ id: id!, text: text! }));
const comments = sampleRows('comments').map(({ id, text }): Row => ({ id: id!, text: text! }));

async function clean(rows: readonly Row[], params: Record<string, string | number | boolean | string[]> = {}) {
  const engine = bench.open(nodeTypes);
  const file = bench.write('corpus.jsonl', jsonLines(rows));
  const finished = await runToEnd(engine, {
    workflow: workflowOf({
      read: { type: 'given-corpus', params: { file } },
      clean: { type: 'clean', params: { ...lists, ...params }, from: { corpus: 'read.corpus' } },
    }),
  });
  const { outputs, error } = finished.nodes.find(({ node }) => node === 'clean')!;
  if (error) throw new Error(error);
  const [kept, dropped] = await Promise.all(['kept', 'dropped'].map((port) => engine.rows(outputs[port]!.digest, 0, 10_000)));
  return { kept: kept!, dropped: dropped!, report: await engine.report(outputs.report!.digest) };
}
const ids = (rows: readonly Row[]) => rows.map(({ id }) => id as string);
const ruleRow = ({ tables }: Report, rule: string) => tables[0]!.rows.find(([name]) => name === rule)!;

describe('cleaning', () => {
  it('keeps or drops every document, in order, each of the dropped for a rule, a value and a limit', async () => {
    const corpus = [...news.slice(0, 80), ...comments.slice(0, 40)];
    const { kept, dropped, report } = await clean(corpus, { profile: 'gopher' });
    expect([...ids(kept), ...ids(dropped)].sort()).toEqual(ids(corpus).sort());
    expect(ids(kept)).toEqual(ids(corpus).filter((id) => ids(kept).includes(id)));
    expect(ids(dropped)).toEqual(ids(corpus).filter((id) => ids(dropped).includes(id)));
    expect(kept.map(({ text }) => text)).toEqual(ids(kept).map((id) => corpus.find((row) => row.id === id)!.text));
    for (const { rule, value, limit, rules, text, id } of dropped) {
      expect(String(rules).split(' ')[0]).toBe(rule);
      expect(text).toBe(corpus.find((row) => row.id === id)!.text);
      if (rule === 'too-few-words') expect([Number(value) < 50, limit]).toEqual([true, 50]);
    }
    const short = dropped.filter(({ rule }) => rule === 'too-few-words').length;
    expect(short).toBeGreaterThan(30);
    expect(ruleRow(report, 'too-few-words')[3]).toBe(short);
    const first = report.tables[0]!.rows.reduce((sum, row) => sum + Number(row[3]), 0);
    expect(first).toBe(dropped.length);
    expect(report.findings[0]).toContain(`${dropped.length} of 120 documents`);
  });

  it('by RefinedWeb cuts lines from what stays and counts them; by Gopher leaves lines alone', async () => {
    const whole = comments.filter(({ text }) => !String(text).includes('\n')).slice(0, 20);
    const prose = whole.map(({ text }) => String(text)).join(' ');
    const text = `${prose}\nاقرأ أيضا\n3 إعجابات\n${prose.split(' ').reverse().join(' ')}`;
    const refined = await clean([{ id: 'a', text }], { profile: 'refinedweb' });
    expect(refined.kept).toEqual([{ id: 'a', text: `${prose}\n${prose.split(' ').reverse().join(' ')}`, cutLines: 2 }]);
    expect(refined.report.tables[1]!.rows).toContainEqual(['Counter', 1, '3 إعجابات', 1]);
    const gopher = await clean([{ id: 'a', text }], { profile: 'gopher' });
    expect(gopher.kept).toEqual([{ id: 'a', text }]);
  });

  it('by custom rules that are all off keeps everything as it is, and with one on drops by that one', async () => {
    const off = {
      profile: 'custom',
      ...Object.fromEntries(
        ['minWords', 'maxWords', 'minWordLength', 'maxWordLength', 'alphabeticWords', 'stopWords'].map((name) => [name, 0]),
      ),
      ...Object.fromEntries(
        Object.entries(nodeTypes.get('clean')!.spec.params)
          .filter(([, param]) => param.kind === 'number' && param.max === 1 && param.help.includes('1: off'))
          .map(([name]) => [name, 1]),
      ),
      cutUpperCase: false,
      cutNumbers: false,
      cutOneWord: false,
      phrases: '',
    };
    const all = await clean(comments, off);
    expect(all.kept).toEqual(comments);
    const some = await clean(comments, { ...off, minWords: 10 });
    expect(new Set(some.dropped.map(({ rule }) => rule))).toEqual(new Set(['too-few-words']));
    expect(some.dropped.length).toBe(
      comments.filter(
        ({ text }) =>
          String(text)
            .split(/\s+/)
            .filter((word) => /[\p{L}\p{N}]/u.test(word)).length < 10,
      ).length,
    );
  });

  it('refuses limits that contradict each other, and lists that cannot be read, naming them', async () => {
    await expect(clean(news.slice(0, 1), { profile: 'custom', minWords: 50, maxWords: 10 })).rejects.toThrow(
      /param `minWords` must not be more than `maxWords`/,
    );
    await expect(clean(news.slice(0, 1), { stopWordLists: [bench.write('empty.txt', '# nothing\n')] })).rejects.toThrow(
      /Param `stopWordLists`: .*empty\.txt has no words/,
    );
  });

  it('keeps an empty text out, and a corpus without documents empty', async () => {
    const { dropped, report } = await clean([{ id: 'a', text: '' }]);
    expect(dropped[0]).toMatchObject({ rule: 'too-few-words', value: 0 });
    expect(report.findings[0]).toContain('1 of 1 documents');
  });
});
