import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Report, Row } from '../../../nodes/kit/index.ts';
import type { NodeTypes } from '../../../main/engine/loadNodeTypes.ts';
import { measureReport } from '../../../nodes/measure/measureReport.ts';
import { bitsPerCharacter, perplexity } from '../../../nodes/measure/TextScore.ts';
import { jsonLines, nodeTypesWithGiven, resources, sampleRows, tinyModel } from '../inference/givenArtifacts.ts';
import { type Bench, makeBench, runToEnd, workflowOf } from '../testNodes.ts';

let nodeTypes: NodeTypes;
let bench: Bench;
beforeAll(async () => void (nodeTypes = await nodeTypesWithGiven()));
beforeEach(() => void (bench = makeBench()));
afterEach(() => bench.clear());

const classifier = path.join(resources, 'models/arabic-toxicity');
const comments = sampleRows('comments');
const mild = comments.filter(({ offensive }) => offensive === false);
const harsh = comments.filter(({ offensive }) => offensive === true);

async function measure(pairs: readonly Row[], params: Record<string, string> = {}) {
  const engine = bench.open(nodeTypes);
  const file = bench.write('pairs.jsonl', jsonLines(pairs));
  const finished = await runToEnd(engine, {
    workflow: workflowOf({
      read: { type: 'given-pairs', params: { file } },
      measure: { type: 'measure', params: { classifier, fluencyModel: tinyModel, ...params }, from: { pairs: 'read.pairs' } },
    }),
  });
  const { outputs, error } = finished.nodes.find(({ node }) => node === 'measure')!;
  if (error) return { error, scores: [], report: undefined, finished };
  return {
    error,
    scores: await engine.rows(outputs.scores!.digest, 0, 10_000),
    report: await engine.report(outputs.report!.digest),
    finished,
  };
}
const difference = (report: Report, rows: string, name: string): readonly (string | number | null)[] =>
  report.tables[0]!.rows.find(([group, measured]) => group === rows && measured === name)!;

describe('measuring pairs', () => {
  it('sees toxicity fall when harsh texts give way to mild ones', async () => {
    const pairs = harsh.slice(0, 40).map(({ text }, index): Row => ({ id: String(index), before: text!, after: mild[index]!.text! }));
    const { scores, report } = await measure(pairs);
    expect(scores.map(({ id, changed }) => [id, changed])).toEqual(pairs.map(({ id }) => [id, true]));
    for (const { toxicityBefore, toxicityAfter, perplexityBefore } of scores) {
      for (const probability of [toxicityBefore, toxicityAfter]) expect(probability).toSatisfy((value: number) => value >= 0 && value <= 1);
      expect(perplexityBefore).toBeGreaterThan(1);
    }
    const [, , count, before, after, change, low, high] = difference(report!, 'all rows', 'toxicity') as [string, string, ...number[]];
    expect(count).toBe(40);
    expect(change).toBeCloseTo(after! - before!, 3);
    expect(low).toBeLessThan(change!);
    expect(high).toBeLessThan(0);
    expect(report!.findings[0]).toMatch(/^Toxicity fell:/);
  });

  it('finds no difference where there is none, and computes equal texts once', async () => {
    const pairs = mild.slice(0, 20).map(({ text }, index): Row => ({ id: String(index), before: text!, after: text! }));
    const { scores, report, finished } = await measure(pairs);
    for (const score of scores) {
      expect(score.toxicityAfter).toBe(score.toxicityBefore);
      expect(score.perplexityAfter).toBe(score.perplexityBefore);
      expect(score.changed).toBe(false);
    }
    expect(report!.findings[0]).toMatch(/no change can be told from chance/);
    const totals = finished.events.flatMap((event) => (event.type === 'node-progress' && event.node === 'measure' ? [event.total] : []));
    expect(totals.at(-1)).toBe(new Set(pairs.map(({ before }) => before)).size);
  });

  it('finds words in disorder less fluent', async () => {
    const news = sampleRows('news').slice(0, 12);
    const pairs = news.map(({ id, text }): Row => ({ id: id!, before: text!, after: String(text).split(/\s+/).sort().join(' ') }));
    const { scores, report } = await measure(pairs);
    expect(scores.filter((row) => Number(row.perplexityAfter) > Number(row.perplexityBefore)).length).toBeGreaterThan(10);
    expect(difference(report!, 'all rows', 'bits per character')[5]).toBeGreaterThan(0);
    expect(report!.findings[1]).toMatch(/^Perplexity rose:/);
  });

  it('gives an empty text a toxicity but no perplexity', async () => {
    const { scores, report } = await measure([
      { id: 'a', before: 'نص قصير', after: '' },
      { id: 'b', before: '', after: '' },
    ]);
    expect(scores.map(({ perplexityAfter, bitsPerCharacterAfter }) => [perplexityAfter, bitsPerCharacterAfter])).toEqual([
      [null, null],
      [null, null],
    ]);
    expect(difference(report!, 'all rows', 'log perplexity (nats per token)')[2]).toBe(0);
  });

  it('names the folder that is no classifier', async () => {
    const empty = path.join(bench.folder, 'empty');
    fs.mkdirSync(empty);
    const { error } = await measure([{ id: 'a', before: 'نص', after: 'نص' }], { classifier: empty });
    expect(error).toContain(empty);
  });
});

describe('perplexity and bits per character', () => {
  it('follow from the likelihood: a fair coin a token is 2, a bit a token', () => {
    const score = { toxicity: 0, logLikelihood: -8 * Math.LN2, tokens: 8, characters: 16 };
    expect(perplexity(score)).toBe(2);
    expect(bitsPerCharacter(score)).toBe(0.5);
  });
});

describe('the report', () => {
  it('separates changed rows and rows that were toxic', () => {
    const score = (toxicity: number) => ({ toxicity, logLikelihood: -10, tokens: 5, characters: 20 });
    const pair = (id: string, before: number, after: number) => ({
      id,
      textBefore: 'x',
      textAfter: before === after ? 'x' : 'y',
      before: score(before),
      after: score(after),
    });
    const { tables, findings } = measureReport([pair('1', 0.9, 0.1), pair('2', 0.8, 0.7), pair('3', 0.2, 0.2)], 1);
    const toxicity = tables[0]!.rows
      .filter(([, measured]) => measured === 'toxicity')
      .map(([group, , count, , , change]) => [group, count, change]);
    expect(toxicity).toEqual([
      ['all rows', 3, -0.3],
      ['changed rows', 2, -0.45],
      ['rows with toxicity of 0.5 or more before', 2, -0.45],
    ]);
    expect(findings).toContainEqual(
      expect.stringMatching(/^2 of 3 rows were changed; 2 had a toxicity of 0.5 or more before, 1 of them still have it/),
    );
  });
});
