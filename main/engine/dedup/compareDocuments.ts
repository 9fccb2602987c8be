import fs from 'node:fs';
import type { DedupKernel } from './DedupKernel.ts';
import { blockOf, type SharedDocuments } from './SharedDocuments.ts';
import { SourceChanged } from './SourceChanged.ts';

export interface CompareOptions {
  readonly threshold: number;
  /** Verify pairs also where they decide nothing. */
  readonly allPairs: boolean;
  /** Bytes for shingle sets, and for the pairs that are sorted at once. */
  readonly memory: number;
}

/** Ranks and similarities, `[a, b, a, b, …]` and one number a pair. */
export interface Compared {
  readonly verified: number;
  /** Each removed document `b` with the one that stays for it, `a`. */
  readonly removed: PairList;
  /** With `allPairs`: those at or above the threshold. */
  readonly pairs: PairList;
}

/**
 * Verifies a group of candidate pairs on the whole texts and decides which documents go: in order of preference, each that
 * is like one that stays goes for the most similar of those. A candidate that went points to the one that stays for it.
 * Complete chains of candidates must be in one group; the decisions are also written to `wentFor` and `similarity`.
 */
export function compareDocuments(kernel: DedupKernel, documents: SharedDocuments, file: string, options: CompareOptions): Compared {
  const { threshold, allPairs } = options;
  const { wentFor, similarity } = documents;
  const sets = new ShingleSets(kernel, documents, options.memory);
  const removed = new PairList();
  const pairs = new PairList();
  let verified = 0;
  let best = -1;
  let bestSimilarity = 0;
  const compare = (candidate: number, later: number, decides: boolean): void => {
    const found = sets.similarityAtLeast(candidate, later, threshold);
    if (found === undefined) return;
    verified += 1;
    if (found < threshold) return;
    if (allPairs) pairs.add(candidate, later, found);
    if (decides && (best < 0 || found > bestSimilarity || (found === bestSimilarity && candidate < best))) {
      best = candidate;
      bestSimilarity = found;
    }
  };
  try {
    for (const keys of sortedPairs(file, options.memory)) {
      sets.preload(keys);
      for (const { later, earlier } of neighbours(keys)) {
        best = -1;
        const representatives: number[] = [];
        for (const candidate of earlier) {
          const standsFor = wentFor[candidate]! - 1;
          if (standsFor < 0 || allPairs) compare(candidate, later, standsFor < 0 && later >= documents.againstCount);
          if (standsFor >= 0 && !representatives.includes(standsFor) && !isAmong(earlier, standsFor)) representatives.push(standsFor);
        }
        for (const candidate of representatives) compare(candidate, later, true);
        if (best < 0) continue;
        wentFor[later] = best + 1;
        similarity[later] = bestSimilarity;
        removed.add(best, later, bestSimilarity);
      }
    }
  } finally {
    sets.close();
  }
  return { verified, removed, pairs };
}

function isAmong(ascending: Uint32Array, rank: number): boolean {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < rank) low = middle + 1;
    else high = middle;
  }
  return ascending[low] === rank;
}

/** A growing list of pairs of ranks with their similarity. */
export class PairList {
  ranks = new Uint32Array(1024);
  similarities = new Float64Array(512);
  length = 0;

  add(a: number, b: number, similarity: number): void {
    if (this.length === this.similarities.length) {
      const ranks = new Uint32Array(2 * this.ranks.length);
      ranks.set(this.ranks);
      this.ranks = ranks;
      const similarities = new Float64Array(2 * this.similarities.length);
      similarities.set(this.similarities);
      this.similarities = similarities;
    }
    this.ranks[2 * this.length] = a;
    this.ranks[2 * this.length + 1] = b;
    this.similarities[this.length] = similarity;
    this.length += 1;
  }
}

