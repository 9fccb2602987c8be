import type { SimilarPair } from './exactJoin.ts';

export interface PairScore {
  readonly found: number;
  readonly expected: number;
  /** Share of the found pairs that are expected; 1 when none was found. */
  readonly precision: number;
  /** Share of the expected pairs that were found; 1 when none is expected. */
  readonly recall: number;
  /** Largest difference between the similarities stated for a pair that is right. */
  readonly similarityError: number;
}

/** Found pairs against the exact join's; a pair counts once, however often and in whichever order it was found. */
export function scorePairs(found: Iterable<SimilarPair>, expected: Iterable<SimilarPair>): PairScore {
  const right = new Map<number, number>();
  for (const pair of expected) right.set(pairKey(pair), pair.similarity);
  const seen = new Set<number>();
  let hits = 0;
  let similarityError = 0;
  for (const pair of found) {
    const key = pairKey(pair);
    if (seen.has(key)) continue;
    seen.add(key);
    const similarity = right.get(key);
    if (similarity === undefined) continue;
    hits += 1;
    similarityError = Math.max(similarityError, Math.abs(similarity - pair.similarity));
  }
  return {
    found: seen.size,
    expected: right.size,
    precision: seen.size === 0 ? 1 : hits / seen.size,
    recall: right.size === 0 ? 1 : hits / right.size,
    similarityError,
  };
}

/** One number for two documents of fewer than 2²⁶. */
export const pairKey = ({ a, b }: { readonly a: number; readonly b: number }): number => Math.min(a, b) * 2 ** 26 + Math.max(a, b);
