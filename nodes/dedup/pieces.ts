/** A part of a text, from `start` to `end` in UTF-16 units. */
export interface Piece {
  readonly start: number;
  readonly end: number;
}

/** Lines end in a line feed; between paragraphs stands at least one line of nothing but white space. */
export function piecesOfText(text: string, of: 'lines' | 'paragraphs'): Piece[] {
  const pieces: Piece[] = [];
  const ends = of === 'lines' ? /\n/g : /\n(?:[^\S\n]*\n)+/g;
  let start = 0;
  for (const { index, 0: end } of text.matchAll(ends)) {
    pieces.push({ start, end: index });
    start = index + end.length;
  }
  pieces.push({ start, end: text.length });
  return pieces;
}

/**
 * The text without the pieces with these numbers and, for each, the line ends behind it, or before it where it is the last.
 * Undefined when nothing but white space would be left.
 */
export function cutPieces(text: string, pieces: readonly Piece[], numbers: ReadonlySet<number>): string | undefined {
  const kept = pieces.filter((_, number) => !numbers.has(number));
  if (kept.every(({ start, end }) => text.slice(start, end).trim() === '')) return undefined;
  return kept.map(({ start, end }, at) => (at === 0 ? '' : separatorAfter(text, pieces, kept[at - 1]!)) + text.slice(start, end)).join('');
}

function separatorAfter(text: string, pieces: readonly Piece[], piece: Piece): string {
  return text.slice(piece.end, pieces[pieces.indexOf(piece) + 1]!.start);
}
