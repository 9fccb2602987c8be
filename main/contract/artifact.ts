import { z } from 'zod';
import { ARTIFACT_KINDS, COLUMN_TYPES } from '../../nodes/kit/index.ts';

export const columnSchema = z.strictObject({ name: z.string(), type: z.enum(COLUMN_TYPES) });

/** What a person or another process may know of an artifact without opening it. */
export const artifactSummarySchema = z.strictObject({
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  kind: z.enum(ARTIFACT_KINDS),
  /** Tables only. */
  rows: z.int().nonnegative().optional(),
  columns: z.array(columnSchema).optional(),
  /** On disk. */
  bytes: z.int().nonnegative(),
});
export type ArtifactSummary = z.infer<typeof artifactSummarySchema>;
