/** What people decided about a text: its draft is right; it reads as they wrote; it is unfit; they cannot tell. */
export const QUEUE_ANSWERS = ['accepted', 'edited', 'rejected', 'skipped'] as const;
export type QueueAnswerState = (typeof QUEUE_ANSWERS)[number];
export const QUEUE_STATES = ['waiting', ...QUEUE_ANSWERS] as const;
export type QueueState = (typeof QUEUE_STATES)[number];

export interface QueueItem {
  /** Key of the row: all that its answer depends on. */
  readonly row: string;
  /** What people know it by. */
  readonly id: string;
  readonly before: string;
  /** What they start from. */
  readonly draft: string;
}
export interface QueueAnswer {
  readonly state: QueueAnswerState;
  /** The rewrite; empty when `rejected` or `skipped`. */
  readonly text: string;
}

/** Rows that wait for people. Answers outlive runs, crashes and the workflow; they are only ever changed by people. */
export interface PeopleQueue {
  /** Makes these rows, in order, the queue: all of them or, when it throws, none. Rows that people answered before come answered. */
  fill(items: AsyncIterable<QueueItem>): Promise<Readonly<Record<QueueState, number>>>;
  /** Answers that there are, by row. */
  answers(rows: readonly string[]): Map<string, QueueAnswer>;
}
