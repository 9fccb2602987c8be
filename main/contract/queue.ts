import { z } from 'zod';
import { QUEUE_STATES } from '../../nodes/kit/index.ts';

const state = z.enum(QUEUE_STATES);
const counts = z.strictObject({
  waiting: z.int().nonnegative(),
  accepted: z.int().nonnegative(),
  edited: z.int().nonnegative(),
  rejected: z.int().nonnegative(),
  skipped: z.int().nonnegative(),
});

/** One node's rows for people. */
export const queueSummarySchema = z.strictObject({
  queue: z.string().regex(/^[0-9a-f]{64}$/),
  node: z.string(),
  /** Of the workflow. */
  title: z.string(),
  /** The workflow's file; absent where it was never saved. */
  file: z.string().optional(),
  /** Milliseconds since the epoch. */
  filled: z.number(),
  counts,
});
export type QueueSummary = z.infer<typeof queueSummarySchema>;

export const queueRowSchema = z.strictObject({
  row: z.string(),
  id: z.string(),
  before: z.string(),
  draft: z.string(),
  state,
  /** The rewrite; null unless `accepted` or `edited`. */
  after: z.string().nullable(),
});
export type QueueRow = z.infer<typeof queueRowSchema>;

export const queuePageSchema = z.strictObject({
  queue: queueSummarySchema.shape.queue,
  /** Only rows in this state. */
  state: state.optional(),
  offset: z.int().nonnegative(),
  limit: z.int().positive().max(1000),
});
export type QueuePage = z.infer<typeof queuePageSchema>;

/** What a person decides: `accepted` takes the draft, `waiting` takes an answer back. */
export const queueDecisionSchema = z.discriminatedUnion('state', [
  z.strictObject({ row: z.string(), state: z.enum(['accepted', 'rejected', 'skipped', 'waiting']) }),
  z.strictObject({
    row: z.string(),
    state: z.literal('edited'),
    text: z.string().regex(/\S/, { error: 'must not be empty: reject the row instead' }),
  }),
]);
export type QueueDecision = z.infer<typeof queueDecisionSchema>;
export const queueCountsSchema = counts;
export type QueueCounts = z.infer<typeof counts>;
