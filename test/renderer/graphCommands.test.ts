import { describe, expect, test } from 'vitest';
import { workflowSchema, type Workflow } from '../../main/contract/graph.ts';
import type { NodeSpec } from '../../nodes/kit/index.ts';
import {
  addNode,
  connect,
  copyNodes,
  emptyWorkflow,
  moveNodes,
  pasteNodes,
  removeParts,
  renameNode,
  setParam,
} from '../../renderer/state/graphCommands.ts';
import { specs, types } from './nodeTypes.ts';

const add = (workflow: Workflow, type: keyof typeof specs) =>
  addNode(workflow, specs[type] as unknown as NodeSpec, { x: 0, y: 0 }).workflow;
const edge = (from: string, to: string) => {
  const [fromNode, fromPort] = from.split('.') as [string, string];
  const [toNode, toPort] = to.split('.') as [string, string];
  return { from: { node: fromNode, port: fromPort }, to: { node: toNode, port: toPort } };
};
const wired = () => connect(add(add(add(emptyWorkflow(), 'source'), 'filter'), 'train'), edge('source.corpus', 'filter.corpus'), types);

describe('editing a graph', () => {
  test('numbers the second node of a type, and what comes out is a valid workflow file', () => {
    const workflow = add(add(emptyWorkflow(), 'source'), 'source');
    expect(workflow.nodes.map(({ id }) => id)).toEqual(['source', 'source-2']);
    expect(workflowSchema.parse(JSON.parse(JSON.stringify(workflow)))).toEqual(workflow);
  });

  test('a single input keeps one edge, the last one drawn; an input that takes many keeps all', () => {
    const two = add(wired(), 'source');
    const replaced = connect(two, edge('source-2.corpus', 'filter.corpus'), types);
    expect(replaced.edges).toEqual([edge('source-2.corpus', 'filter.corpus')]);
    const many = connect(connect(two, edge('source.corpus', 'train.corpora'), types), edge('source-2.corpus', 'train.corpora'), types);
    expect(many.edges.filter(({ to }) => to.node === 'train')).toHaveLength(2);
  });

  test('removing a node takes its edges along, and removing nothing changes nothing', () => {
    const workflow = wired();
    const removed = removeParts(workflow, new Set(['source']), new Set());
    expect(removed.nodes.map(({ id }) => id)).toEqual(['filter', 'train']);
    expect(removed.edges).toEqual([]);
    expect(removeParts(workflow, new Set(['nobody']), new Set())).toBe(workflow);
  });

  test('a param that is set back to its default leaves the file', () => {
    const changed = setParam(wired(), 'filter', 'threshold', 0.7, types);
    expect(changed.nodes[1]!.params).toEqual({ threshold: 0.7 });
    expect(setParam(changed, 'filter', 'threshold', 0.8, types).nodes[1]!.params).toEqual({});
  });

  test('an emptied title gives the node its type’s title back', () => {
    const named = renameNode(wired(), 'filter', 'منقّح');
    expect(named.nodes[1]!.title).toBe('منقّح');
    expect('title' in renameNode(named, 'filter', ' ').nodes[1]!).toBe(false);
  });

  test('moving to where a node is already is no change', () => {
    const workflow = wired();
    expect(moveNodes(workflow, new Map([['filter', { x: 0, y: 0 }]]))).toBe(workflow);
    expect(moveNodes(workflow, new Map([['filter', { x: 8.4, y: 0 }]])).nodes[1]!.position).toEqual({ x: 8, y: 0 });
  });

  test('copies carry the edges among them under fresh names, and none to the outside', () => {
    const workflow = connect(wired(), edge('filter.kept', 'train.corpora'), types);
    const { workflow: pasted, ids } = pasteNodes(workflow, copyNodes(workflow, new Set(['source', 'filter'])), { x: 40, y: 40 });
    expect(ids).toEqual(['source-2', 'filter-2']);
    expect(pasted.edges.slice(workflow.edges.length)).toEqual([edge('source-2.corpus', 'filter-2.corpus')]);
    expect(pasted.nodes.at(-1)!.position).toEqual({ x: 40, y: 40 });
  });

  test('pasted edges to nodes that the clipboard lacks are left out', () => {
    const workflow = wired();
    const fragment = { nodes: copyNodes(workflow, new Set(['source'])).nodes, edges: workflow.edges };
    expect(pasteNodes(workflow, fragment, { x: 0, y: 0 }).workflow.edges).toEqual(workflow.edges);
  });
});
