import { z } from 'zod';

const step = z.int().nonnegative();

/** One line of a trainer's events file, as `nasaq_trainer/events.py` writes it. */
export const trainerEventSchema = z.discriminatedUnion('type', [
  /** `memoryParams`: params that decide how much memory the trainer takes, the best one to lower first. */
  z.strictObject({ type: z.literal('started'), memoryParams: z.array(z.string()) }),
  z.strictObject({ type: z.literal('progress'), done: step, total: step, unit: z.string() }),
  z.strictObject({ type: z.literal('metric'), step, values: z.record(z.string(), z.number()) }),
  z.strictObject({ type: z.literal('log'), line: z.string() }),
  /** A trainer that is killed after this goes on from `step`. */
  z.strictObject({ type: z.literal('checkpoint'), step }),
  /** One sentence for people. */
  z.strictObject({ type: z.literal('failed'), message: z.string() }),
  z.strictObject({ type: z.literal('finished'), result: z.record(z.string(), z.json()) }),
]);
export type TrainerEvent = z.infer<typeof trainerEventSchema>;
