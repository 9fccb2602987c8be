import { roundTo } from './roundTo.ts';

/** Counts in `bins` equal parts of [from, to]; points are [middle of the part, count]. Values outside go to the ends. */
export function histogram(values: Iterable<number>, { from, to, bins }: { from: number; to: number; bins: number }): [number, number][] {
  const width = (to - from) / bins;
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) counts[Math.min(bins - 1, Math.max(0, Math.floor((value - from) / width)))]! += 1;
  return counts.map((count, bin) => [roundTo(from + (bin + 0.5) * width, 6), count]);
}
