import type { GraphStore } from './graphStore.ts';
import { isActive } from './runState.ts';
import type { RunStore } from './runStore.ts';
import type { Session } from './session.ts';

const PLAN_AFTER_MS = 400;

/** What follows from changes without anybody's command: the app learns what is unsaved, and the plan is made anew. */
export function followGraph(graph: GraphStore, runs: RunStore, session: Session): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const planLater = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void session.plan(), PLAN_AFTER_MS);
  };
  graph.subscribe((state, old) => {
    if (state.workflow !== old.workflow || state.saved !== old.saved) void session.tellUnsaved();
    if (state.workflow !== old.workflow || state.file !== old.file) planLater();
  });
  runs.subscribe(({ current }, { current: old }) => {
    if (isActive(old) && !isActive(current)) planLater();
  });
  void session.tellUnsaved();
}
