import type { ShingleSets } from './ShingleSets.ts';

/** Documents `a` < `b`, counted from 0. */
export interface SimilarPair {
  readonly a: number;
  readonly b: number;
  readonly similarity: number;
}

/**
 * Every pair of sets with a Jaccard similarity of at least the threshold, and no other: a prefix-filtered join (Chaudhuri,
 * Ganti and Kaushik 2006; Bayardo, Ma and Srikant 2007, "All-Pairs"). With each set's members in one order, rarest first,
 * two sets can only be so similar if they share one of the first |A| − ⌈t·|A|⌉ + 1 members of each. Empty sets pair with nothing.
 */
export function* exactJoin(sets: ShingleSets, threshold: number): Generator<SimilarPair, void, void> {
  const { prefixes, members, ends, sizes } = ordered(sets, threshold);
  const membersOf = (document: number): Uint32Array => members.subarray(document === 0 ? 0 : ends[document - 1], ends[document]);
  const index = new PrefixIndex(prefixes, members, ends);
  const met = new Int32Array(sets.count).fill(-1);
  const bySize = Uint32Array.from({ length: sets.count }, (_, at) => at).sort((a, b) => sizes[a]! - sizes[b]! || a - b);
  for (const document of bySize) {
    const size = sizes[document]!;
    const own = membersOf(document);
    for (let at = 0; at < prefixes[document]!; at += 1) {
      const member = own[at]!;
      index.dropSmaller(member, (other) => sizes[other]! / size < threshold);
      for (let entry = index.first(member); entry < index.end(member); entry += 1) {
        const other = index.document(entry);
        if (met[other] === document) continue;
        met[other] = document;
        const similarity = jaccard(own, size, membersOf(other), sizes[other]!, threshold);
        if (similarity >= threshold) yield { a: Math.min(document, other), b: Math.max(document, other), similarity };
      }
    }
    for (let at = 0; at < prefixes[document]!; at += 1) index.add(own[at]!, document);
  }
}

/**
 * The sets without the members that stand in no other set, by rank: rarest first. `sizes` counts those left out too;
 * they come first in the order, so that `prefixes`, how many of the members left lie in a set's prefix, is what they leave of it.
 */
function ordered(
  sets: ShingleSets,
  threshold: number,
): { prefixes: Uint32Array; members: Uint32Array; ends: Float64Array; sizes: Uint32Array } {
  const rank = rankByFrequency(sets.documentFrequency);
  const sizes = Uint32Array.from({ length: sets.count }, (_, document) => sets.set(document).length);
  const prefixes = new Uint32Array(sets.count);
  const ends = new Float64Array(sets.count);
  const members = new Uint32Array(sizes.reduce((sum, size) => sum + size, 0));
  let end = 0;
  for (let document = 0; document < sets.count; document += 1) {
    const start = end;
    for (const shingle of sets.set(document)) if (rank[shingle] !== ALONE) members[end++] = rank[shingle]!;
    members.subarray(start, end).sort();
    ends[document] = end;
    // A rounding error may only lengthen a prefix.
    const prefix = sizes[document]! - Math.ceil(threshold * sizes[document]! - 1e-9) + 1;
    const alone = sizes[document]! - (end - start);
    prefixes[document] = Math.min(end - start, Math.max(0, prefix - alone));
  }
  return { prefixes, members, ends, sizes };
}

const ALONE = 0xffffffff;

/** By n-gram: its place among all, those of fewest documents first; ALONE where it is only one. */
function rankByFrequency(frequency: Uint32Array): Uint32Array {
  const largest = frequency.reduce((most, count) => Math.max(most, count), 0);
  const next = new Float64Array(largest + 2);
  for (const count of frequency) if (count > 1) next[count + 1]! += 1;
  for (let count = 1; count < next.length; count += 1) next[count]! += next[count - 1]!;
  return Uint32Array.from(frequency, (count) => (count > 1 ? next[count]!++ : ALONE));
}

/** For each member, the documents that have it in their prefix, in the order in which they were added. */
class PrefixIndex {
  readonly #first: Uint32Array;
  readonly #end: Uint32Array;
  readonly #documents: Uint32Array;

  constructor(prefixes: Uint32Array, members: Uint32Array, ends: Float64Array) {
    const prefixOf = (document: number): Uint32Array => {
      const start = document === 0 ? 0 : ends[document - 1]!;
      return members.subarray(start, start + prefixes[document]!);
    };
    let largest = 0;
    let total = 0;
    for (let document = 0; document < prefixes.length; document += 1) {
      const prefix = prefixOf(document);
      total += prefix.length;
      if (prefix.length > 0) largest = Math.max(largest, prefix.at(-1)!);
    }
    const starts = new Uint32Array(largest + 2);
    for (let document = 0; document < prefixes.length; document += 1) for (const member of prefixOf(document)) starts[member + 1]! += 1;
    for (let member = 1; member < starts.length; member += 1) starts[member]! += starts[member - 1]!;
    this.#first = starts;
    this.#end = starts.slice();
    this.#documents = new Uint32Array(total);
  }

  add(member: number, document: number): void {
    this.#documents[this.#end[member]!++] = document;
  }

  first(member: number): number {
    return this.#first[member]!;
  }

  end(member: number): number {
    return this.#end[member]!;
  }

  document(entry: number): number {
    return this.#documents[entry]!;
  }

  /** Added by ascending size, documents too small for the present one are too small for all that come. */
  dropSmaller(member: number, isTooSmall: (document: number) => boolean): void {
    while (this.first(member) < this.end(member) && isTooSmall(this.document(this.first(member)))) this.#first[member]! += 1;
  }
}

/** Of two ascending lists of shared members, of sets of the sizes given; 0 as soon as the threshold is out of reach. */
function jaccard(a: Uint32Array, sizeA: number, b: Uint32Array, sizeB: number, threshold: number): number {
  const needed = (threshold / (1 + threshold)) * (sizeA + sizeB) - 1e-9;
  let shared = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (shared + Math.min(a.length - i, b.length - j) < needed) return 0;
    if (a[i] === b[j]) {
      shared += 1;
      i += 1;
      j += 1;
    } else if (a[i]! < b[j]!) i += 1;
    else j += 1;
  }
  return shared / (sizeA + sizeB - shared);
}
