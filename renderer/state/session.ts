import { migrateWorkflow } from '../../nodes/kit/index.ts';
import type { NasaqBridge } from '../../main/contract/api.ts';
import type { Workflow } from '../../main/contract/graph.ts';
import type { NodeTypes } from './nodeTypes.ts';
import { emptyWorkflow } from './graphCommands.ts';
import { isUnsaved, type GraphStore } from './graphStore.ts';
import { graphProblems } from './graphProblems.ts';
import { isActive } from './runState.ts';
import type { RunStore } from './runStore.ts';
import type { ViewStore } from './viewStore.ts';

export interface SessionParts {
  readonly bridge: NasaqBridge;
  readonly types: NodeTypes;
  readonly graph: GraphStore;
  readonly runs: RunStore;
  readonly view: ViewStore;
}
export type Session = ReturnType<typeof createSession>;

/** What a person does that reaches outside the window: files and runs. Every failure becomes a toast or stands at the run. */
export function createSession({ bridge: { call }, types, graph, runs, view }: SessionParts) {
  const failed = (sentence: string) => view.getState().toast('failed', sentence);
  const target = () => {
    const { workflow, file } = graph.getState();
    return { workflow, ...(file && { file }) };
  };

  /** How a run was to end before it had a name: while its plan is made, there is nothing to cancel yet. */
  let asked: 'cancel' | 'stop' | undefined;

  const tellUnsaved = () => {
    const state = graph.getState();
    return call('setUnsaved', { unsaved: isUnsaved(state), title: state.workflow.title || 'Untitled' });
  };

  /** Whether what is open may be replaced. */
  async function mayReplace(): Promise<boolean> {
    if (isActive(runs.getState().current)) {
      failed('A run is going on: cancel it or let it end before another workflow is opened.');
      return false;
    }
    if (!isUnsaved(graph.getState())) return true;
    const answer = await call('confirmDiscard', { title: graph.getState().workflow.title });
    return answer === 'save' ? save() : answer === 'discard';
  }

  async function save(as = false): Promise<boolean> {
    const { workflow, file } = graph.getState();
    const reply = await call('saveWorkflow', { workflow, ...(file && !as && { path: file }) }).catch((error: Error) => ({
      error: `The workflow was not saved (${error.message}).`,
    }));
    if (reply === null) return false;
    if ('error' in reply) {
      failed(reply.error);
      // A window that waits for this before it closes learns that there is still something to lose.
      await tellUnsaved();
      return false;
    }
    graph.getState().markSaved(workflow, reply.path);
    return true;
  }

  async function open(what: { path?: string; sample?: boolean } = {}): Promise<void> {
    if (!(await mayReplace())) return;
    const { workflow } = graph.getState();
    const reply = await call('openWorkflow', what);
    if (reply === null) return;
    if ('error' in reply) {
      failed(reply.error);
      return;
    }
    // Something was changed while the file was being read.
    if (graph.getState().workflow !== workflow && !(await mayReplace())) return;
    show(reply.workflow, reply.path);
    for (const warning of reply.warnings) failed(warning);
  }

  function show(workflow: Workflow, file: string | undefined): void {
    runs.getState().clear();
    view.getState().inspect(undefined);
    graph.getState().replace(
      migrateWorkflow(workflow, (type) => types.get(type)),
      file,
    );
  }

  return {
    open,
    save: () => save(),
    saveAs: () => save(true),
    new: async () => {
      if (await mayReplace()) show(emptyWorkflow(), undefined);
    },
    /** Opens what the command line named, if anything. */
    openLaunched: async () => {
      const { sample, path } = await call('launch', {});
      if (sample || path) await open(sample ? { sample } : { path });
    },

    /** Runs all, or one node and what it needs. Problems that are known already are shown and nothing is started. */
    run: async (to?: string) => {
      if (isActive(runs.getState().current)) return;
      const { workflow } = graph.getState();
      const problem = graphProblems(neededFor(workflow, to), types)[0];
      if (workflow.nodes.length === 0 || problem) {
        failed(problem?.sentence ?? 'There is nothing to run yet: drag a node from the left onto the canvas.');
        if (problem) graph.getState().select({ nodes: new Set([problem.node]) });
        return;
      }
      runs.getState().starting();
      asked = undefined;
      const reply = await call('run', { ...target(), ...(to && { to }), force: [] }).catch((error: Error) => ({ error: error.message }));
      if ('error' in reply) runs.getState().refused(reply.error);
      else if (asked) await call('cancel', { run: reply.run, mode: asked });
    },
    cancel: async (mode: 'cancel' | 'stop' = 'cancel') => {
      const { current } = runs.getState();
      if (!isActive(current)) return;
      asked = mode;
      if (current.run) await call('cancel', { run: current.run, mode });
    },
    /** Asks what a run would do. Silent while the graph is known to be incomplete. */
    plan: async () => {
      const { workflow } = graph.getState();
      if (workflow.nodes.length === 0 || graphProblems(workflow, types).length > 0) {
        runs.getState().planned(undefined, undefined);
        return;
      }
      const reply = await call('plan', target());
      if (graph.getState().workflow !== workflow) return;
      if ('error' in reply) runs.getState().planned(undefined, reply.error);
      else runs.getState().planned(reply, undefined);
    },

    chooseFile: (kind: 'file' | 'files' | 'folder', extensions: readonly string[]) => {
      const { file } = graph.getState();
      return call('chooseFile', {
        kind,
        extensions: extensions.map((ending) => ending.replace(/^\./, '')),
        ...(file && { relativeTo: file }),
      });
    },
    exportArtifact: async (digest: string, name: string) => {
      const reply = await call('exportArtifact', { digest, name });
      if (reply === null) return;
      if ('error' in reply) failed(reply.error);
      else view.getState().toast('done', `Exported to ${reply.path}.`);
    },
    rows: (digest: string, offset: number, limit: number) => call('rows', { digest, offset, limit }),
    report: (digest: string) => call('report', { digest }),
    tellUnsaved,
  };
}

/** A workflow's part that a node needs, itself included; all of it without one. */
function neededFor(workflow: Workflow, to: string | undefined): Workflow {
  if (to === undefined) return workflow;
  const needed = new Set([to]);
  for (const id of needed) for (const edge of workflow.edges) if (edge.to.node === id) needed.add(edge.from.node);
  return { ...workflow, nodes: workflow.nodes.filter(({ id }) => needed.has(id)) };
}
