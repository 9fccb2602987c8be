export interface Bands {
  readonly bands: number;
  /** Places of the signature in each band. */
  readonly rows: number;
}

/** A pair of similarity s falls into a common bucket of at least one band with probability 1 − (1 − s^rows)^bands. */
export const candidateProbability = (similarity: number, { bands, rows }: Bands): number => 1 - (1 - similarity ** rows) ** bands;

/**
 * The bands with the most rows, and so the fewest false candidates, that still meet a pair exactly at the threshold with
 * probability `recall`. Candidates are verified, so false ones cost only time. Mining of Massive Datasets, section 3.4.
 */
export function chooseBands(threshold: number, signatureLength: number, recall = 0.999): Bands {
  for (let rows = signatureLength; rows > 1; rows -= 1) {
    const choice = { bands: Math.floor(signatureLength / rows), rows };
    if (candidateProbability(threshold, choice) >= recall) return choice;
  }
  return { bands: signatureLength, rows: 1 };
}
