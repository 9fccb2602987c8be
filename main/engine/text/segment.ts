/** A text cut into contents that a small model can rewrite, and what stands between them: `separators[i]` is before `contents[i]`. */
export interface Segments {
  readonly contents: readonly string[];
  /** One more than contents; whitespace, or empty where a long run of text had to be cut. */
  readonly separators: readonly string[];
}

export interface SegmentLengths {
  /** Sentences of a line are kept together while they are shorter than this, in characters. */
  readonly min: number;
  /** Longer sentences are cut, after a comma if there is one in the second half, else between words. */
  readonly max: number;
}
export const SEGMENT_LENGTHS: SegmentLengths = { min: 40, max: 180 };

const LINE_END = /[\n\r\u2028\u2029]/u;
const SENTENCE_END = /(?<=[.!?؟؛…]["'»”’)\]]*)\s+/gu;
/** A single letter before a full stop is an initial or a list number ("د. محمد", "3. …"), not a sentence. */
const INITIAL = /(?:^|[\s(])[\p{L}\p{N}]{1,2}\.$/u;

/** Cuts at line ends, then at sentence ends. Lossless: `joinSegments` gives the same characters back. */
export function segmentText(text: string, lengths: SegmentLengths = SEGMENT_LENGTHS): Segments {
  const contents: string[] = [];
  const separators: string[] = [];
  let separator = '';
  for (const [gap, line] of linesOf(text)) {
    separator += gap;
    for (const sentence of sentencesOf(line, lengths)) {
      for (const [before, content] of cutLong(sentence, lengths.max)) {
        separators.push(separator + before);
        contents.push(content);
        separator = '';
      }
    }
  }
  return { contents, separators: [...separators, separator] };
}

/** Puts contents, rewritten or not, back between the separators. */
export function joinSegments(contents: readonly string[], separators: readonly string[]): string {
  return contents.map((content, index) => separators[index]! + content).join('') + (separators.at(-1) ?? '');
}

/** [whitespace before, line]; the last line is empty when the text ends in whitespace. */
function linesOf(text: string): [string, string][] {
  const lines: [string, string][] = [];
  let start = 0;
  let separator = '';
  for (const gap of text.matchAll(/\s+/gu)) {
    const end = gap.index + gap[0].length;
    if (gap.index > 0 && end < text.length && !LINE_END.test(gap[0])) continue;
    if (gap.index > 0) lines.push([separator, text.slice(start, gap.index)]);
    separator = gap[0];
    start = end;
  }
  return [...lines, [separator, text.slice(start)]];
}

/** [separator before, content] of a line's sentences, short ones joined to what follows. */
function sentencesOf(line: string, { min, max }: SegmentLengths): [string, string][] {
  const sentences: [string, string][] = [];
  const gaps = [...line.matchAll(SENTENCE_END)];
  let start = 0;
  let separator = '';
  for (const [place, gap] of gaps.entries()) {
    const content = line.slice(start, gap.index);
    const next = gaps[place + 1]?.index ?? line.length;
    if (INITIAL.test(content) || (content.length < min && next - start <= max)) continue;
    sentences.push([separator, content]);
    separator = gap[0];
    start = gap.index + gap[0].length;
  }
  if (start < line.length) sentences.push([separator, line.slice(start)]);
  return sentences;
}

function cutLong([separator, content]: [string, string], max: number): [string, string][] {
  const pieces: [string, string][] = [];
  let rest = content;
  let before = separator;
  while (rest.length > max) {
    const window = rest.slice(0, max + 1);
    const cut = lastMatchEnd(window, /[،,؛;:](?=\s)/gu, max / 2) ?? lastMatchStart(window, /\s+/gu) ?? wholeCharacters(rest, max);
    const gap = /^\s*/u.exec(rest.slice(cut))![0];
    pieces.push([before, rest.slice(0, cut)]);
    before = gap;
    rest = rest.slice(cut + gap.length);
  }
  if (rest !== '') pieces.push([before, rest]);
  return pieces;
}

function lastMatchEnd(text: string, pattern: RegExp, from: number): number | undefined {
  const match = [...text.matchAll(pattern)].at(-1);
  return match && match.index >= from ? match.index + match[0].length : undefined;
}
function lastMatchStart(text: string, pattern: RegExp): number | undefined {
  const match = [...text.matchAll(pattern)].filter(({ index }) => index > 0).at(-1);
  return match?.index;
}
/** At most `max` code units that do not end inside a surrogate pair or before a combining mark. */
function wholeCharacters(text: string, max: number): number {
  let cut = max;
  while (cut > 1 && (/[\uDC00-\uDFFF]/.test(text[cut]!) || /^\p{M}/u.test(text.slice(cut, cut + 2)))) cut--;
  return cut;
}