/** The pairs of a file in order of preference of the later document, then of the earlier: as many at a time as the memory holds. */
function* sortedPairs(file: string, memory: number): Generator<Uint32Array> {
  const total = fs.statSync(file).size / 8;
  const most = Math.max(1024, Math.floor(memory / 16));
  const descriptor = fs.openSync(file, 'r');
  try {
    for (const [from, to] of rankRanges(descriptor, total, most)) {
      const keys = readKeys(descriptor, total, from, to).sort();
      yield new Uint32Array(keys.buffer, keys.byteOffset, 2 * keys.length);
    }
  } finally {
    fs.closeSync(descriptor);
  }
}

/** The candidates of each document among those preferred to it. */
function* neighbours(pairs: Uint32Array): Generator<{ later: number; earlier: Uint32Array }> {
  let earlier = new Uint32Array(64);
  for (let at = 0; at < pairs.length;) {
    const later = pairs[at + 1]!;
    let count = 0;
    for (; at < pairs.length && pairs[at + 1] === later; at += 2) {
      const rank = pairs[at]!;
      if (count > 0 && earlier[count - 1] === rank) continue;
      if (count === earlier.length) {
        const grown = new Uint32Array(2 * count);
        grown.set(earlier);
        earlier = grown;
      }
      earlier[count++] = rank;
    }
    yield { later, earlier: earlier.subarray(0, count) };
  }
}

/** Ranges of the later rank with at most about `most` pairs each. */
function rankRanges(descriptor: number, total: number, most: number): [number, number][] {
  if (total <= most) return [[0, 2 ** 32]];
  const counts = new Float64Array(2 ** 16);
  forEachPair(descriptor, total, (_, later) => void (counts[later >>> 16]! += 1));
  const ranges: [number, number][] = [];
  let from = 0;
  let sum = 0;
  for (let bin = 0; bin < counts.length; bin += 1) {
    if (sum > 0 && sum + counts[bin]! > most) {
      ranges.push([from, bin * 2 ** 16]);
      from = bin * 2 ** 16;
      sum = 0;
    }
    sum += counts[bin]!;
  }
  ranges.push([from, 2 ** 32]);
  return ranges;
}

/** Pairs as one number each, the later document above the earlier one. */
function readKeys(descriptor: number, total: number, from: number, to: number): BigUint64Array {
  const isWhole = from === 0 && to === 2 ** 32;
  let count = isWhole ? total : 0;
  if (!isWhole) forEachPair(descriptor, total, (_, later) => void (count += Number(later >= from && later < to)));
  const halves = new Uint32Array(2 * count);
  let at = 0;
  forEachPair(descriptor, total, (earlier, later) => {
    if (later < from || later >= to) return;
    halves[at] = earlier;
    halves[at + 1] = later;
    at += 2;
  });
  return new BigUint64Array(halves.buffer);
}

function forEachPair(descriptor: number, total: number, visit: (earlier: number, later: number) => void): void {
  const buffer = new Uint32Array(2 ** 18);
  const bytes = new Uint8Array(buffer.buffer);
  for (let position = 0; position < 8 * total;) {
    const read = fs.readSync(descriptor, bytes, 0, bytes.length, position);
    const whole = read - (read % 8);
    if (whole === 0) throw new RangeError('a file of pairs is shorter than it was');
    for (let at = 0; at < whole / 4; at += 2) visit(buffer[at]!, buffer[at + 1]!);
    position += whole;
  }
}

/** Documents that stand this close in a file are read together, up to so many bytes. */
const GAP = 2 ** 14;
const WINDOW = 2 ** 18;
/** Bytes of a shingle's hash for each byte of text: words have about ten bytes with the space. */
const SET_BYTES_PER_TEXT_BYTE = 0.85;

/** Bytes of the sets of documents with so many bytes of text, about. */
export const estimatedSetBytes = (textBytes: number): number => textBytes * SET_BYTES_PER_TEXT_BYTE;

/** The sets of documents lately compared, in the kernel's memory; texts are read again from their files. */
class ShingleSets {
  readonly #kernel: DedupKernel;
  readonly #documents: SharedDocuments;
  readonly #capacity: number;
  readonly #known = new Map<number, { readonly at: number; readonly count: number }>();
  #used = 0;
  #held = -1;
  readonly #descriptors = new Map<string, number>();

