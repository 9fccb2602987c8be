/** What the kernel takes for white space: control characters, and Unicode's. */
const BLANK = /^[\0-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$/;

export interface Piece {
  /** In UTF-16 units of the text, without the newline at the end. */
  readonly start: number;
  readonly end: number;
}

/** A text's pieces, numbered as the kernel numbers them: lines as newlines divide them, paragraphs as blank lines divide them. */
export function splitPieces(text: string, of: 'lines' | 'paragraphs'): Piece[] {
  const lines: Piece[] = [];
  for (let start = 0; start <= text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    lines.push({ start, end });
    start = end + 1;
  }
  if (of === 'lines') return lines;
  const paragraphs: Piece[] = [];
  let isOpen = false;
  for (const line of lines) {
    const isBlank = BLANK.test(text.slice(line.start, line.end));
    if (!isBlank && isOpen) paragraphs.push({ start: paragraphs.pop()!.start, end: line.end });
    else if (!isBlank) paragraphs.push(line);
    isOpen = !isBlank;
  }
  return paragraphs;
}
