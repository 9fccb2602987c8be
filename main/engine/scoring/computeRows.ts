import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { RowResults } from '../../../nodes/kit/index.ts';

type Rows<R> = AsyncIterable<R> | Iterable<R>;

export interface RowWork<R, T> {
  /** In order; called twice, so that only one batch is in memory. */
  readonly rows: () => Rows<R>;
  /** All of a row that its result depends on; rows of one key are computed once. */
  readonly key: (row: R) => string;
  /** What a batch is measured by, such as characters. */
  readonly size: (row: R) => number;
  readonly maxRows: number;
  readonly maxSize: number;
  readonly results: RowResults<T>;
  /** Kept over interruptions; gets `<name>.batches.json`. */
  readonly folder: string;
  readonly name: string;
  readonly signal: AbortSignal;
  /** Results of a batch's rows, in order. */
  readonly compute: (rows: readonly R[]) => Promise<readonly T[]>;
  /** Distinct rows that have a result, of all that were missing when the work first started. */
  readonly onProgress: (done: number, total: number) => void;
}

const planSchema = z.strictObject({ batches: z.array(z.array(z.string()).min(1)) });
const PAGE = 500;

/** A short name of a text, the same everywhere: SHA-256 in hex. */
export const rowKey = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Computes the results that are missing, in batches, and keeps each batch at once.
 *
 * A model's numbers depend a little on what shares a batch, so the batches are planned once, from the rows missing at
 * the start, and kept on disk: a run that was killed goes on with the same batches and ends with the same results
 * as one that was left alone. Returns how many distinct rows were missing at the start.
 */
export async function computeRows<R, T>(work: RowWork<R, T>): Promise<number> {
  const batches = await savedPlan(work);
  const total = batches.reduce((sum, batch) => sum + batch.length, 0);
  const open = new Map<string, { batch: readonly string[]; found: Map<string, R> }>();
  let done = 0;
  for (const batch of batches) {
    // A batch is written whole; one that is known in part was touched by another run, and is computed again as planned.
    if (work.results.get(batch).size === batch.length) {
      done += batch.length;
    } else {
      const gathering = { batch, found: new Map<string, R>() };
      for (const key of batch) open.set(key, gathering);
    }
  }
  work.onProgress(done, total);
  if (open.size === 0) return total;
  for await (const row of work.rows()) {
    const key = work.key(row);
    const gathering = open.get(key);
    if (!gathering) continue;
    gathering.found.set(key, row);
    if (gathering.found.size < gathering.batch.length) continue;
    work.signal.throwIfAborted();
    const { batch, found } = gathering;
    const results = await work.compute(batch.map((wanted) => found.get(wanted)!));
    work.results.put(new Map(batch.map((wanted, place) => [wanted, results[place]!])));
    for (const wanted of batch) open.delete(wanted);
    done += batch.length;
    work.onProgress(done, total);
  }
  if (open.size > 0) throw new Error(`The rows changed while they were computed: ${open.size} of the plan were not found again.`);
  return total;
}

/** Rows with their results, which must all be there. */
export async function* rowsWithResults<R, T>(rows: Rows<R>, key: (row: R) => string, results: RowResults<T>): AsyncIterable<[R, T]> {
  for await (const page of pages(rows)) {
    const keys = page.map(key);
    const known = results.get([...new Set(keys)]);
    for (const [place, row] of page.entries()) {
      const result = known.get(keys[place]!);
      if (result === undefined) throw new Error('A row has no result, although all were computed.');
      yield [row, result];
    }
  }
}

async function savedPlan<R, T>(work: RowWork<R, T>): Promise<string[][]> {
  const file = path.join(work.folder, `${work.name}.batches.json`);
  const saved = await fs.readFile(file, 'utf8').catch(() => undefined);
  const planned = saved === undefined ? [] : planSchema.parse(JSON.parse(saved)).batches;
  // Results that were known when the plan was made may have been collected since, and a forced node takes none of them.
  const added = await planBatches(work, new Set(planned.flat()));
  const batches = [...planned, ...added];
  if (saved !== undefined && added.length === 0) return batches;
  // Whole or not at all: a plan that was cut short would be another plan.
  await fs.writeFile(`${file}.new`, JSON.stringify({ batches }), { flush: true });
  await fs.rename(`${file}.new`, file);
  return batches;
}

/** Keys of the rows without a result that are not `planned`, in order, as batches that keep both limits; a row too large for them is alone. */
async function planBatches<R, T>(
  { rows, key, size, results, maxRows, maxSize, signal }: RowWork<R, T>,
  planned: ReadonlySet<string>,
): Promise<string[][]> {
  const seen = new Set(planned);
  const batches: string[][] = [];
  let filled = 0;
  for await (const page of pages(rows())) {
    signal.throwIfAborted();
    const fresh = page.map((row) => [key(row), size(row)] as const).filter(([name]) => !seen.has(name) && seen.add(name));
    const known = results.get(fresh.map(([name]) => name));
    for (const [name, length] of fresh) {
      if (known.has(name)) continue;
      const batch = batches.at(-1);
      if (batch && batch.length < maxRows && filled + length <= maxSize) {
        batch.push(name);
        filled += length;
      } else {
        batches.push([name]);
        filled = length;
      }
    }
  }
  return batches;
}

async function* pages<R>(rows: Rows<R>): AsyncIterable<R[]> {
  let page: R[] = [];
  for await (const row of rows) {
    page.push(row);
    if (page.length === PAGE) {
      yield page;
      page = [];
    }
  }
  if (page.length) yield page;
}
