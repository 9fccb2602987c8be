import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Row } from '../../../nodes/kit/index.ts';
import type { NodeTypes } from '../../../main/engine/loadNodeTypes.ts';
import { jsonLines, nodeTypesWithGiven, resources, sampleRows } from '../inference/givenArtifacts.ts';
import { type Bench, makeBench, runToEnd, workflowOf } from '../testNodes.ts';

let nodeTypes: NodeTypes;
let bench: Bench;
beforeAll(async () => void (nodeTypes = await nodeTypesWithGiven()));
beforeEach(() => void (bench = makeBench()));
afterEach(() => bench.clear());

async function measure(pairs: readonly Row[]) {
  const engine = bench.open(nodeTypes);
  const file = bench.write('pairs.jsonl', jsonLines(pairs));
  const params = { classifier: path.join(resources, 'models/arabic-toxicity'), fluencyModel: '' };
  const { nodes } = await runToEnd(engine, {
    workflow: workflowOf({
      read: { type: 'given-pairs', params: { file } },
      measure: { type: 'measure', version: 4, params, from: { pairs: 'read.pairs' } },
    }),
  });
  const { outputs, error } = nodes.find(({ node }) => node === 'measure')!;
  expect(error).toBeUndefined();
  return { scores: await engine.rows(outputs.scores!.digest, 0, 100), report: await engine.report(outputs.report!.digest) };
}

describe('measuring texts of every kind', () => {
  it('of ten megabytes on one line, beside short ones, in their order', async () => {
    const news = sampleRows('news').map(({ text }) => String(text).replaceAll('\n', ' '));
    const all = news.join(' ');
    const long = Array.from({ length: Math.ceil(6_000_000 / all.length) }, (_, at) => `${at} ${all}`).join(' ');
    const { scores, report } = await measure([
      { id: 'a', before: news[0]!, after: news[0]! },
      { id: 'b', before: long, after: `${long.slice(0, 3_000_000)} وهذا جديد ${long.slice(3_000_000)} وهذا أيضا` },
      { id: 'c', before: news[1]!, after: news[2]! },
    ]);
    expect(scores.map(({ id, changed, isEditDistanceExact }) => [id, changed, isEditDistanceExact])).toEqual([
      ['a', false, true],
      ['b', true, false],
      ['c', true, true],
    ]);
    expect(scores[1]!.charactersBefore).toBe([...long].length);
    expect(scores[1]!.editDistance).toBe(0);
    expect(report.findings.join(' ')).toContain('1 pairs are too long to align in full');
    expect(JSON.stringify(report).length).toBeLessThan(100_000);
  });

  it('empty, of signs, controls, bidirectional marks and emoji, without a number that is none', async () => {
    const odd = ['', ' \n\t', '...!!!', '\u0000\u0007\u001b[31m', '\u202eمقلوب\u202c \u200f', '😂😂😂', 'ـــ', 'ًٌٍ'];
    const { scores } = await measure(odd.map((text, at) => ({ id: String(at), before: text, after: odd.at(-1 - at)! })));
    expect(scores.length).toBe(odd.length);
    for (const row of scores) {
      for (const [name, value] of Object.entries(row)) {
        if (typeof value === 'number') expect(Number.isFinite(value), name).toBe(true);
        else expect(value, name).not.toBeNull();
      }
      expect(row.editDistance).toBeGreaterThanOrEqual(0);
      expect(row.editDistance).toBeLessThanOrEqual(1);
    }
    expect(scores.map(({ languageBefore }) => languageBefore)).toEqual(['zxx', 'zxx', 'zxx', 'und-Latn', 'ar', 'zxx', 'zxx', 'zxx']);
  });
});
