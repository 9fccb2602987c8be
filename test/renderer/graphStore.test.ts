import { beforeEach, describe, expect, test } from 'vitest';
import { addNode, setDetails, setParam } from '../../renderer/state/graphCommands.ts';
import { createGraphStore, isUnsaved, type GraphStore } from '../../renderer/state/graphStore.ts';
import type { NodeSpec } from '../../nodes/kit/index.ts';
import { specs, types } from './nodeTypes.ts';

let store: GraphStore;
const state = () => store.getState();
const addFilter = () => state().change((workflow) => addNode(workflow, specs.filter as unknown as NodeSpec, { x: 0, y: 0 }).workflow);

beforeEach(() => {
  store = createGraphStore();
});

describe('history', () => {
  test('undo and redo walk through the changes, and a new change ends what could be redone', () => {
    addFilter();
    addFilter();
    state().undo();
    expect(state().workflow.nodes).toHaveLength(1);
    state().redo();
    expect(state().workflow.nodes).toHaveLength(2);
    state().undo();
    state().change((workflow) => setDetails(workflow, { title: 'Other' }));
    state().redo();
    expect(state().workflow.nodes).toHaveLength(1);
    expect(state().workflow.title).toBe('Other');
  });

  test('typing into one field is one step; another field starts a new one', () => {
    addFilter();
    for (const value of [0.1, 0.12, 0.123])
      state().change((workflow) => setParam(workflow, 'filter', 'threshold', value, types), 'threshold');
    state().change((workflow) => setParam(workflow, 'filter', 'rule', 'near', types), 'rule');
    state().undo();
    expect(state().workflow.nodes[0]!.params).toEqual({ threshold: 0.123 });
    state().undo();
    expect(state().workflow.nodes[0]!.params).toEqual({});
  });

  test('a command that changes nothing leaves no step', () => {
    addFilter();
    state().change((workflow) => workflow);
    expect(state().past).toHaveLength(1);
  });

  test('what undo takes away is no longer selected', () => {
    addFilter();
    state().select({ nodes: new Set(['filter']) });
    state().undo();
    expect(state().selection.nodes.size).toBe(0);
  });
});

describe('unsaved changes', () => {
  test('start with a change, end with saving, and with undoing back to what was saved', () => {
    expect(isUnsaved(state())).toBe(false);
    addFilter();
    expect(isUnsaved(state())).toBe(true);
    state().markSaved(state().workflow, '/somewhere/a.nasaq.json');
    expect(isUnsaved(state())).toBe(false);
    addFilter();
    state().undo();
    expect(isUnsaved(state())).toBe(false);
  });
  test('what changed while it was being saved is still unsaved', () => {
    addFilter();
    const written = state().workflow;
    addFilter();
    state().markSaved(written, '/somewhere/a.nasaq.json');
    expect(isUnsaved(state())).toBe(true);
  });
});
