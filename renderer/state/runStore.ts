import { createStore } from 'zustand/vanilla';
import type { Plan } from '../../main/contract/plan.ts';
import type { RunEvent } from '../../main/contract/runEvents.ts';
import { afterEvent, afterLoss, noRun, type RunState } from './runState.ts';

export interface RunStoreState {
  readonly current: RunState;
  /** What a run would do now; undefined while it is not known. */
  readonly plan: Plan | undefined;
  /** Why no plan could be made, in one sentence. */
  readonly planError: string | undefined;
  receive(events: readonly RunEvent[]): void;
  starting(): void;
  /** The run was refused before anything ran. */
  refused(sentence: string): void;
  lost(sentence: string): void;
  planned(plan: Plan | undefined, error: string | undefined): void;
  clear(): void;
}

/** The run being watched, or the last one, and the plan of the next. */
export const createRunStore = () =>
  createStore<RunStoreState>()((set) => ({
    current: noRun,
    plan: undefined,
    planError: undefined,
    receive: (events) => set(({ current }) => ({ current: events.reduce(afterEvent, current) })),
    starting: () => set(({ current }) => ({ current: { run: undefined, status: 'starting', nodes: current.nodes } })),
    refused: (error) => set(({ current }) => ({ current: { run: undefined, status: 'failed', error, nodes: current.nodes } })),
    lost: (sentence) => set(({ current }) => ({ current: afterLoss(current, sentence) })),
    planned: (plan, planError) => set({ plan, planError }),
    clear: () => set({ current: noRun, plan: undefined, planError: undefined }),
  }));

export type RunStore = ReturnType<typeof createRunStore>;
