import { describe, expect, test } from 'vitest';
import type { Workflow } from '../../main/contract/graph.ts';
import { connectionProblem } from '../../renderer/state/connectionProblem.ts';
import { graphProblems } from '../../renderer/state/graphProblems.ts';
import { types } from './nodeTypes.ts';

const node = (id: string, type: string, params = {}) => ({ id, type, version: 1, params, position: { x: 0, y: 0 } });
const edge = (from: string, fromPort: string, to: string, toPort: string) => ({
  from: { node: from, port: fromPort },
  to: { node: to, port: toPort },
});
const workflow: Workflow = {
  nasaq: 1,
  title: '',
  seed: 1,
  nodes: [node('source', 'source'), node('first', 'filter'), { ...node('second', 'filter'), title: 'Second look' }, node('train', 'train')],
  edges: [edge('source', 'corpus', 'first', 'corpus'), edge('first', 'kept', 'second', 'corpus')],
};

describe('drawing an edge', () => {
  test('is allowed where the kinds agree', () => {
    expect(connectionProblem(workflow, edge('second', 'kept', 'train', 'corpora'), types)).toBeUndefined();
  });
  test('is refused with both ports and what the input takes, where they do not', () => {
    expect(connectionProblem(workflow, edge('train', 'model', 'second', 'corpus'), types)).toBe(
      '`model` cannot go into `corpus` of Second look: it takes a corpus, and that is a model.',
    );
  });
  test('is refused where it would close a cycle, over any number of nodes', () => {
    expect(connectionProblem(workflow, edge('second', 'kept', 'first', 'corpus'), types)).toMatch(/so it would be a cycle\.$/);
    expect(connectionProblem(workflow, edge('first', 'kept', 'first', 'corpus'), types)).toMatch(/cannot feed itself\.$/);
  });
});

describe('what keeps a workflow from running', () => {
  test('names the input that is not connected, and leaves optional ones alone', () => {
    const problems = graphProblems({ ...workflow, edges: [] }, types);
    expect(problems.filter(({ node: id }) => id === 'second')).toEqual([
      expect.objectContaining({ port: 'corpus', sentence: 'Second look needs something on its input `corpus`.' }),
    ]);
  });
  test('names the param that is out of its bounds', () => {
    const [problem] = graphProblems(
      { ...workflow, nodes: [node('first', 'filter', { threshold: 2 })], edges: [edge('x', 'y', 'first', 'corpus')] },
      types,
    );
    expect(problem).toMatchObject({
      param: 'threshold',
      sentence: 'Param `threshold` of Filter must be at most 1.',
      short: 'Must be at most 1.',
    });
  });
  test('names a node type that is not installed', () => {
    expect(graphProblems({ ...workflow, nodes: [node('odd', 'teleport')], edges: [] }, types)[0]!.sentence).toContain('`teleport`');
  });
});
