import type { Piece } from '../../main/engine/dedup/splitPieces.ts';

/**
 * The text without the pieces with these numbers and, for each, what divides it from the next, or from the one before where
 * it is the last. Undefined when nothing but white space would be left.
 */
export function cutPieces(text: string, pieces: readonly Piece[], numbers: ReadonlySet<number>): string | undefined {
  const kept = pieces.map((_, number) => number).filter((number) => !numbers.has(number));
  const last = kept.at(-1);
  const parts = kept.map((number) => text.slice(pieces[number]!.start, number === last ? pieces[number]!.end : pieces[number + 1]!.start));
  if (parts.every((part) => part.trim() === '')) return undefined;
  return text.slice(0, pieces[0]!.start) + parts.join('') + text.slice(pieces.at(-1)!.end);
}
