import { createHash } from 'node:crypto';
import type { DedupResult } from '../../../main/engine/dedup/DedupOptions.ts';

/** Of all that a caller can see. */
export function digestOf(result: DedupResult, has: { pairs?: boolean } = {}): string {
  const { documents, againstDocuments, textBytes, keptTextBytes, empty, wordless, removed, verified, crowdedBuckets } = result;
  const hash = createHash('sha256');
  hash.update(JSON.stringify([documents, againstDocuments, textBytes, keptTextBytes, empty, wordless, removed, verified, crowdedBuckets]));
  for (const duplicate of result.duplicates()) hash.update(JSON.stringify(duplicate));
  hash.update(JSON.stringify(result.commonPieces));
  for (const { position, piece } of result.repeatedPieces()) hash.update(`${position}/${piece}\n`);
  if (has.pairs) for (const { a, b, similarity } of sortedPairs(result)) hash.update(`${a} ${b} ${similarity}\n`);
  return hash.digest('hex');
}

export const sortedPairs = (result: DedupResult): { a: number; b: number; similarity: number }[] =>
  [...result.pairs()].sort((x, y) => x.a - y.a || x.b - y.b);
