import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Row } from '../../../nodes/kit/index.ts';
import { loadNodeTypes, type NodeTypes } from '../../../main/engine/loadNodeTypes.ts';
import { allocate } from '../../../nodes/sample/allocate.ts';
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
): Promise<{ rows: Row[]; error?: string; findings: readonly string[] }> {
  const file = bench.write('a.jsonl', from.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const engine = bench.open(nodeTypes);
  const workflow = workflowOf({
    corpus: { type: 'corpus', params: { files: [file] } },
    sample: { type: 'sample', params, from: { corpus: 'corpus.corpus' } },
  });
  const { nodes } = await runToEnd(engine, { workflow: { ...workflow, seed } });
  const { outputs, error } = nodes.find(({ node }) => node === 'sample')!;
  if (error !== undefined) return { rows: [], error, findings: [] };
  return { rows: await engine.rows(outputs.sample!.digest, 0, 1000), findings: (await engine.report(outputs.report!.digest)).findings };
}
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
