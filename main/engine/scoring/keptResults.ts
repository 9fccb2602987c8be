import type { RowResults } from '../../../nodes/kit/index.ts';

export interface BatchWork<R, T> {
  readonly results: RowResults<T>;
  /** What a batch is measured by, such as characters. */
  readonly size: (row: R) => number;
  readonly maxRows: number;
  readonly maxSize: number;
  readonly signal: AbortSignal;
  /** Results of a batch's rows, in order. */
  readonly compute: (rows: readonly R[]) => Promise<readonly T[]>;
}
export interface KeptResults<T> {
  /** In the order of the rows. */
  readonly results: readonly T[];
  /** Distinct rows that had none before. */
  readonly computed: number;
}

/**
 * Results of a window of rows, from those that are kept and, batch by batch, from `compute`; each batch is kept at once, and rows
 * of one key are computed once. Batches are cut from the rows without a result, in order: where a run was killed, the rows that are left fall into
 * the same batches again, as long as the windows are the same. That is what float noise depends on, and no plan needs to be kept.
 */
export async function keptResults<R, T>(rows: readonly R[], keys: readonly string[], work: BatchWork<R, T>): Promise<KeptResults<T>> {
  const known = work.results.get([...new Set(keys)]);
  let batch = new Map<string, R>();
  let filled = 0;
  let computed = 0;
  const finish = async (): Promise<void> => {
    work.signal.throwIfAborted();
    const found = await work.compute([...batch.values()]);
    const named = new Map([...batch.keys()].map((key, place) => [key, found[place]!]));
    work.results.put(named);
    for (const [key, result] of named) known.set(key, result);
    computed += batch.size;
    batch = new Map();
    filled = 0;
  };
  for (const [place, row] of rows.entries()) {
    const key = keys[place]!;
    if (known.has(key) || batch.has(key)) continue;
    const size = work.size(row);
    if (batch.size > 0 && (batch.size >= work.maxRows || filled + size > work.maxSize)) await finish();
    batch.set(key, row);
    filled += size;
  }
  if (batch.size > 0) await finish();
  return { results: keys.map((key) => known.get(key)!), computed };
}
