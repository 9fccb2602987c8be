import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import { type Cost, measure } from '../dedup/measure.ts';
import type { InferenceJob } from './InferenceJob.ts';

export interface Contender {
  readonly name: string;
  /** Its program gets the job's file after `args`, then `more`. */
  readonly program: string;
  readonly args: readonly string[];
  readonly more?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a contender in a process of its own; gives what it found and what the process took as a whole. */
export async function contend<T>(
  { name, program, args, more = [], env }: Contender,
  job: Omit<InferenceJob, 'result'>,
  schema: z.ZodType<T>,
  folder: string,
): Promise<{ found: T; cost: Cost }> {
  const file = path.join(folder, `${name}.job.json`);
  const result = path.join(folder, `${name}.result.json`);
  writeFileSync(file, JSON.stringify({ ...job, result }));
  const cost = await measure({ program, args: [...args, file, ...more], env: { NASAQ_THREADS: String(job.threads), ...env } });
  return { found: schema.parse(JSON.parse(readFileSync(result, 'utf8'))), cost };
}
