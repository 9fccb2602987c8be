import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Report, Row } from '../../../nodes/kit/index.ts';
import { loadNodeTypes, type NodeTypes } from '../../../main/engine/loadNodeTypes.ts';
import { allocate } from '../../../nodes/sample/allocate.ts';
import { sampleRows, tinyModel } from '../inference/givenArtifacts.ts';
import { type Bench, makeBench, runToEnd, workflowOf } from '../testNodes.ts';

let nodeTypes: NodeTypes;
let bench: Bench;
beforeAll(async () => void (nodeTypes = await loadNodeTypes(path.resolve(import.meta.dirname, '../../../nodes'))));
beforeEach(() => void (bench = makeBench()));
afterEach(() => bench.clear());

const documents = Array.from({ length: 300 }, (_, at) => ({ id: `d${at}`, text: 'نص '.repeat((at % 10) + 1).trim(), rare: at % 20 === 0 }));

async function draw(
  params: Record<string, string | number>,
  seed = 7,
  from: readonly object[] = documents,
): Promise<{ rows: Row[]; error?: string; findings: readonly string[]; report?: Report; lines: readonly string[] }> {
  const file = bench.write('a.jsonl', from.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const engine = bench.open(nodeTypes);
  const workflow = workflowOf({
    corpus: { type: 'corpus', params: { files: [file] } },
    sample: { type: 'sample', version: 2, params: { fluencyModel: tinyModel, ...params }, from: { corpus: 'corpus.corpus' } },
  });
  const { nodes, events } = await runToEnd(engine, { workflow: { ...workflow, seed } });
  const { outputs, error } = nodes.find(({ node }) => node === 'sample')!;
  const lines = events.flatMap((event) => (event.type === 'node-log' ? [event.line] : []));
  if (error !== undefined) return { rows: [], error, findings: [], lines };
  const report = await engine.report(outputs.report!.digest);
  return { rows: await engine.rows(outputs.sample!.digest, 0, 1000), findings: report.findings, report, lines };
}
/** What version 1 drew of `documents` with the seed 7, six of them by `rare`. */
const VERSION_1 = ['d8', 'd94', 'd215', 'd235', 'd273', 'd294'];
const ids = (rows: readonly Row[]) => rows.map(({ id }) => id as string);

describe('a sample', () => {
  test('is the same for the same seed, another for another, in the order of the corpus', async () => {
    const { rows } = await draw({ count: 40 });
    expect(new Set(ids(rows)).size).toBe(40);
    expect(ids(rows)).toEqual(documents.map(({ id }) => id).filter((id) => ids(rows).includes(id)));
    expect(ids((await draw({ count: 40 })).rows)).toEqual(ids(rows));
    expect(ids((await draw({ count: 40 }, 8)).rows)).not.toEqual(ids(rows));
  });

  test('keeps all but one of its documents when one of them leaves the corpus', async () => {
    const before = ids((await draw({ count: 40 })).rows);
    const after = ids(
      (
        await draw(
          { count: 40 },
          7,
          documents.filter(({ id }) => id !== before[5]),
        )
      ).rows,
    );
    expect(before.filter((id) => !after.includes(id))).toEqual([before[5]]);
  });

  test('is spread in proportion, or equally with the rest filled up', async () => {
    const rare = (rows: readonly Row[]) => rows.filter((row) => row.rare).length;
    expect(rare((await draw({ count: 40, by: 'rare' })).rows)).toBe(2);
    expect(rare((await draw({ count: 20, by: 'rare', allocation: 'equal' })).rows)).toBe(10);
    const filled = (await draw({ count: 40, by: 'rare', allocation: 'equal' })).rows;
    expect([filled.length, rare(filled)]).toEqual([40, 15]);
  });

  test('leaves long documents aside and says how many', async () => {
    const { rows, findings } = await draw({ count: 400, maxCharacters: 8 });
    expect(rows.every(({ text }) => (text as string).length <= 8)).toBe(true);
    expect(rows.length).toBe(90);
    expect(findings.join(' ')).toContain('210 documents were left aside');
  });

  test('by a column that is not there is refused, naming those that are', async () => {
    expect((await draw({ count: 5, by: 'topic' })).error).toMatch(/Param `by`.*"topic".*"id", "text", "rare"/);
  });
});

describe('a sample by perplexity', () => {
  const news = sampleRows('news')
    .slice(0, 60)
    .map(({ id, text }) => ({ id: String(id), text: String(text).slice(0, 160) }));
  const disorder = news.slice(0, 20).map(({ id, text }) => ({ id: `x${id}`, text: text.split(' ').sort().join(' ') }));
  const corpus = [...news, ...disorder, { id: 'empty', text: '' }];
  const perplexities = (rows: readonly Row[]) => rows.map(({ perplexity }) => Number(perplexity));

  test('takes the highest and the lowest of all, with their perplexity and a histogram', async () => {
    const all = await draw({ method: 'lowest', count: 200 }, 7, corpus);
    expect(all.rows.length).toBe(80);
    expect(all.findings.join(' ')).toContain('1 documents were left aside because they have no text to score');
    const byPerplexity = [...all.rows].sort((a, b) => Number(a.perplexity) - Number(b.perplexity)).map(({ id }) => id);
    const lowest = await draw({ method: 'lowest', count: 10 }, 7, corpus);
    const highest = await draw({ method: 'highest', count: 10 }, 7, corpus);
    expect(ids(lowest.rows).sort()).toEqual(byPerplexity.slice(0, 10).sort());
    expect(ids(highest.rows).sort()).toEqual(byPerplexity.slice(-10).sort());
    expect(ids(highest.rows).filter((id) => id.startsWith('x')).length).toBeGreaterThan(7);
    expect(ids(highest.rows)).toEqual(corpus.map(({ id }) => id).filter((id) => ids(highest.rows).includes(id)));
    const counts = highest.report!.charts[0]!.series.map(({ points }) => points.reduce((sum, [, count]) => sum + count, 0));
    expect(counts).toEqual([80, 10]);
  });

  test('spreads over the range, one from each part of it, by the seed', async () => {
    const all = (await draw({ method: 'lowest', count: 200 }, 7, corpus)).rows;
    const ranked = perplexities(all).sort((a, b) => a - b);
    const { rows } = await draw({ method: 'spread', count: 8 }, 7, corpus);
    const parts = perplexities(rows).map((perplexity) => Math.floor(ranked.indexOf(perplexity) / 10));
    expect(parts.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(ids((await draw({ method: 'spread', count: 8 }, 8, corpus)).rows)).not.toEqual(ids(rows));
  });

  test('of a part of the corpus scores no more than it was told to', async () => {
    const { report } = await draw({ method: 'highest', count: 5, candidates: 30 }, 7, news);
    expect(report!.tables[0]!.rows.map(([name, count]) => [name, count])).toEqual([
      ['scored', 30],
      ['drawn', 5],
    ]);
  });

  test('scores nothing again that was scored before', async () => {
    await draw({ method: 'highest', count: 5 }, 7, news);
    const { rows, lines } = await draw({ method: 'lowest', count: 5 }, 7, news);
    expect(rows.length).toBe(5);
    expect(lines.filter((line) => line.includes('Opened the scorer'))).toEqual([]);
  });

  test('takes the share of each value from its own extremes', async () => {
    const labelled = [...news, ...disorder].map((row) => ({ ...row, kind: row.id.startsWith('x') ? 'disorder' : 'news' }));
    const { rows } = await draw({ method: 'highest', count: 10, by: 'kind', allocation: 'equal' }, 7, labelled);
    expect(rows.filter(({ kind }) => kind === 'news').length).toBe(5);
  });

  test('without a model is refused before anything runs', async () => {
    await expect(draw({ method: 'highest', fluencyModel: '' })).rejects.toThrow(/param `fluencyModel` must name a language model/);
  });
});

test('a file of version 1 draws the documents that it drew', async () => {
  const file = bench.write('a.jsonl', documents.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const params = { count: 6, by: 'rare', fluencyModel: tinyModel };
  const workflow = workflowOf({
    corpus: { type: 'corpus', params: { files: [file] } },
    sample: { type: 'sample', version: 1, params, from: { corpus: 'corpus.corpus' } },
  });
  const engine = bench.open(nodeTypes);
  const { nodes } = await runToEnd(engine, { workflow });
  const rows = await engine.rows(nodes.find(({ node }) => node === 'sample')!.outputs.sample!.digest, 0, 10);
  expect(ids(rows)).toEqual(VERSION_1);
  expect(Object.keys(rows[0]!)).toEqual(['id', 'text', 'rare']);
});

test.each([
  [10, [100, 100], 'proportional', [5, 5]],
  [10, [1, 2, 97], 'proportional', [0, 0, 10]],
  [9, [5, 1, 100], 'equal', [4, 1, 4]],
  [500, [5, 1], 'equal', [5, 1]],
  [3, [], 'equal', []],
  [3, [9, 9, 9, 9], 'equal', [1, 1, 1, 0]],
] as const)('%j over strata of %j, %s, is %j', (count, sizes, allocation, expected) => {
  expect(allocate(count, sizes, allocation)).toEqual(expected);
});