  constructor(kernel: DedupKernel, documents: SharedDocuments, memory: number) {
    this.#kernel = kernel;
    this.#documents = documents;
    this.#capacity = Math.floor(memory / 8);
  }

  /** Reads the documents of these ranks in the order in which they stand in their files, if all of them fit. */
  preload(ranks: Uint32Array): void {
    this.#forget();
    const { numberOf, textBytes, place, lineBytes } = this.#documents;
    const numbers = distinct(numberOf ? ranks.map((rank) => numberOf[rank]!) : ranks);
    let bytes = 0;
    for (const number of numbers) bytes += textBytes[number]!;
    if (estimatedSetBytes(bytes) > 8 * this.#capacity) return;
    for (let at = 0; at < numbers.length;) {
      const first = numbers[at]!;
      const { firstDocument, documents, block } = blockOf(this.#documents, first);
      const start = place[first]!;
      let stop = start + lineBytes[first]!;
      let end = at + 1;
      for (; end < numbers.length && numbers[end]! < firstDocument + documents; end += 1) {
        const next = place[numbers[end]!]!;
        const nextStop = next + lineBytes[numbers[end]!]!;
        if (next - stop > GAP || nextStop - start > WINDOW) break;
        stop = nextStop;
      }
      this.#read(block.file, start, stop - start);
      for (; at < end; at += 1) this.#add(numbers[at]!, place[numbers[at]!]! - start);
    }
  }

  /** The Jaccard similarity of two documents by rank, |A ∩ B| / |A ∪ B|; undefined where their sizes alone put it below the threshold. */
  similarityAtLeast(a: number, b: number, threshold: number): number | undefined {
    if (this.#used > this.#capacity) this.#forget();
    const x = this.#set(a);
    const y = this.#set(b);
    // Divided, so that it is rounded as the similarity is.
    if (Math.min(x.count, y.count) / Math.max(x.count, y.count) < threshold) return undefined;
    if (this.#held !== b) this.#kernel.call.holdSet(y.at, y.count);
    this.#held = b;
    const shared = this.#kernel.call.shared(x.at, x.count);
    return shared / (x.count + y.count - shared);
  }

  close(): void {
    for (const descriptor of this.#descriptors.values()) fs.closeSync(descriptor);
  }

  #forget(): void {
    this.#known.clear();
    this.#used = 0;
    this.#held = -1;
  }

  #set(rank: number): { readonly at: number; readonly count: number } {
    const { numberOf, place, lineBytes } = this.#documents;
    const number = numberOf ? numberOf[rank]! : rank;
    const known = this.#known.get(number);
    if (known) return known;
    this.#read(blockOf(this.#documents, number).block.file, place[number]!, lineBytes[number]!);
    return this.#add(number, 0);
  }

  /** Puts a piece of a file at the start of the kernel's input. */
  #read(file: string, position: number, length: number): void {
    const start = this.#kernel.reserveInput(length);
    const read = fs.readSync(this.#descriptor(file), this.#kernel.bytes, start, length, position);
    if (read !== length) throw new SourceChanged(file);
    this.#kernel.bytes[start + length] = 0x0a;
  }

  #add(number: number, offset: number): { readonly at: number; readonly count: number } {
    const shingles = this.#kernel.shinglesOfLine(offset, this.#documents.lineBytes[number]!);
    const set = { at: this.#used, count: this.#kernel.call.storeSet(shingles, this.#used) };
    // `storeSet` uses the table of the held set.
    this.#held = -1;
    this.#used += set.count;
    this.#known.set(number, set);
    return set;
  }

  #descriptor(file: string): number {
    const open = this.#descriptors.get(file);
    if (open !== undefined) return open;
    const descriptor = fs.openSync(file, 'r');
    this.#descriptors.set(file, descriptor);
    return descriptor;
  }
}

function distinct(values: Uint32Array): Uint32Array {
  const ascending = values.slice().sort();
  let kept = 0;
  for (let at = 0; at < ascending.length; at += 1) {
    if (at === 0 || ascending[at] !== ascending[at - 1]) ascending[kept++] = ascending[at]!;
  }
  return ascending.subarray(0, kept);
}
