import { finishHash, hashNumber, hashText, type HashHalves } from './hashText.ts';

/**
 * The set of a text's word n-grams, each as a 53-bit hash, ascending. Words are what spaces divide; a text of fewer than
 * `size` words is one shingle by itself. Broder, "On the resemblance and containment of documents", 1997.
 */
export function wordShingles(text: string, size: number): Float64Array {
  const words = wordHashes(text);
  const count = words.length / 2;
  if (count === 0) return new Float64Array(0);
  const width = Math.min(size, count);
  const shingles = new Float64Array(count - width + 1);
  for (let first = 0; first < shingles.length; first += 1) {
    let high = width;
    let low = 0;
    for (let at = first; at < first + width; at += 1) {
      // Multiplying before each word makes their order count.
      high = finishHash(Math.imul(high, 31) ^ words[2 * at]!);
      low = finishHash(Math.imul(low, 37) ^ words[2 * at + 1]!);
    }
    shingles[first] = hashNumber({ high, low });
  }
  return withoutRepeats(shingles.sort());
}

/** Two halves a word. */
function wordHashes(text: string): Uint32Array {
  const halves: number[] = [];
  const hash: HashHalves = { high: 0, low: 0 };
  let start = 0;
  while (start < text.length) {
    let end = text.indexOf(' ', start);
    if (end < 0) end = text.length;
    if (end > start) {
      hashText(text, 0, hash, start, end);
      halves.push(hash.high, hash.low);
    }
    start = end + 1;
  }
  return Uint32Array.from(halves);
}

function withoutRepeats(ascending: Float64Array): Float64Array {
  let kept = 0;
  for (let at = 0; at < ascending.length; at += 1) {
    if (at === 0 || ascending[at] !== ascending[at - 1]) ascending[kept++] = ascending[at]!;
  }
  return ascending.slice(0, kept);
}

/** |A ∩ B| / |A ∪ B| of two ascending sets; 0 when both are empty. */
export function jaccard(a: Float64Array, b: Float64Array): number {
  let shared = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) {
      shared += 1;
      i += 1;
      j += 1;
    } else if (a[i]! < b[j]!) i += 1;
    else j += 1;
  }
  const union = a.length + b.length - shared;
  return union === 0 ? 0 : shared / union;
}
