import { parseArgs } from 'node:util';
import { z } from 'zod';
import { UserError } from '../../nodes/kit/index.ts';

export const PARTS = ['generation', 'scoring', 'classification', 'rows'] as const;
export type Part = (typeof PARTS)[number];
export const PEERS = ['torch', 'transformers.js', 'genai'] as const;
export type Peer = (typeof PEERS)[number];

export interface InferenceBenchOptions {
  readonly only: readonly Part[];
  readonly peers: readonly Peer[];
  readonly documents: number;
  /** Through `measure`. */
  readonly rows: number;
}

const some = <T extends string>(option: string, all: readonly [T, ...T[]]) =>
  z
    .string()
    .default(all.join(','))
    .transform((names) => names.split(','))
    .pipe(z.array(z.enum(all, `--${option} takes some of ${all.join(', ')}, with commas between them.`)));
const error = '--documents takes a whole number, 16 at least.';
const rowsError = '--rows takes a whole number, 1,000 at least.';
const optionsSchema = z.object({
  only: some('only', PARTS),
  peers: some('peers', PEERS),
  documents: z.coerce.number({ error }).int({ error }).min(16, { error }).default(500),
  rows: z.coerce.number({ error: rowsError }).int({ error: rowsError }).min(1000, { error: rowsError }).default(1_000_000),
});

/** Throws UserError. */
export function readOptions(args: readonly string[]): InferenceBenchOptions {
  const text = { type: 'string' } as const;
  let values: unknown;
  try {
    values = parseArgs({
      args: [...args],
      options: { json: { type: 'boolean' }, only: text, peers: text, documents: text, rows: text },
    }).values;
  } catch (error) {
    throw new UserError((error as Error).message);
  }
  const options = optionsSchema.safeParse(values);
  if (!options.success) throw new UserError(options.error.issues[0]!.message);
  return options.data;
}
