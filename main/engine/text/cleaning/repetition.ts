/** How much of a document says again what it said before, as shares of 0 to 1. */
export interface RepeatedPieces {
  /** Of the pieces: those that stood there before. */
  readonly pieces: number;
  /** Of the pieces' characters. */
  readonly characters: number;
}

/** Of lines or paragraphs; empty ones do not count, and white space around them is not compared. */
export function repeatedPieces(pieces: readonly string[]): RepeatedPieces {
  const seen = new Set<string>();
  let count = 0;
  let repeated = 0;
  let characters = 0;
  let repeatedCharacters = 0;
  for (const piece of pieces) {
    const trimmed = piece.trim();
    if (trimmed === '') continue;
    count += 1;
    characters += trimmed.length;
    if (seen.has(trimmed)) {
      repeated += 1;
      repeatedCharacters += trimmed.length;
    } else seen.add(trimmed);
  }
  return count === 0 ? { pieces: 0, characters: 0 } : { pieces: repeated / count, characters: repeatedCharacters / characters };
}

export interface NgramShares {
  /** By n: share of the characters within the n-gram that comes most often; 0 when none comes twice. */
  readonly top: ReadonlyMap<number, number>;
  /** By n: share of the characters within n-grams that stood there before. */
  readonly repeated: ReadonlyMap<number, number>;
}

/**
 * Shares of a document's characters (white space left out) that repeated word n-grams cover, of the sizes asked for. A
 * character that several overlapping n-grams cover counts once (Rae et al. 2021, appendix A1.1). The first time that an
 * n-gram comes is not repetition, but counts for the one that comes most often.
 */
export function ngramShares(tokens: readonly string[], topSizes: readonly number[], repeatedSizes: readonly number[]): NgramShares {
  const top = new Map<number, number>();
  const repeated = new Map<number, number>();
  const lengths = Uint32Array.from(tokens, ({ length }) => length);
  const characters = lengths.reduce((sum, length) => sum + length, 0);
  const words = numbered(tokens);
  let level: Level = { ids: words.ids, counts: words.counts };
  for (let size = 1; size <= Math.max(1, ...topSizes, ...repeatedSizes); size++) {
    if (size > 1) level = longer(level, words, size);
    if (topSizes.includes(size)) top.set(size, characters && mostFrequentCharacters(level, size, lengths) / characters);
    if (repeatedSizes.includes(size)) repeated.set(size, characters && repeatedCharacters(level, size, lengths) / characters);
  }
  return { top, repeated };
}

/** For each place the number of the n-gram that starts there, -1 where it comes once only; and how often each number comes. */
interface Level {
  readonly ids: Int32Array;
  readonly counts: readonly number[];
}

function numbered(tokens: readonly string[]): Level {
  const numbers = new Map<string, number>();
  const counts: number[] = [];
  const ids = Int32Array.from(tokens, (token) => {
    let id = numbers.get(token);
    if (id === undefined) numbers.set(token, (id = counts.push(0) - 1));
    counts[id]! += 1;
    return id;
  });
  return { ids, counts };
}

/** An n-gram comes twice only where its first n - 1 words and its last word do: few places are left to look at. */
function longer(shorter: Level, words: Level, size: number): Level {
  const numbers = new Map<number, number>();
  const counts: number[] = [];
  const ids = new Int32Array(Math.max(0, words.ids.length - size + 1));
  for (let at = 0; at < ids.length; at++) {
    const first = shorter.ids[at]!;
    const last = words.ids[at + size - 1]!;
    ids[at] = -1;
    if (first < 0 || shorter.counts[first]! < 2 || words.counts[last]! < 2) continue;
    const key = first * words.counts.length + last;
    let id = numbers.get(key);
    if (id === undefined) numbers.set(key, (id = counts.push(0) - 1));
    counts[id]! += 1;
    ids[at] = id;
  }
  return { ids, counts };
}

/** Of n-grams that come equally often, the first. */
function mostFrequentCharacters({ ids, counts }: Level, size: number, lengths: Uint32Array): number {
  let most = -1;
  counts.forEach((count, id) => {
    if (count > 1 && (most < 0 || count > counts[most]!)) most = id;
  });
  return most < 0 ? 0 : coveredCharacters(ids, size, lengths, (id) => id === most);
}

function repeatedCharacters({ ids, counts }: Level, size: number, lengths: Uint32Array): number {
  const seen = new Uint8Array(counts.length);
  return coveredCharacters(ids, size, lengths, (id) => seen[id]! > 0 || ((seen[id] = 1), false));
}

function coveredCharacters(ids: Int32Array, size: number, lengths: Uint32Array, isCounted: (id: number) => boolean): number {
  let characters = 0;
  let coveredUntil = 0;
  for (let at = 0; at < ids.length; at++) {
    if (ids[at]! < 0 || !isCounted(ids[at]!)) continue;
    for (let word = Math.max(at, coveredUntil); word < at + size; word++) characters += lengths[word]!;
    coveredUntil = at + size;
  }
  return characters;
}
