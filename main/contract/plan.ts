import { z } from 'zod';

/** Why a node will not be reused, in words for people ("param `threshold` changed 0.8 → 0.7"). */
export const planNodeSchema = z.strictObject({
  node: z.string(),
  /**
   * `reused`: its outputs are in the cache. `run`: it will run. `pending`: an input is being recomputed;
   * it is reused if that input comes out the same. `blocked`: it cannot run. `skipped`: not needed for the target.
   */
  decision: z.enum(['reused', 'run', 'pending', 'blocked', 'skipped']),
  reasons: z.array(z.string()),
  /** Action key; known only for `reused` and `run`. */
  key: z.string().optional(),
  /** Seconds it took last time, when it ever ran. */
  lastSeconds: z.number().optional(),
});
export const planSchema = z.strictObject({ nodes: z.array(planNodeSchema) });
export type PlanNode = z.infer<typeof planNodeSchema>;
export type Plan = z.infer<typeof planSchema>;
