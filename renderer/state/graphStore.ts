import { createStore } from 'zustand/vanilla';
import type { Workflow } from '../../main/contract/graph.ts';
import { emptyWorkflow } from './graphCommands.ts';

const HISTORY_LENGTH = 200;

export interface Selection {
  readonly nodes: ReadonlySet<string>;
  readonly edges: ReadonlySet<string>;
}
const nothing: Selection = { nodes: new Set(), edges: new Set() };

export interface GraphState {
  readonly workflow: Workflow;
  /** What the file holds; the same object as `workflow` when nothing is unsaved. */
  readonly saved: Workflow;
  /** Absolute; absent for a workflow that was never saved. */
  readonly file: string | undefined;
  readonly selection: Selection;
  readonly past: readonly Workflow[];
  readonly future: readonly Workflow[];
  /** Changes with the same key in a row become one step of undo: typing into a field, pressing an arrow key. */
  readonly mergeKey: string | undefined;

  change(command: (workflow: Workflow) => Workflow, mergeKey?: string): void;
  undo(): void;
  redo(): void;
  select(selection: Partial<Selection>): void;
  /** Opens another workflow: nothing of the old one can be undone back to. */
  replace(workflow: Workflow, file: string | undefined): void;
  markSaved(workflow: Workflow, file: string): void;
}

export const isUnsaved = ({ workflow, saved }: Pick<GraphState, 'workflow' | 'saved'>): boolean => workflow !== saved;

/** The graph being edited, with its history. Knows nothing of React, files or runs. */
export const createGraphStore = () =>
  createStore<GraphState>()((set) => {
    const start = emptyWorkflow();
    return {
      workflow: start,
      saved: start,
      file: undefined,
      selection: nothing,
      past: [],
      future: [],
      mergeKey: undefined,

      change: (command, mergeKey) =>
        set((state) => {
          const workflow = command(state.workflow);
          if (workflow === state.workflow) return state;
          const merges = mergeKey !== undefined && mergeKey === state.mergeKey;
          const past = merges ? state.past : [...state.past, state.workflow].slice(-HISTORY_LENGTH);
          return { workflow, past, future: [], mergeKey, selection: existing(state.selection, workflow) };
        }),
      undo: () =>
        set((state) => {
          const workflow = state.past.at(-1);
          if (!workflow) return state;
          const selection = existing(state.selection, workflow);
          return { workflow, past: state.past.slice(0, -1), future: [state.workflow, ...state.future], mergeKey: undefined, selection };
        }),
      redo: () =>
        set((state) => {
          const [workflow, ...future] = state.future;
          if (!workflow) return state;
          return {
            workflow,
            past: [...state.past, state.workflow],
            future,
            mergeKey: undefined,
            selection: existing(state.selection, workflow),
          };
        }),
      select: ({ nodes = nothing.nodes, edges = nothing.edges }) => set({ selection: { nodes, edges }, mergeKey: undefined }),
      replace: (workflow, file) => set({ workflow, saved: workflow, file, selection: nothing, past: [], future: [], mergeKey: undefined }),
      markSaved: (saved, file) => set({ saved, file, mergeKey: undefined }),
    };
  });

export type GraphStore = ReturnType<typeof createGraphStore>;

function existing(selection: Selection, workflow: Workflow): Selection {
  const ids = new Set(workflow.nodes.map(({ id }) => id));
  const nodes = new Set([...selection.nodes].filter((id) => ids.has(id)));
  return nodes.size === selection.nodes.size ? selection : { nodes, edges: selection.edges };
}
