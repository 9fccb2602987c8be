import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defineNode, input, migrateWorkflow, number, output } from '../../nodes/kit/index.ts';
import type { Workflow } from '../../main/contract/graph.ts';
import { checkWorkflow } from '../../main/engine/plan/checkWorkflow.ts';
import { loadNodeTypes } from '../../main/engine/loadNodeTypes.ts';
import { readWorkflowFile } from '../../main/engine/workflowFile.ts';
import { basics, type Bench, described, makeBench, runToEnd, statuses, testNode, testNodeTypes, workflowOf } from './testNodes.ts';

const root = path.resolve(import.meta.dirname, '..', '..');

const splitSpec = defineNode({
  ...basics,
  type: 'split',
  version: 3,
  inputs: { corpora: input('corpus', { ...described, many: true }) },
  outputs: { kept: output('corpus', described), dropped: output('corpus', described) },
  params: { limit: number({ ...described, default: 5 }) },
  migrations: { 1: ({ max, ...rest }) => ({ ...rest, ...(max === undefined ? {} : { limit: max }) }) },
  renamedPorts: {
    1: { inputs: { corpus: 'corpora' }, outputs: { rest: 'remainder' } },
    2: { outputs: { remainder: 'dropped' } },
  },
});
const specs = new Map([...testNodeTypes()].map(([type, { spec }]) => [type, spec] as const)).set('split', splitSpec as never);
const migrated = (workflow: Workflow): Workflow => migrateWorkflow(workflow, (type) => specs.get(type));

describe('an old workflow', () => {
  const old = (version: number, input: string, output: string) =>
    workflowOf({
      read: { type: 'lines', params: { files: ['a.txt'] } },
      split: { type: 'split', version, params: version === 1 ? { max: 2 } : { limit: 2 }, from: { [input]: 'read.corpus' } },
      count: { type: 'count', from: { corpus: `split.${output}` } },
    });

  test.each([
    [1, 'corpus', 'rest'],
    [2, 'corpora', 'remainder'],
    [3, 'corpora', 'dropped'],
  ])('of version %d keeps its edges at ports that were renamed since, and its params', (version, from, to) => {
    const now = migrated(old(version, from, to));
    expect(now.edges).toEqual(old(3, 'corpora', 'dropped').edges);
    expect(now.nodes[1]).toMatchObject({ version: 3, params: { limit: 2 } });
    expect(checkWorkflow(now, specs)).toEqual([]);
  });

  test('follows only the names of its own version', () => {
    expect(migrated(old(3, 'corpora', 'rest')).edges.at(-1)!.from.port).toBe('rest');
    expect(migrated(old(2, 'corpora', 'constructor')).edges.at(-1)!.from.port).toBe('constructor');
  });

  test('of a newer version or unknown type stays as it is', () => {
    const newer = old(9, 'corpus', 'rest');
    expect(migrated(newer)).toEqual(newer);
    expect(migrateWorkflow(newer, () => undefined)).toEqual(newer);
  });
});

describe('a saved dedup of version 3', () => {
  test('opens with its params and with the edge at `clusters`, which was called `duplicates`', async () => {
    const nodeTypes = await loadNodeTypes(path.join(root, 'nodes'));
    const saved = await readWorkflowFile(path.join(root, 'test/documents/v1/dedup-duplicates.nasaq.json'));
    const now = migrateWorkflow(saved, (type) => nodeTypes.get(type)?.spec);
    expect(now.edges.at(-1)).toEqual({ from: { node: 'dedup', port: 'clusters' }, to: { node: 'look', port: 'scores' } });
    expect(now.nodes[1]!.params).toEqual(saved.nodes[1]!.params);
    const newSpecs = new Map([...nodeTypes].map(([type, { spec }]) => [type, spec]));
    expect(checkWorkflow(now, newSpecs).map(({ node }) => node)).toEqual(['look']);
  });
});

describe('in the engine', () => {
  let bench: Bench;
  beforeEach(() => void (bench = makeBench()));
  afterEach(() => bench.clear());

  test('an old edge leads to the renamed port without the file being opened in the editor', async () => {
    const file = bench.write('a.txt', 'one\ntwo\n');
    const split = testNode(splitSpec, async ({ inputs, writeTable }) => {
      await writeTable('kept', inputs.corpora[0]!.columns, []);
      await writeTable('dropped', inputs.corpora[0]!.columns, inputs.corpora[0]!.rows());
    });
    const finished = await runToEnd(bench.open(testNodeTypes(split)), {
      workflow: workflowOf({
        read: { type: 'lines', params: { files: [file] } },
        split: { type: 'split', version: 1, from: { corpus: 'read.corpus' } },
        count: { type: 'count', from: { corpus: 'split.rest' } },
      }),
    });
    expect(statuses(finished)).toEqual({ read: 'ran', split: 'ran', count: 'ran' });
  });
});
