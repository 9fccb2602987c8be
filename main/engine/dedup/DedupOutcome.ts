import { readCompared } from './comparedFile.ts';
import type { DedupOptions, DedupResult, Duplicate, DuplicateRule, RepeatedPiece } from './DedupOptions.ts';
import { mostCommonPieces, repeatedPieces } from './findPieces.ts';
import { SAME_RULES, type SharedDocuments } from './SharedDocuments.ts';

/** Files of the work folder, and what was counted. */
export interface DedupFindings {
  readonly crowdedBuckets: number;
  readonly compared: readonly string[];
  readonly repeated: readonly string[];
}

/** What the threads found, for the caller: numbers become positions. */
export class DedupOutcome implements DedupResult {
  readonly documents: number;
  readonly againstDocuments: number;
  readonly textBytes: number;
  readonly keptTextBytes: number;
  readonly empty: number;
  readonly wordless: number;
  readonly removed: Readonly<Record<DuplicateRule, number>>;
  readonly verified: number;
  readonly crowdedBuckets: number;
  readonly #shared: SharedDocuments;
  readonly #compared: readonly string[];
  readonly #repeated: readonly string[];
  readonly #hasPairs: boolean;
  readonly commonPieces: DedupResult['commonPieces'];

  constructor(options: DedupOptions, shared: SharedDocuments, found: DedupFindings) {
    this.#shared = shared;
    this.#compared = found.compared;
    this.#repeated = found.repeated;
    this.#hasPairs = options.allPairs ?? false;
    this.againstDocuments = shared.againstCount;
    this.documents = shared.count - shared.againstCount;
    this.crowdedBuckets = found.crowdedBuckets;
    this.verified = found.compared.reduce((sum, file) => sum + readCompared(file).verified, 0);
    const removed = { exact: 0, normalised: 0, near: 0 };
    let [textBytes, keptTextBytes, empty, wordless] = [0, 0, 0, 0];
    for (let number = shared.againstCount; number < shared.count; number += 1) {
      const bytes = shared.textBytes[number]!;
      const rule = this.#rule(number);
      textBytes += bytes;
      if (rule) removed[rule] += 1;
      else keptTextBytes += bytes;
      empty += Number(shared.sameRule[number] === SAME_RULES.empty);
      wordless += Number(shared.sameRule[number]! >= SAME_RULES.wordless);
    }
    this.commonPieces = mostCommonPieces(found.repeated).map(({ document, piece, documents }) => ({
      position: document - shared.againstCount,
      piece,
      documents,
    }));
    this.removed = removed;
    this.textBytes = textBytes;
    this.keptTextBytes = keptTextBytes;
    this.empty = empty;
    this.wordless = wordless;
  }

  isKept(position: number): boolean {
    return this.#rule(position + this.againstDocuments) === undefined;
  }

  *duplicates(): Generator<Duplicate> {
    const { againstCount, count } = this.#shared;
    for (let number = againstCount; number < count; number += 1) {
      const rule = this.#rule(number);
      if (!rule) continue;
      const { number: other, similarity } = this.#standsFor(number);
      const isAgainst = other < againstCount;
      yield {
        position: number - againstCount,
        duplicateOf: isAgainst ? other : other - againstCount,
        isAgainst,
        similarity,
        rule,
      };
    }
  }

  *pairs(): Generator<{ a: number; b: number; similarity: number }> {
    if (!this.#hasPairs) throw new RangeError('pairs are listed only with `allPairs`');
    const { againstCount, count, sameAs } = this.#shared;
    const copies = new Map<number, number[]>();
    for (let number = 0; number < count; number += 1) {
      const first = sameAs[number]!;
      if (first === number) continue;
      const known = copies.get(first);
      if (known) known.push(number);
      else copies.set(first, [first, number]);
    }
    const positions = (number: number): number[] => (copies.get(number) ?? [number]).filter((one) => one >= againstCount);
    const pair = (x: number, y: number, similarity: number) => ({
      a: Math.min(x, y) - againstCount,
      b: Math.max(x, y) - againstCount,
      similarity,
    });
    for (const first of copies.keys()) {
      const group = positions(first);
      for (let x = 0; x < group.length; x += 1) for (let y = x + 1; y < group.length; y += 1) yield pair(group[x]!, group[y]!, 1);
    }
    for (const file of this.#compared) {
      const { pairs } = readCompared(file);
      for (let at = 0; at < pairs.length; at += 1) {
        const others = positions(this.#number(pairs.ranks[2 * at + 1]!));
        for (const x of positions(this.#number(pairs.ranks[2 * at]!))) for (const y of others) yield pair(x, y, pairs.similarities[at]!);
      }
    }
  }

  *repeatedPieces(): Generator<RepeatedPiece> {
    for (const { document, piece } of repeatedPieces(this.#repeated)) yield { position: document - this.againstDocuments, piece };
  }

  #rule(number: number): DuplicateRule | undefined {
    const { sameRule, wentFor } = this.#shared;
    if (sameRule[number] === SAME_RULES.exact || sameRule[number] === SAME_RULES.wordlessCopy) return 'exact';
    if (sameRule[number] === SAME_RULES.normalised) return 'normalised';
    return wentFor[this.#rank(number)] === 0 ? undefined : 'near';
  }

  /** The document that stays for one that goes. */
  #standsFor(number: number): { number: number; similarity: number } {
    const { sameAs, wentFor, similarity } = this.#shared;
    const rank = this.#rank(sameAs[number]!);
    if (wentFor[rank] === 0) return { number: sameAs[number]!, similarity: 1 };
    return { number: this.#number(wentFor[rank]! - 1), similarity: similarity[rank]! };
  }

  #rank(number: number): number {
    return this.#shared.rankOf ? this.#shared.rankOf[number]! : number;
  }
  #number(rank: number): number {
    return this.#shared.numberOf ? this.#shared.numberOf[rank]! : rank;
  }
}
