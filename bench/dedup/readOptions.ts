import { parseArgs } from 'node:util';
import { z } from 'zod';
import { UserError } from '../../nodes/kit/index.ts';

export const PARTS = ['speed', 'recall', 'same', 'scale', 'parquet', 'fuzz'] as const;
export type Part = (typeof PARTS)[number];

export interface DedupBenchOptions {
  readonly only: readonly Part[];
  /** Of the corpus with known copies. */
  readonly documents: number;
  /** Short documents of the largest run. */
  readonly scale: number;
}

const count = (option: string, least: number, step: number): z.ZodType<number> => {
  const error = `--${option} takes ${step === 1 ? 'a whole number' : `a multiple of ${step}`}, ${least} at least.`;
  return z.coerce.number({ error }).min(least, { error }).multipleOf(step, { error });
};

const optionsSchema = z.object({
  only: z
    .string()
    .default(PARTS.join(','))
    .transform((names) => names.split(','))
    .pipe(z.array(z.enum(PARTS, `--only takes some of ${PARTS.join(', ')}, with commas between them.`))),
  documents: count('documents', 1000, 1).default(100_000),
  scale: count('scale', 100_000, 100).default(10_000_000),
});

/** Throws UserError. */
export function readOptions(args: readonly string[]): DedupBenchOptions {
  const text = { type: 'string' } as const;
  let values: unknown;
  try {
    values = parseArgs({ args: [...args], options: { json: { type: 'boolean' }, only: text, documents: text, scale: text } }).values;
  } catch (error) {
    throw new UserError((error as Error).message);
  }
  const options = optionsSchema.safeParse(values);
  if (!options.success) throw new UserError(options.error.issues[0]!.message);
  return options.data;
}
