import { useReactFlow } from '@xyflow/react';
import { useCallback, useEffect } from 'react';
import { z } from 'zod';
import { migrateWorkflow } from '../nodes/kit/index.ts';
import type { MenuCommand } from '../main/contract/api.ts';
import { graphEdgeSchema, graphNodeSchema } from '../main/contract/graph.ts';
import { copyNodes, moveNodes, pasteNodes, removeParts, edgeId } from './state/graphCommands.ts';
import { useStores } from './state/stores.ts';
import { shownTheme } from './state/viewStore.ts';

const fragmentSchema = z.object({ nasaqNodes: z.object({ nodes: z.array(graphNodeSchema).min(1), edges: z.array(graphEdgeSchema) }) });
const PASTE_OFFSET = { x: 40, y: 40 };
const NUDGE: Record<string, { x: number; y: number }> = {
  ArrowLeft: { x: -8, y: 0 },
  ArrowRight: { x: 8, y: 0 },
  ArrowUp: { x: 0, y: -8 },
  ArrowDown: { x: 0, y: 8 },
};

const isEditing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));

/** What keys, the menu and the buttons do. Returns the function that does a command. */
export function useCommands(): (command: MenuCommand) => void {
  const { bridge, graph, view, session, types } = useStores();
  const flow = useReactFlow();

  const run = useCallback(
    (command: MenuCommand) => {
      const state = graph.getState();
      const paste = (fragment: Parameters<typeof pasteNodes>[1]) => {
        const pasted = pasteNodes(state.workflow, fragment, PASTE_OFFSET);
        state.change(() => pasted.workflow);
        state.select({ nodes: new Set(pasted.ids) });
      };
      switch (command) {
        case 'new':
          return void session.new();
        case 'open':
          return void session.open();
        case 'open-sample':
          return void session.open({ sample: true });
        case 'open-launched':
          return void session.openLaunched();
        case 'save':
          return void session.save();
        case 'save-as':
          return void session.saveAs();
        case 'undo':
          return isEditing(document.activeElement) ? void document.execCommand('undo') : state.undo();
        case 'redo':
          return isEditing(document.activeElement) ? void document.execCommand('redo') : state.redo();
        case 'delete':
          return state.change((workflow) => removeParts(workflow, state.selection.nodes, state.selection.edges));
        case 'duplicate':
          return state.selection.nodes.size > 0 ? paste(copyNodes(state.workflow, state.selection.nodes)) : undefined;
        case 'run':
          return void session.run();
        case 'run-to-here': {
          const [id] = state.selection.nodes;
          return state.selection.nodes.size === 1
            ? void session.run(id)
            : view.getState().toast('refused', 'Select one node to run to it.');
        }
        case 'cancel':
          return void session.cancel();
        case 'zoom-to-fit':
          return void flow.fitView({ padding: 0.07, maxZoom: 1, duration: 160 });
        case 'toggle-theme':
          return view.getState().setTheme(shownTheme(view.getState()) === 'dark' ? 'light' : 'dark');
      }
    },
    [graph, view, session, flow],
  );

  useEffect(() => bridge.onCommand(run), [bridge, run]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const command = commandFor(event);
      if (command && !(isEditing(event.target) && ['delete', 'undo', 'redo', 'duplicate', 'zoom-to-fit'].includes(command))) {
        event.preventDefault();
        run(command);
        return;
      }
      if (isEditing(event.target)) return;
      const state = graph.getState();
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'a') {
        event.preventDefault();
        state.select({ nodes: new Set(state.workflow.nodes.map(({ id }) => id)), edges: new Set(state.workflow.edges.map(edgeId)) });
      } else if (event.key === 'Escape') {
        state.select({});
      } else if (
        NUDGE[event.key] &&
        state.selection.nodes.size > 0 &&
        !(event.target as Element).closest?.('.react-flow__node, [role=table], [role=tablist], .splitter')
      ) {
        event.preventDefault();
        const by = NUDGE[event.key]!;
        const times = event.shiftKey ? 5 : 1;
        const moved = new Map(
          state.workflow.nodes
            .filter(({ id }) => state.selection.nodes.has(id))
            .map(({ id, position }) => [id, { x: position.x + by.x * times, y: position.y + by.y * times }]),
        );
        state.change((workflow) => moveNodes(workflow, moved), 'nudge');
      }
    };
    // Copying and pasting nodes goes through the clipboard as text, so that it works between windows too.
    const onCopy = (event: ClipboardEvent) => {
      const { workflow, selection } = graph.getState();
      if (isEditing(event.target) || selection.nodes.size === 0 || document.getSelection()?.toString()) return;
      event.preventDefault();
      event.clipboardData?.setData('text/plain', JSON.stringify({ nasaqNodes: copyNodes(workflow, selection.nodes) }, null, 2));
      if (event.type === 'cut') graph.getState().change((current) => removeParts(current, selection.nodes, selection.edges));
    };
    const onPaste = (event: ClipboardEvent) => {
      if (isEditing(event.target)) return;
      const text = event.clipboardData?.getData('text/plain') ?? '';
      const parsed = fragmentSchema.safeParse(parseJson(text));
      if (!parsed.success) return;
      event.preventDefault();
      const state = graph.getState();
      const pasted = pasteNodes(
        state.workflow,
        migrateWorkflow(parsed.data.nasaqNodes, (type) => types.get(type)),
        PASTE_OFFSET,
      );
      state.change(() => pasted.workflow);
      state.select({ nodes: new Set(pasted.ids) });
    };
    window.addEventListener('keydown', onKey);
    document.addEventListener('copy', onCopy);
    document.addEventListener('cut', onCopy);
    document.addEventListener('paste', onPaste);
    return () => {
      window.removeEventListener('keydown', onKey);
      document.removeEventListener('copy', onCopy);
      document.removeEventListener('cut', onCopy);
      document.removeEventListener('paste', onPaste);
    };
  }, [graph, run, types]);

  return run;
}

function commandFor({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): MenuCommand | undefined {
  if (altKey) return undefined;
  if (!ctrlKey && !metaKey) {
    if (key === 'Delete' || key === 'Backspace') return 'delete';
    return key === '!' ? 'zoom-to-fit' : undefined;
  }
  switch (key.toLowerCase()) {
    case 'n':
      return 'new';
    case 'o':
      return 'open';
    case 's':
      return shiftKey ? 'save-as' : 'save';
    case 'z':
      return shiftKey ? 'redo' : 'undo';
    case 'y':
      return 'redo';
    case 'd':
      return 'duplicate';
    case 'enter':
      return shiftKey ? 'run-to-here' : 'run';
    case '.':
      return 'cancel';
    default:
      return undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
