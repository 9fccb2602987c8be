import { ROW_BYTES, withBlock } from './blockFile.ts';
import { SLOTS } from './chooseBands.ts';
import type { DedupKernel } from './DedupKernel.ts';
import type { FinishedBlock, SharedDocuments } from './SharedDocuments.ts';
import { writeFile } from './writeFile.ts';

/** Estimates this many standard errors below the threshold are still verified, so that fewer than 1 pair of 10,000 at it is missed. */
const STANDARD_ERRORS = 4;

/**
 * Slots in which the signatures of two documents at the threshold agree at least. Of similarity J, a slot's bits agree with
 * probability p = (1 + J) / 2, so that the number of slots has a standard deviation of √(SLOTS · p (1 − p)).
 */
export function leastAgreement(threshold: number): number {
  const agrees = (1 + threshold) / 2;
  return Math.floor(SLOTS * agrees - STANDARD_ERRORS * Math.sqrt(SLOTS * agrees * (1 - agrees)));
}

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

/** The documents that share a band of one partition and whose signatures look alike. Of identical documents only the preferred one is looked at. */
export function findCandidates(
  kernel: DedupKernel,
  documents: SharedDocuments,
  partition: number,
  { threshold, allPairs }: FindOptions,
): Candidates {
  const { call } = kernel;
  const count = call.findPairs(loadRows(kernel, documents, partition), leastAgreement(threshold));
  const found = kernel.words(call.pairsStart(), 2 * count);
  const keys = new BigUint64Array(count);
  const halves = new Uint32Array(keys.buffer);
  let kept = 0;
  for (let at = 0; at < found.length; at += 2) {
    const later = found[at + 1]!;
    if (later < documents.againstCount && !allPairs) continue;
    halves[kept] = found[at]!;
    halves[kept + 1] = later;
    kept += 2;
  }
  // A pair that meets in several bands is named once.
  const ascending = keys.subarray(0, kept / 2).sort();
  let distinct = 0;
  for (let at = 0; at < ascending.length; at += 1) {
    if (at === 0 || ascending[at] !== ascending[at - 1]) ascending[distinct++] = ascending[at]!;
  }
  return { pairs: halves.subarray(0, 2 * distinct), crowdedBuckets: call.crowdedBuckets() };
}

const ROW_WORDS = ROW_BYTES / 4;
const DOCUMENT = 2;

/** Where the partitions of each block begin, read once: a small piece of every block is read for each partition. */
const boundsOf = new WeakMap<readonly FinishedBlock[], readonly Uint32Array[]>();

function rowBounds(blocks: readonly FinishedBlock[]): readonly Uint32Array[] {
  let bounds = boundsOf.get(blocks);
  if (!bounds) boundsOf.set(blocks, (bounds = blocks.map(({ finished }) => withBlock(finished, (reader) => reader.rowBounds()))));
  return bounds;
}

/** Puts a partition's rows into the kernel, with ranks for documents; returns how many. */
function loadRows(kernel: DedupKernel, { blocks, sameAs, rankOf }: SharedDocuments, partition: number): number {
  const parts = rowBounds(blocks).map((bounds) => ({ first: bounds[partition]!, count: bounds[partition + 1]! - bounds[partition]! }));
  const start = kernel.call.reserveRows(parts.reduce((sum, { count }) => sum + count, 0));
  let kept = 0;
  for (const [at, { first, count }] of parts.entries()) {
    if (count === 0) continue;
    const { finished, firstDocument } = blocks[at]!;
    // The ones kept so far stand before.
    const from = start + ROW_BYTES * kept;
    withBlock(finished, (reader) => reader.readRows(first, kernel.bytes.subarray(from, from + ROW_BYTES * count)));
    const words = kernel.words(from, ROW_WORDS * count);
    let out = 0;
    for (let row = 0; row < words.length; row += ROW_WORDS) {
      const document = words[row + DOCUMENT]! + firstDocument;
      if (sameAs[document] !== document) continue;
      if (out !== row) words.copyWithin(out, row, row + ROW_WORDS);
      words[out + DOCUMENT] = rankOf ? rankOf[document]! : document;
      out += ROW_WORDS;
    }
    kept += out / ROW_WORDS;
  }
  return kept;
}

/** `[crowded buckets, pairs as in Candidates …]`, u32. */
export const writeCandidates = (target: string, { pairs, crowdedBuckets }: Candidates): void =>
  writeFile(target, [Uint32Array.of(crowdedBuckets), pairs]);
