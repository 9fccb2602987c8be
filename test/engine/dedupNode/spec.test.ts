import { describe, expect, test } from 'vitest';
import { candidateProbability, chooseBands } from '../../../main/engine/dedup/chooseBands.ts';
import { checkWorkflow } from '../../../main/engine/plan/checkWorkflow.ts';
import { likenessOf, type Settings } from '../../../nodes/dedup/settings.ts';
import spec from '../../../nodes/dedup/spec.ts';
import type { NodeSpec } from '../../../nodes/kit/index.ts';
import { graphProblems } from '../../../renderer/state/graphProblems.ts';
import { workflowOf } from '../testNodes.ts';
import { nodeTypes } from './dedupBench.ts';

const specs = new Map([...nodeTypes].map(([type, { spec }]) => [type, spec]));
const defaults = Object.fromEntries(Object.entries(spec.params).map(([name, param]) => [name, param.default])) as unknown as Settings;

describe('the curve in the help', () => {
  test.each([
    ['strict', 0],
    ['balanced', 1],
    ['loose', 2],
  ] as const)('is that of the bands which the profile %s has', (profile, at) => {
    const { threshold } = likenessOf({ ...defaults, profile });
    const { name, points } = spec.helpChart!.series[at]!;
    expect(name.toLowerCase()).toBe(`${profile}, ${threshold}`);
    expect(points.map(([similarity]) => similarity)).toEqual(Array.from({ length: 51 }, (_, step) => step / 50));
    const bands = chooseBands(threshold);
    for (const [similarity, probability] of points) expect(probability).toBeCloseTo(candidateProbability(similarity, bands), 12);
    expect(candidateProbability(threshold, bands)).toBeGreaterThanOrEqual(0.995);
  });
});

describe('the input `against`, which takes many and none,', () => {
  const corpus = { type: 'corpus', version: 2, params: { files: ['a.jsonl'] } };
  const workflow = (from: Record<string, string[]>) => workflowOf({ a: corpus, b: corpus, dedup: { type: 'dedup', version: 4, from } });
  test.each([[[]], [['b.corpus']], [['b.corpus', 'a.corpus']]])('is right with %j', (against) => {
    expect(checkWorkflow(workflow({ corpus: ['a.corpus'], against }), specs)).toEqual([]);
    expect(checkWorkflow(workflow({ corpus: ['a.corpus', 'b.corpus'], against }), specs)).toEqual([]);
  });

  test('does not stand in for `corpus`, which takes many but not none', () => {
    expect(checkWorkflow(workflow({ against: ['a.corpus'] }), specs).map(({ message }) => message)).toEqual([
      'Node `dedup`: input `corpus` is not connected; it takes `corpus`.',
    ]);
  });
});

test('what is wrong with params together is said in the window as by the engine', () => {
  const workflow = workflowOf({
    a: { type: 'corpus', version: 2, params: { files: ['a.jsonl'] } },
    dedup: { type: 'dedup', version: 4, params: { keep: 'newest' }, from: { corpus: 'a.corpus' } },
  });
  const [problem, ...others] = graphProblems(workflow, specs as ReadonlyMap<string, NodeSpec>);
  expect(others).toEqual([]);
  expect(problem).toMatchObject({ node: 'dedup', param: 'orderColumn' });
  expect(problem!.sentence).toBe('Param `orderColumn` of Deduplicate must name the column with the dates when `keep` is `newest`.');
  expect(checkWorkflow(workflow, specs)).toMatchObject([{ node: 'dedup', param: 'orderColumn' }]);
});
