import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Report, Row } from '../../../nodes/kit/index.ts';
import type { NodeTypes } from '../../../main/engine/loadNodeTypes.ts';
import { perplexity } from '../../../main/engine/scoring/fluency.ts';
import { measureReport } from '../../../nodes/measure/measureReport.ts';
import { measuresOf } from '../../../nodes/measure/measures.ts';
import { MeasureTally } from '../../../nodes/measure/MeasureTally.ts';
import { bitsPerCharacter, type TextScore, tokensPerCharacter } from '../../../nodes/measure/TextScore.ts';
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
    const lines = finished.events.flatMap((event) => (event.type === 'node-log' && event.node === 'measure' ? [event.line] : []));
    const distinct = new Set(pairs.map(({ before }) => before)).size;
    expect(lines).toContain(
      `${distinct} texts were given to the toxicity classifier, ${distinct} to the fluency model; what was known of the others was used again.`,
    );
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

  it('computes only the new texts when a few rows change', async () => {
    const pairs = mild.slice(0, 60).map(({ text }, index): Row => ({ id: String(index), before: text!, after: text! }));
    await measure(pairs, { fluencyModel: '' });
    const { scores, finished } = await measure(
      [...pairs.slice(1), { id: 'new', before: 'نص جديد لم ير من قبل', after: String(pairs[0]!.before) }],
      { fluencyModel: '' },
    );
    expect(scores).toHaveLength(60);
    expect(finished.events).toContainEqual(
      expect.objectContaining({ line: expect.stringMatching(/^1 texts were given to the toxicity classifier/) }),
    );
  });

  it('without a fluency model measures all else, and says so', async () => {
    const pairs = harsh.slice(0, 3).map(({ text }, index): Row => ({ id: String(index), before: text!, after: 'text in English' }));
    const { scores, report } = await measure(pairs, { fluencyModel: '' });
    expect(Object.keys(scores[0]!)).not.toContain('perplexityBefore');
    expect(scores.map(({ languageBefore, languageAfter, latinAfter }) => [languageBefore, languageAfter, latinAfter])).toEqual([
      ['ar', 'und-Latn', 1],
      ['ar', 'und-Latn', 1],
      ['ar', 'und-Latn', 1],
    ]);
    for (const { editDistance, charactersAfter } of scores) {
      expect(editDistance).toBeGreaterThan(0.8);
      expect(charactersAfter).toBe(15);
    }
    expect(report!.findings.join(' ')).toMatch(/Perplexity was not measured/);
    expect(report!.tables.find(({ title }) => title.startsWith('Language'))!.rows).toEqual([['ar → und-Latn', 3, '100.0 %']]);
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
    const score = { fluency: { logLikelihood: -8 * Math.LN2, tokens: 8 }, characters: 16 };
    expect(perplexity(score.fluency)).toBe(2);
    expect(bitsPerCharacter(score)).toBe(0.5);
    expect(tokensPerCharacter(score)).toBe(0.5);
  });
});

describe('the report', () => {
  const score = (toxicity: number, more: Partial<TextScore> = {}): TextScore => ({
    toxicity,
    fluency: { logLikelihood: -10, tokens: 5 },
    characters: 20,
    scripts: { arabic: 1, latin: 0, digits: 0, other: 0 },
    language: 'ar',
    categories: undefined,
    ...more,
  });
  const reportOf = (pairs: readonly (readonly [TextScore, TextScore])[]) => {
    const tally = new MeasureTally(measuresOf({ hasFluency: true, categories: [] }), 1);
    for (const [place, [before, after]] of pairs.entries()) {
      const isSame = before.toxicity === after.toxicity && before.fluency === after.fluency;
      const [textBefore, textAfter] = ['x', isSame ? 'x' : 'y'];
      tally.add({ id: String(place), textBefore, textAfter, before, after, editDistance: isSame ? 0 : 1, isEditDistanceExact: true });
    }
    return measureReport(tally, { notes: [], pause: async () => undefined });
  };

  it('separates changed rows and rows that were toxic', async () => {
    const same = score(0.2);
    const { tables, findings } = await reportOf([
      [score(0.9), score(0.1)],
      [score(0.8), score(0.7)],
      [same, same],
    ]);
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
    expect(tables.find(({ title }) => title === 'Toxicity fell most')!.rows.map(([id]) => id)).toEqual(['0', '1']);
    expect(findings.join(' ')).toContain(
      'The mean edit distance is 66.7 % of the longer text over all rows, 100.0 % over the changed ones.',
    );
  });

  it('says when perplexity falls only because texts split into shorter tokens', async () => {
    const before = score(0.1, { fluency: { logLikelihood: -20, tokens: 5 } });
    const after = score(0.1, { fluency: { logLikelihood: -25, tokens: 10 } });
    const { findings } = await reportOf(Array.from({ length: 20 }, () => [before, after] as const));
    expect(findings).toContainEqual(expect.stringMatching(/^Perplexity fell/));
    expect(findings).toContainEqual(expect.stringMatching(/^Bits per character rose/));
    expect(findings).toContainEqual(
      expect.stringMatching(/^Tokens per character go from 0\.250 to 0\.500: .*disagree for that reason: trust the bits/),
    );
  });
});
