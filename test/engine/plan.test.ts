import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { defineNode, file, input, number, output } from '../../nodes/kit/index.ts';
import type { Workflow } from '../../main/contract/graph.ts';
import { actionKey } from '../../main/engine/plan/actionKey.ts';
import { checkWorkflow, type SourceProbe } from '../../main/engine/plan/checkWorkflow.ts';
import { differences } from '../../main/engine/plan/missReasons.ts';
import { resolveParams } from '../../main/engine/plan/resolveParams.ts';
import { resolvePath } from '../../main/engine/plan/resolvePath.ts';
import { topologicalOrder } from '../../main/engine/plan/topologicalOrder.ts';
import { basics, described, testNodeTypes, workflowOf } from './testNodes.ts';

const moreSpec = defineNode({
  ...basics,
  type: 'join',
  version: 3,
  inputs: { models: input('model', { ...described, many: true }), lexicon: input('corpus', { ...described, optional: true }) },
  outputs: { report: output('report', described) },
  params: {
    limit: number({ ...described, default: 5, max: 9 }),
    list: file({ ...described, default: '', optional: true, extensions: ['txt'] }),
  },
  migrations: {
    1: ({ max, ...rest }) => ({ ...rest, limit: max }),
    2: ({ limit, ...rest }) => ({ ...rest, limit: Number(limit) * 2 }),
  },
});
const specs = new Map([...[...testNodeTypes()].map(([type, { spec }]) => [type, spec] as const), ['join', moreSpec as never] as const]);
const problems = (workflow: Workflow, probe?: SourceProbe) => checkWorkflow(workflow, specs, probe).map(({ message }) => message);
const read = { type: 'lines', params: { files: ['a.txt'] } };

describe('checking a workflow', () => {
  it('finds nothing wrong with a right one', () => {
    expect(problems(workflowOf({ read, count: { type: 'count', from: { corpus: 'read.corpus' } } }))).toEqual([]);
  });

  const wrong: [string, Workflow, string][] = [
    [
      'an unknown type',
      workflowOf({ x: { type: 'dedupe' } }),
      'Node `x` is of the unknown type `dedupe`; there are `broken`, `busy-accelerator`, ',
    ],
    [
      'a newer version',
      workflowOf({ x: { type: 'count', version: 4 } }),
      'Node `x` was saved with version 4 of `count`, newer than the 1 here; update Nasaq.',
    ],
    ['a missing input', workflowOf({ x: { type: 'count' } }), 'Node `x`: input `corpus` is not connected; it takes `corpus`.'],
    [
      'a many-input with no edge',
      workflowOf({ x: { type: 'join', version: 3 } }),
      'Node `x`: input `models` is not connected; it takes `model`.',
    ],
    [
      'an unknown param',
      workflowOf({ x: { ...read, params: { files: ['a'], file: 'b' } } }),
      'Node `x`: param `file` is not one of `lines`, which has `files`.',
    ],
    [
      'a wrong value',
      workflowOf({ read, x: { type: 'longer', params: { length: 1.5 }, from: { corpus: 'read.corpus' } } }),
      'Node `x`: param `length` must be a whole number.',
    ],
    ['an unset path', workflowOf({ x: { type: 'lines' } }), 'Node `x`: param `files` must name at least one file.'],
    [
      'an empty path in a list',
      workflowOf({ x: { ...read, params: { files: ['a', ''] } } }),
      'Node `x`: param `files` must not have an empty path in its list.',
    ],
    [
      'a list of paths with a number in it',
      workflowOf({ x: { ...read, params: { files: ['a', 1] } } }),
      'Node `x`: param `files` must be a list of paths.',
    ],
    [
      'a param by the name of what every object has',
      workflowOf({ x: { ...read, params: { files: ['a'], constructor: 'b' } } }),
      'Node `x`: param `constructor` is not one of `lines`, which has `files`.',
    ],
    [
      'an output by the name of what every object has',
      workflowOf({ read, x: { type: 'count', from: { corpus: 'read.toString' } } }),
      'Node `read` has no output `toString`; `lines` gives `corpus`.',
    ],
    [
      'an unknown output',
      workflowOf({ read, x: { type: 'count', from: { corpus: 'read.text' } } }),
      'Node `read` has no output `text`; `lines` gives `corpus`.',
    ],
    [
      'an unknown input',
      workflowOf({ read, x: { type: 'count', from: { corpus: 'read.corpus', more: 'read.corpus' } } }),
      'Node `x` has no input `more`; `count` takes `corpus`.',
    ],
    [
      'a wrong kind',
      workflowOf({ b: { type: 'busy-cpu' }, x: { type: 'count', from: { corpus: 'b.report' } } }),
      'The edge `b.report` → `x.corpus` carries `report`, but input `corpus` of node `x` takes `corpus`.',
    ],
    [
      'two edges for one',
      workflowOf({ read, x: { type: 'count', from: { corpus: ['read.corpus', 'read.corpus'] } } }),
      'Node `x`: input `corpus` has 2 edges but takes one.',
    ],
    [
      'an edge from nowhere',
      workflowOf({ x: { type: 'count', from: { corpus: 'gone.corpus' } } }),
      'The edge `gone.corpus` → `x.corpus` names the node `gone`, which is not in the workflow.',
    ],
    [
      'a cycle',
      workflowOf({ a: { type: 'longer', from: { corpus: 'b.kept' } }, b: { type: 'longer', from: { corpus: 'a.kept' } } }),
      'The nodes `a` → `b` → `a` form a cycle; remove one of the edges between them.',
    ],
  ];
  it.each(wrong)('names %s in one sentence', (_, workflow, sentence) => {
    expect(problems(workflow)[0]).toContain(sentence);
  });

  it('names an id that two nodes have', () => {
    const workflow = workflowOf({ read });
    expect(problems({ ...workflow, nodes: [...workflow.nodes, ...workflow.nodes] })[0]).toBe(
      'Two nodes have the id `read`; give one of them another.',
    );
  });

  it('follows paths when it is given a disk', () => {
    const resolve = (value: string) => resolvePath(value, '/home/w', '/opt/nasaq');
    const message = (kind?: 'file' | 'folder') => problems(workflowOf({ read }), { resolve, kind: () => kind });
    const target = path.resolve('/home/w/a.txt');
    expect(message()).toEqual([`Node \`read\`: param \`files\` names the file ${target}, which does not exist.`]);
    expect(message('folder')).toEqual([`Node \`read\`: param \`files\` names ${target}, which is a folder, not a file.`]);
    expect(message('file')).toEqual([]);
    const unreadable = () => {
      throw Object.assign(new Error(`EACCES: permission denied, stat '${target}'`), { code: 'EACCES' });
    };
    expect(problems(workflowOf({ read }), { resolve, kind: unreadable })).toEqual([
      `Node \`read\`: param \`files\` names the file ${target}, which cannot be reached (EACCES); check the path and the permissions of its folders.`,
    ]);
    expect(resolve('resources:models/a')).toBe(path.join('/opt/nasaq', 'models/a'));
  });

  it('orders nodes by what they take from and finds the cycle that forbids it', () => {
    const edge = (from: string, to: string) => ({ from: { node: from, port: 'p' }, to: { node: to, port: 'p' } });
    const nodes = ['d', 'c', 'b', 'a'].map((id) => ({ id, type: 't', version: 1, params: {}, position: { x: 0, y: 0 } }));
    expect(topologicalOrder({ nodes, edges: [edge('a', 'b'), edge('b', 'c'), edge('a', 'd')] })).toEqual({ order: ['a', 'd', 'b', 'c'] });
    const { order, cycle } = topologicalOrder({ nodes, edges: [edge('a', 'b'), edge('b', 'c'), edge('c', 'b'), edge('c', 'd')] });
    expect(order).toEqual(['a']);
    expect(cycle?.slice(1).sort()).toEqual(['b', 'c']);
    expect(topologicalOrder({ nodes, edges: [edge('a', 'a')] }).cycle).toEqual(['a', 'a']);
  });
});

