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
  try {
    for (const { later, earlier } of neighbours(file, options.memory)) {
      let best = -1;
      let bestSimilarity = 0;
      const tried = new Set<number>();
      const compare = (candidate: number, decides: boolean): void => {
        if (tried.has(candidate)) return;
        tried.add(candidate);
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
      for (const candidate of earlier) {
        const standsFor = wentFor[candidate]! - 1;
        if (standsFor < 0) compare(candidate, true);
        else if (allPairs) compare(candidate, false);
      }
      for (const candidate of earlier) {
        const standsFor = wentFor[candidate]! - 1;
        if (standsFor >= 0 && standsFor < later) compare(standsFor, true);
      }
      if (best < 0) continue;
      wentFor[later] = best + 1;
      similarity[later] = bestSimilarity;
      removed.add(best, later, bestSimilarity);
    }
  } finally {
    sets.close();
  }
  return { verified, removed, pairs };
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

/** The candidates of each document among those preferred to it, in order of preference of the later one, then of the earlier. */
function* neighbours(file: string, memory: number): Generator<{ later: number; earlier: Uint32Array }> {
  const total = fs.statSync(file).size / 8;
  const most = Math.max(1024, Math.floor(memory / 16));
  const descriptor = fs.openSync(file, 'r');
  try {
    for (const [from, to] of rankRanges(descriptor, total, most)) {
      const keys = readKeys(descriptor, total, from, to).sort();
      const ranks = new Uint32Array(keys.buffer, keys.byteOffset, 2 * keys.length);
      let earlier = new Uint32Array(64);
      for (let at = 0; at < keys.length;) {
        const later = ranks[2 * at + 1]!;
        let count = 0;
        for (; at < keys.length && ranks[2 * at + 1] === later; at += 1) {
          const rank = ranks[2 * at]!;
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
  } finally {
    fs.closeSync(descriptor);
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

/** The sets of documents lately compared, in the kernel's memory; texts are read again from their files. */
class ShingleSets {
  readonly #kernel: DedupKernel;
  readonly #documents: SharedDocuments;
  readonly #capacity: number;
  readonly #known = new Map<number, { at: number; count: number }>();
  #used = 0;
  #held = -1;
  readonly #descriptors = new Map<string, number>();

  constructor(kernel: DedupKernel, documents: SharedDocuments, memory: number) {
    this.#kernel = kernel;
    this.#documents = documents;
    this.#capacity = Math.floor(memory / 8);
  }

  /** The Jaccard similarity of two documents by rank, |A ∩ B| / |A ∪ B|; undefined where their sizes alone put it below the threshold. */
  similarityAtLeast(a: number, b: number, threshold: number): number | undefined {
    if (this.#used > this.#capacity) this.#forget();
    const [x, y] = [this.#set(a), this.#set(b)];
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

  #set(rank: number): { at: number; count: number } {
    const known = this.#known.get(rank);
    if (known) return known;
    const { numberOf, place, lineBytes } = this.#documents;
    const number = numberOf ? numberOf[rank]! : rank;
    const length = lineBytes[number]!;
    const start = this.#kernel.reserveInput(length);
    const descriptor = this.#descriptor(blockOf(this.#documents, number).block.file);
    const read = fs.readSync(descriptor, this.#kernel.bytes, start, length, place[number]!);
    if (read !== length) throw new SourceChanged(blockOf(this.#documents, number).block.file);
    this.#kernel.bytes[start + length] = 0x0a;
    const count = this.#kernel.call.storeSet(this.#kernel.shinglesOfLine(length), this.#used);
    // `storeSet` uses the table of the held set.
    this.#held = -1;
    const set = { at: this.#used, count };
    this.#used += count;
    this.#known.set(rank, set);
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
