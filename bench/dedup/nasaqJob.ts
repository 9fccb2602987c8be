import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ALL_NORMALISATIONS, type NormalisationRules } from '../../main/engine/text/normaliseArabic.ts';
import { cacheFolder } from './cacheFolder.ts';
import type { Command } from './measure.ts';

/** One whole run of `runNasaq.ts`: JSON lines in, files out. */
export const nasaqJobSchema = z.strictObject({
  files: z.array(z.string()).min(1),
  words: z.int().positive(),
  threshold: z.number(),
  normalised: z.boolean(),
  threads: z.int().positive(),
  memoryBudget: z.int().positive(),
  /** Bytes read at a time; absent: as the library chooses. */
  blockBytes: z.int().positive().optional(),
  allPairs: z.boolean(),
  workFolder: z.string(),
  /** Rows that stay, as 32-bit little-endian numbers, ascending. */
  kept: z.string(),
  /** Each row that goes and the one it went for, in the form of `pairsFile.ts`: `a` goes, `b` stays. */
  duplicates: z.string(),
  /** With `allPairs`. */
  pairs: z.string(),
  /** What the library counted, as `nasaqCountsSchema` has it. */
  counts: z.string(),
});
export type NasaqJob = z.infer<typeof nasaqJobSchema>;

export const nasaqCountsSchema = z.strictObject({
  documents: z.int(),
  textBytes: z.int(),
  removed: z.int(),
  verified: z.int(),
  crowdedBuckets: z.int(),
  /** In their order. */
  stages: z.record(z.string(), z.strictObject({ cpuSeconds: z.number(), wallSeconds: z.number() })),
});
export type NasaqCounts = z.infer<typeof nasaqCountsSchema>;

export const normalisationOf = (job: NasaqJob): NormalisationRules =>
  job.normalised ? ALL_NORMALISATIONS : (Object.fromEntries(Object.keys(ALL_NORMALISATIONS).map((rule) => [rule, false])) as never);

export type NasaqSettings = Omit<NasaqJob, 'workFolder' | 'kept' | 'duplicates' | 'pairs' | 'counts'>;

/** A job whose work folder and results lie in `folder`, which must exist, under `name`. */
export const nasaqJob = (name: string, folder: string, settings: NasaqSettings): NasaqJob => ({
  ...settings,
  workFolder: path.join(folder, `${name}.work`),
  kept: path.join(folder, `${name}.kept`),
  duplicates: path.join(folder, `${name}.duplicates`),
  pairs: path.join(folder, `${name}.pairs`),
  counts: path.join(folder, `${name}.counts.json`),
});

export function nasaqCommand(job: NasaqJob): Command {
  const file = `${job.workFolder}.job.json`;
  writeFileSync(file, JSON.stringify(job));
  return {
    program: process.execPath,
    args: [path.join(import.meta.dirname, 'runNasaq.ts'), file],
    // Python keeps its compiled modules, and the app ships bundled: neither should compile its sources in every run.
    env: { NODE_COMPILE_CACHE: path.join(cacheFolder(), 'node') },
  };
}
