import { z } from 'zod';

export const measureJobSchema = z.strictObject({
  rows: z.int().positive(),
  /** So many of the rows differ from those of a job without. */
  fresh: z.int().nonnegative(),
  /** Perplexity by the shipped model. */
  hasFluency: z.boolean(),
  cacheFolder: z.string(),
});
export const measureResultSchema = z.strictObject({
  /** Of the node. */
  seconds: z.number().positive(),
  /** Texts that models were given. */
  computed: z.int().nonnegative(),
  /** Rows done and the process's resident bytes at that time, a few times a second. */
  memory: z.array(z.tuple([z.number(), z.number()])),
});

export type MeasureJob = z.infer<typeof measureJobSchema>;
export type MeasureResult = z.infer<typeof measureResultSchema>;
