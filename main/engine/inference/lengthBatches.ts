export interface BatchLimits {
  readonly maxRows: number;
  /** Rows × longest length; a row that is longer by itself makes a batch of its own. */
  readonly maxCells: number;
}

/**
 * Batches of rows of like length, longest first, so that little is padded and memory peaks at the start.
 * A function of the lengths alone: the same list gives the same batches in every run. Returns indices.
 */
export function lengthBatches(lengths: readonly number[], { maxRows, maxCells }: BatchLimits): number[][] {
  const order = lengths.map((_, index) => index).sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  const batches: number[][] = [];
  let batch: number[] = [];
  for (const index of order) {
    const longest = batch.length ? lengths[batch[0]!]! : lengths[index]!;
    if (batch.length > 0 && (batch.length >= maxRows || (batch.length + 1) * longest > maxCells)) {
      batches.push(batch);
      batch = [];
    }
    batch.push(index);
  }
  if (batch.length) batches.push(batch);
  return batches;
}
