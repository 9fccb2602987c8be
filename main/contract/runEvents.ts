import { z } from 'zod';
import { artifactSummarySchema } from './artifact.ts';
import { planSchema } from './plan.ts';

export const NODE_STATUSES = ['ran', 'reused', 'failed', 'skipped', 'cancelled'] as const;
export type NodeStatus = (typeof NODE_STATUSES)[number];

export const nodeOutcomeSchema = z.strictObject({
  node: z.string(),
  type: z.string(),
  status: z.enum(NODE_STATUSES),
  seconds: z.number().nonnegative(),
  /** By port; empty unless `ran` or `reused`. */
  outputs: z.record(z.string(), artifactSummarySchema),
  /** Why it ran rather than being reused, or why it was skipped. */
  reasons: z.array(z.string()),
  /** One sentence, when `failed`. */
  error: z.string().optional(),
});
export type NodeOutcome = z.infer<typeof nodeOutcomeSchema>;

/** `at`: milliseconds since the epoch. */
const event = <T extends string, S extends z.core.$ZodLooseShape>(type: T, shape: S) =>
  z.strictObject({ type: z.literal(type), run: z.string(), at: z.number(), ...shape });

export const runEventSchema = z.discriminatedUnion('type', [
  event('run-started', { title: z.string(), plan: planSchema }),
  event('node-started', { node: z.string(), reasons: z.array(z.string()) }),
  event('node-progress', {
    node: z.string(),
    done: z.number(),
    total: z.number().optional(),
    /** `bytes` is shown as MB and GB. */
    unit: z.string(),
    /** What of several things the node is doing, such as "Reading". */
    stage: z.string().optional(),
    /** Units a second over the last seconds, and seconds left, when they can be told. */
    rate: z.number().optional(),
    etaSeconds: z.number().optional(),
  }),
  event('node-metric', { node: z.string(), step: z.number(), values: z.record(z.string(), z.number()) }),
  event('node-log', { node: z.string(), line: z.string() }),
  event('node-finished', { outcome: nodeOutcomeSchema }),
  event('run-finished', {
    outcome: z.enum(['done', 'failed', 'cancelled']),
    seconds: z.number(),
    /** Milliseconds spent planning and looking up the cache. */
    planningMs: z.number(),
    nodes: z.array(nodeOutcomeSchema),
  }),
]);
export type RunEvent = z.infer<typeof runEventSchema>;
export type RunFinished = Extract<RunEvent, { type: 'run-finished' }>;
