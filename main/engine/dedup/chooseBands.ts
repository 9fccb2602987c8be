export interface Bands {
  readonly bands: number;
  /** Slots of the sketch in each band. */
  readonly rows: number;
}

/** Slots of a sketch; as in `kernel/sketch.ts`. */
export const SLOTS = 128;
/** Least probability with which a pair exactly at the threshold is found. */
const RECALL = 0.995;
/** Bands beyond this find so little more that they are left out. */
const ENOUGH = 0.998;

/** A pair of similarity s falls into a common bucket of at least one band with probability 1 − (1 − s^rows)^bands. */
export const candidateProbability = (similarity: number, { bands, rows }: Bands): number => 1 - (1 - similarity ** rows) ** bands;

/**
 * The bands with the most rows, and so the fewest false candidates, that find a pair exactly at the threshold often enough.
 * Candidates are verified, so false ones cost only time. Mining of Massive Datasets, section 3.4.
 */
export function chooseBands(threshold: number, slots = SLOTS): Bands {
  for (let rows = slots; rows >= 1; rows -= 1) {
    const most = Math.floor(slots / rows);
    if (candidateProbability(threshold, { bands: most, rows }) < RECALL) continue;
    let bands = most;
    while (bands > 1 && candidateProbability(threshold, { bands: bands - 1, rows }) >= ENOUGH) bands -= 1;
    return { bands, rows };
  }
  return { bands: slots, rows: 1 };
}
