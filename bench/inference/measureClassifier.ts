import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type Figure, judged } from '../figures.ts';
import type { InferenceBench } from './InferenceBench.ts';

const resultSchema = z.strictObject({ texts: z.int(), cpuSeconds: z.number().positive(), seconds: z.number().positive() });

/** The classifier that ships, on one thread: texts per second of processor time. */
export async function measureClassifier({ say }: InferenceBench): Promise<Figure[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [path.join(import.meta.dirname, 'runClassifier.ts')], {
    env: { ...process.env, NASAQ_THREADS: '1' },
  });
  const { texts, cpuSeconds, seconds } = resultSchema.parse(JSON.parse(stdout));
  say(`classified ${texts} texts in ${seconds.toFixed(2)} s`);
  return [
    judged(
      'classification on one core',
      texts / cpuSeconds,
      'texts/s',
      '>=',
      2000,
      'comments and news that ship; processor time of all threads',
    ),
    { name: 'classification, elapsed', value: texts / seconds, unit: 'texts/s' },
  ];
}
