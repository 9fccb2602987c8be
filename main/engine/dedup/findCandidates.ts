import { BlockReader, SKETCH_BYTES } from './blockFile.ts';
import { SLOTS } from './chooseBands.ts';
import type { DedupKernel } from './DedupKernel.ts';
import { blockOf, type FinishedBlock, type SharedDocuments } from './SharedDocuments.ts';
import { writeFile } from './writeFile.ts';

/**
 * Estimates this far below the threshold are still verified: at most 3.4 standard errors, so that fewer than 4 pairs of
 * 10,000 at the threshold are missed (SLOTS = 128: √(0.5 · 0.5 / 128) = 0.044).
 */
const MARGIN = 0.15;

/** Slots in which two sketches of this similarity agree, on average; one in 256 agrees by chance. */
const expectedAgreement = (similarity: number): number => SLOTS * (similarity + (1 - similarity) / 256);

export interface FindOptions {
  readonly threshold: number;
  /** Also pairs within `against`: their copies in the corpora are pairs as well. */
  readonly allPairs: boolean;
}

/** Pairs of ranks, the preferred one first: `[a, b, a, b, …]`. */
export interface Candidates {
  readonly pairs: Uint32Array;
  readonly crowdedBuckets: number;
}

/** The documents that share a band of one partition and whose sketches look alike. Of identical documents only the preferred one is looked at. */
export function findCandidates(
  kernel: DedupKernel,
  documents: SharedDocuments,
  partition: number,
  { threshold, allPairs }: FindOptions,
): Candidates {
  const { call } = kernel;
  const memberCount = call.findBuckets(loadRows(kernel, documents, partition));
  if (memberCount === 0) return { pairs: new Uint32Array(0), crowdedBuckets: 0 };
  const members = kernel.words(call.membersStart(), memberCount);
  if (documents.rankOf) sortBuckets(members, kernel.words(call.bucketsStart(), call.bucketsFound() + 1));
  const ranks = distinct(members);
  for (let at = 0; at < memberCount; at += 1) members[at] = placeOf(ranks, members[at]!);
  loadSketches(kernel, documents, ranks);
  const least = Math.ceil(expectedAgreement(Math.max(0, threshold - MARGIN)));
  const count = call.findPairs(least);
  const found = kernel.words(call.pairsStart(), 2 * count);
  const pairs = new Uint32Array(2 * count);
  let kept = 0;
  for (let at = 0; at < found.length; at += 2) {
    const later = ranks[found[at + 1]!]!;
    if (later < documents.againstCount && !allPairs) continue;
    pairs[kept] = ranks[found[at]!]!;
    pairs[kept + 1] = later;
    kept += 2;
  }
  return { pairs: pairs.subarray(0, kept), crowdedBuckets: call.crowdedBuckets() };
}

/** Puts a partition's rows into the kernel, with ranks for documents; returns how many. */
function loadRows(kernel: DedupKernel, { blocks, sameAs, rankOf }: SharedDocuments, partition: number): number {
  let kept = 0;
  // One file at a time: there may be more blocks than files that may be open.
  for (const { finished, firstDocument } of blocks) {
    const reader = new BlockReader(finished);
    try {
      const { first, count } = reader.partition('rows', partition);
      // 12 bytes a row; the ones kept so far stand before.
      const from = kernel.call.reserveRows(kept + count) + 12 * kept;
      reader.readRows(first, kernel.bytes.subarray(from, from + 12 * count));
      const words = kernel.words(from, 3 * count);
      let out = 0;
      for (let row = 0; row < words.length; row += 3) {
        const document = words[row + 2]! + firstDocument;
        if (sameAs[document] !== document) continue;
        words[out] = words[row]!;
        words[out + 1] = words[row + 1]!;
        words[out + 2] = rankOf ? rankOf[document]! : document;
        out += 3;
      }
      kept += out / 3;
    } finally {
      reader.close();
    }
  }
  return kept;
}

function sortBuckets(members: Uint32Array, starts: Uint32Array): void {
  for (let bucket = 0; bucket + 1 < starts.length; bucket += 1) members.subarray(starts[bucket]!, starts[bucket + 1]!).sort();
}

function distinct(members: Uint32Array): Uint32Array {
  const ascending = members.slice().sort();
  let kept = 0;
  for (let at = 0; at < ascending.length; at += 1) {
    if (at === 0 || ascending[at] !== ascending[at - 1]) ascending[kept++] = ascending[at]!;
  }
  return ascending.subarray(0, kept);
}

function placeOf(ascending: Uint32Array, value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Sketches are read together where at least one in this many is wanted. */
const DENSE = 8;
const SKETCHES_AT_ONCE = 8192;

/** Puts the sketches of the documents of these ranks into the kernel, in their order. */
function loadSketches(kernel: DedupKernel, documents: SharedDocuments, ranks: Uint32Array): void {
  const start = kernel.call.reserveSketches(ranks.length);
  const { bytes } = kernel;
  const { numberOf } = documents;
  const wanted = numberOf ? byNumber(ranks, numberOf) : undefined;
  const numberAt = (at: number): number => (wanted ? wanted.numbers[at]! : ranks[at]!);
  const buffer = new Uint8Array(SKETCHES_AT_ONCE * SKETCH_BYTES);
  let reader: BlockReader | undefined;
  let block: FinishedBlock | undefined;
  try {
    for (let at = 0; at < ranks.length;) {
      const first = numberAt(at);
      if (!block || first >= block.firstDocument + block.documents) {
        reader?.close();
        block = blockOf(documents, first);
        reader = new BlockReader(block.finished);
      }
      const last = Math.min(block.firstDocument + block.documents, first + SKETCHES_AT_ONCE);
      let end = at + 1;
      while (end < ranks.length && numberAt(end) < last && numberAt(end) - first < DENSE * (end - at + 1)) end += 1;
      const span = numberAt(end - 1) - first + 1;
      reader!.readSketches(first - block.firstDocument, buffer.subarray(0, span * SKETCH_BYTES));
      for (; at < end; at += 1) {
        const from = (numberAt(at) - first) * SKETCH_BYTES;
        const to = start + (wanted ? wanted.places[at]! : at) * SKETCH_BYTES;
        bytes.set(buffer.subarray(from, from + SKETCH_BYTES), to);
      }
    }
  } finally {
    reader?.close();
  }
}

/** The documents' numbers in ascending order, and the place of each among the ranks. */
function byNumber(ranks: Uint32Array, numberOf: Uint32Array): { numbers: Uint32Array; places: Uint32Array } {
  const keys = new BigUint64Array(ranks.length);
  const halves = new Uint32Array(keys.buffer);
  for (let at = 0; at < ranks.length; at += 1) {
    halves[2 * at] = at;
    halves[2 * at + 1] = numberOf[ranks[at]!]!;
  }
  keys.sort();
  const numbers = new Uint32Array(ranks.length);
  const places = new Uint32Array(ranks.length);
  for (let at = 0; at < ranks.length; at += 1) {
    places[at] = halves[2 * at]!;
    numbers[at] = halves[2 * at + 1]!;
  }
  return { numbers, places };
}

/** `[crowded buckets, pairs as in Candidates …]`, u32. */
export const writeCandidates = (target: string, { pairs, crowdedBuckets }: Candidates): void =>
  writeFile(target, [Uint32Array.of(crowdedBuckets), pairs]);