describe('params', () => {
  const node = (version: number, params: Record<string, number>) => workflowOf({ x: { type: 'join', version, params } }).nodes[0]!;
  it('are migrated from the version that wrote them, then filled up with defaults', () => {
    expect(resolveParams(node(1, { max: 2 }), moreSpec as never)).toEqual({ limit: 4, list: '' });
    expect(resolveParams(node(2, { limit: 2 }), moreSpec as never)).toEqual({ limit: 4, list: '' });
    expect(resolveParams(node(3, {}), moreSpec as never)).toEqual({ limit: 5, list: '' });
  });
});

describe('an action key', () => {
  const ingredients = {
    type: 'dedup',
    version: 1,
    params: { threshold: 0.8, method: 'minhash' },
    contents: { files: ['aa x.jsonl'] },
    inputs: { corpus: ['bb'] },
    seed: 1,
    environment: { onnx: '1.30' },
  };
  it('does not depend on the order in which params are written', () => {
    expect(actionKey({ ...ingredients, params: { method: 'minhash', threshold: 0.8 } })).toBe(actionKey(ingredients));
  });
  const changes = [
    [{ version: 2 }, 'node type `dedup` is version 2 now'],
    [{ params: { threshold: 0.7, method: 'minhash' } }, 'param `threshold` changed 0.8 → 0.7'],
    [{ params: { threshold: 0.8, method: 'x'.repeat(99) } }, 'param `method` changed'],
    [{ contents: { files: ['cc x.jsonl'] } }, 'the content of `files` changed'],
    [{ contents: { files: ['aa x.csv'] } }, 'a file of `files` has another name'],
    [{ inputs: { corpus: ['cc'] } }, 'input `corpus` changed'],
    [{ inputs: { corpus: ['bb'], base: ['dd'] } }, 'input `base` changed'],
    [{ seed: 2 }, 'the seed changed 1 → 2'],
    [{ environment: { onnx: '1.31' } }, 'ONNX Runtime changed'],
  ] as const;
  it.each(changes)('changes with %j, and the reason says so', (change, reason) => {
    const now = { ...ingredients, ...change };
    expect(actionKey(now)).not.toBe(actionKey(ingredients));
    expect(differences({ key: '', ingredients, seconds: 0 }, now)).toEqual([reason]);
  });
  it('refuses what JSON cannot hold', () => {
    expect(() => actionKey({ ...ingredients, params: { threshold: NaN } })).toThrow('NaN is not a JSON number');
  });
});
