import { anchorTexts } from './anchorTexts.ts';

export interface EditDistance {
  /** Insertions, deletions and substitutions of UTF-16 units that turn one text into the other. */
  readonly distance: number;
  /** false: too long to align in full; there may be a way with fewer. */
  readonly isExact: boolean;
}

/** Steps of 32 cells each, some 20 ns, that may go by without a pause, and that one exact alignment may take. */
const QUICK_STEPS = 500_000;
const MOST_STEPS = 50_000_000;

/**
 * Levenshtein distance (Levenshtein 1966) by the bit-parallel algorithm of Myers (1999) as Hyyrö (2003) simplifies it. Texts
 * too long and too different for that are first cut where both have the same words, which have them nowhere else, in the
 * same order; where even that leaves too much, all of it counts as replaced. `pause` is awaited between parts of long work.
 */
export async function editDistance(before: string, after: string, pause: () => Promise<void>): Promise<EditDistance> {
  const [a, b] = withoutCommonEnds(before, after);
  if (stepsOf(a, b) <= MOST_STEPS) return { distance: await aligned(a, b, pause), isExact: true };
  let distance = 0;
  for await (const part of anchorTexts(a, b, pause)) {
    const [left, right] = withoutCommonEnds(...part);
    distance += stepsOf(left, right) <= MOST_STEPS ? await aligned(left, right, pause) : Math.max(left.length, right.length);
  }
  // Cutting at anchors can itself miss the best alignment.
  return { distance, isExact: false };
}

/** The exact distance where it takes little work, else undefined. */
export function quickEditDistance(before: string, after: string): number | undefined {
  if (before === after) return 0;
  const [a, b] = withoutCommonEnds(before, after);
  if (stepsOf(a, b) > QUICK_STEPS) return undefined;
  const steps = alignment(a, b);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

const stepsOf = (a: string, b: string): number => Math.ceil(Math.min(a.length, b.length) / 32) * Math.max(a.length, b.length);

/** What is left when the beginnings and ends that two texts share are taken off: edits lie in between. */
function withoutCommonEnds(a: string, b: string): [string, string] {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a.charCodeAt(start) === b.charCodeAt(start)) start += 1;
  let end = 0;
  while (end < shorter - start && a.charCodeAt(a.length - 1 - end) === b.charCodeAt(b.length - 1 - end)) end += 1;
  return [a.slice(start, a.length - end), b.slice(start, b.length - end)];
}

async function aligned(a: string, b: string, pause: () => Promise<void>): Promise<number> {
  const steps = alignment(a, b);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await pause();
  }
}

/** Gives way every `QUICK_STEPS` or so; returns the distance. */
function* alignment(a: string, b: string): Generator<undefined, number> {
  const [pattern, text] = a.length <= b.length ? [a, b] : [b, a];
  if (pattern.length === 0) return text.length;
  return pattern.length <= 32 && text.length <= QUICK_STEPS ? shortDistance(pattern, text) : yield* blockDistance(pattern, text);
}

/** By UTF-16 unit, the places of the pattern that have it, as bits. Empty whenever other work may come between. */
const sharedPlaces = new Int32Array(0x10000);

/** The pattern fits one machine word. */
function shortDistance(pattern: string, text: string): number {
  const places = sharedPlaces;
  const last = 1 << (pattern.length - 1);
  for (let at = 0; at < pattern.length; at++) places[pattern.charCodeAt(at)]! |= 1 << at;
  let plus = -1;
  let minus = 0;
  let distance = pattern.length;
  for (let at = 0; at < text.length; at++) {
    const equal = places[text.charCodeAt(at)]!;
    const vertical = equal | minus;
    const horizontal = (((equal & plus) + plus) ^ plus) | equal;
    let up = minus | ~(horizontal | plus);
    let down = plus & horizontal;
    if (up & last) distance += 1;
    if (down & last) distance -= 1;
    up = (up << 1) | 1;
    down <<= 1;
    plus = down | ~(vertical | up);
    minus = up & vertical;
  }
  for (let at = 0; at < pattern.length; at++) places[pattern.charCodeAt(at)] = 0;
  return distance;
}

/** Blocks of 32 rows from top to bottom; the differences at a block's lower edge, one bit a column, go into the next. */
function* blockDistance(pattern: string, text: string): Generator<undefined, number> {
  const places = text.length > QUICK_STEPS ? new Int32Array(0x10000) : sharedPlaces;
  const columns = Math.ceil(text.length / 32);
  const plusEdge = new Int32Array(columns).fill(-1);
  const minusEdge = new Int32Array(columns);
  let distance = pattern.length;
  let steps = 0;
  for (let top = 0; top < pattern.length; top += 32) {
    const rows = Math.min(32, pattern.length - top);
    const isLast = top + 32 >= pattern.length;
    const last = 1 << (rows - 1);
    for (let row = 0; row < rows; row++) places[pattern.charCodeAt(top + row)]! |= 1 << row;
    let plus = -1;
    let minus = 0;
    for (let from = 0; from < text.length; from += QUICK_STEPS) {
      if (from > 0) yield;
      const to = Math.min(from + QUICK_STEPS, text.length);
      for (let at = from; at < to; at++) {
        const word = at >>> 5;
        const bit = at & 31;
        const plusIn = (plusEdge[word]! >>> bit) & 1;
        const minusIn = (minusEdge[word]! >>> bit) & 1;
        const equal = places[text.charCodeAt(at)]!;
        const vertical = equal | minus;
        const carried = equal | minusIn;
        const horizontal = (((carried & plus) + plus) ^ plus) | carried;
        let up = minus | ~(horizontal | plus);
        let down = plus & horizontal;
        const plusOut = up & last ? 1 : 0;
        const minusOut = down & last ? 1 : 0;
        if (isLast) distance += plusOut - minusOut;
        if (plusOut !== plusIn) plusEdge[word]! ^= 1 << bit;
        if (minusOut !== minusIn) minusEdge[word]! ^= 1 << bit;
        up = (up << 1) | plusIn;
        down = (down << 1) | minusIn;
        plus = down | ~(vertical | up);
        minus = up & vertical;
      }
    }
    for (let row = 0; row < rows; row++) places[pattern.charCodeAt(top + row)] = 0;
    steps += text.length;
    if (steps < QUICK_STEPS) continue;
    steps = 0;
    yield;
  }
  return distance;
}
