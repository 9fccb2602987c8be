const ANCHOR_WORDS = 4;
const WORDS_BETWEEN_PAUSES = 20_000;

interface Words {
  readonly starts: readonly number[];
  readonly hashes: readonly number[];
}

/**
 * Cuts two texts into parts that belong together: each cut is before four words that both have once, taken in their longest
 * common order (patience diff, Cohen 2008). Joined again, the parts are the texts.
 */
export async function* anchorTexts(a: string, b: string, pause: () => Promise<void>): AsyncGenerator<[string, string]> {
  const left = await wordsOf(a, pause);
  const right = await wordsOf(b, pause);
  const inLeft = await placesOfUnique(left, pause);
  const inRight = await placesOfUnique(right, pause);
  const pairs: [number, number][] = [];
  let looked = 0;
  for (const [hash, place] of inLeft) {
    const other = inRight.get(hash);
    if (place >= 0 && other !== undefined && other >= 0) pairs.push([place, other]);
    if (++looked % WORDS_BETWEEN_PAUSES === 0) await pause();
  }
  let [doneA, doneB] = [0, 0];
  for (const [place, other] of await longestRising(pairs, pause)) {
    const [startA, startB] = [left.starts[place]!, right.starts[other]!];
    if (startA < doneA || startB < doneB) continue;
    yield [a.slice(doneA, startA), b.slice(doneB, startB)];
    [doneA, doneB] = [startA, startB];
  }
  yield [a.slice(doneA), b.slice(doneB)];
}

async function wordsOf(text: string, pause: () => Promise<void>): Promise<Words> {
  const starts: number[] = [];
  const hashes: number[] = [];
  let start = -1;
  let hash = 0;
  for (let at = 0; at <= text.length; at++) {
    const unit = at < text.length ? text.charCodeAt(at) : 32;
    const isSpace = unit === 32 || (unit >= 9 && unit <= 13) || unit === 0xa0;
    if (!isSpace) {
      if (start < 0) [start, hash] = [at, 0x811c9dc5];
      hash = Math.imul(hash ^ unit, 0x01000193);
    } else if (start >= 0) {
      starts.push(start);
      hashes.push(hash >>> 0);
      start = -1;
      if (starts.length % WORDS_BETWEEN_PAUSES === 0) await pause();
    }
  }
  return { starts, hashes };
}

/** By the hash of four words, where they stand; -1 where they stand more than once. */
async function placesOfUnique({ hashes }: Words, pause: () => Promise<void>): Promise<Map<number, number>> {
  const found = new Map<number, number>();
  for (let at = 0; at + ANCHOR_WORDS <= hashes.length; at++) {
    let high = 0;
    let low = 0;
    for (let word = at; word < at + ANCHOR_WORDS; word++) {
      high = Math.imul(high ^ hashes[word]!, 0x9e3779b1) ^ (high >>> 15);
      low = Math.imul(low + hashes[word]!, 0x85ebca6b) ^ (low >>> 13);
    }
    const hash = (high >>> 11) * 2 ** 32 + (low >>> 0);
    found.set(hash, found.has(hash) ? -1 : at);
    if (at % WORDS_BETWEEN_PAUSES === 0) await pause();
  }
  return found;
}

/** The longest part of `pairs`, ascending by their first numbers, whose second numbers rise too (Fredman 1975). */
async function longestRising(pairs: readonly [number, number][], pause: () => Promise<void>): Promise<[number, number][]> {
  /** By length less one: the pair with the least second number that ends a rising part of that length. */
  const ends: number[] = [];
  const before = new Int32Array(pairs.length);
  for (let at = 0; at < pairs.length; at++) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (pairs[ends[middle]!]![1] < pairs[at]![1]) low = middle + 1;
      else high = middle;
    }
    before[at] = low > 0 ? ends[low - 1]! : -1;
    ends[low] = at;
    if (at % WORDS_BETWEEN_PAUSES === 0) await pause();
  }
  const rising: [number, number][] = [];
  for (let at = ends.at(-1) ?? -1; at >= 0; at = before[at]!) rising.push(pairs[at]!);
  return rising.reverse();
}
