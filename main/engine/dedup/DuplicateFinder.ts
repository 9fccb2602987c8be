import { createHash } from 'node:crypto';
import { normaliseArabic, type NormalisationRules } from '../text/normaliseArabic.ts';
import { BandIndex } from './BandIndex.ts';
import { chooseBands } from './chooseBands.ts';
import { MinHash } from './MinHash.ts';
import { jaccard, wordShingles } from './wordShingles.ts';

export const DUPLICATE_RULES = ['exact', 'normalised', 'near'] as const;
export type DuplicateRule = (typeof DUPLICATE_RULES)[number];

export interface DuplicateOptions {
  /** Words in a shingle. */
  readonly shingleSize: number;
  /** Least Jaccard similarity of the shingle sets, in (0, 1]. */
  readonly threshold: number;
  /** Which document of a cluster stays; among equally long ones the first. */
  readonly keep: 'first' | 'longest';
  readonly normalisation: NormalisationRules;
  readonly seed: number;
}

export interface Duplicate {
  /** Positions, from 0, in the order in which the documents were added. */
  readonly position: number;
  /** A document that stays. */
  readonly duplicateOf: number;
  /** To the one that stays: 1 where the texts are equal, also after normalisation, else the Jaccard similarity. */
  readonly similarity: number;
  /** `exact`: an earlier document has the same text; it may itself have gone, as a near duplicate of the one that stays. */
  readonly rule: DuplicateRule;
}

export interface DuplicateSearch {
  readonly documents: number;
  /** By position. */
  readonly duplicates: readonly Duplicate[];
  /** Documents of white space only: each is kept. */
  readonly empty: number;
  /** Documents of nothing that is compared, such as emoji only: duplicates only if exactly equal. */
  readonly wordless: number;
  /** Pairs whose shingle sets were compared. */
  readonly verified: number;
}

interface Prepared {
  readonly length: number;
  readonly exactKey: string;
  readonly normalisedKey: string;
  readonly shingles: Float64Array;
  readonly signature: Uint32Array;
}

/**
 * Finds exact and near duplicates among documents in memory: about 8 bytes a word and 0.6 kB a document.
 * Documents are taken in order of preference (`keep`); one that is like an earlier one *that stayed* is its duplicate.
 * So every document that goes verified against the one that stands for it, and chains of ever less similar
 * documents do not end in one cluster.
 */
export class DuplicateFinder {
  readonly #options: DuplicateOptions;
  readonly #minHash: MinHash;
  readonly #prepared: (Prepared | undefined)[] = [];
  #empty = 0;
  #wordless = 0;

  constructor(options: DuplicateOptions) {
    this.#options = options;
    this.#minHash = new MinHash(options.seed);
  }

  add(text: string): void {
    if (text.trim() === '') {
      this.#empty += 1;
      this.#prepared.push(undefined);
      return;
    }
    const { normalisation, shingleSize } = this.#options;
    const normalised = normaliseArabic(text, normalisation);
    if (normalised === '') this.#wordless += 1;
    const shingles = wordShingles(normalised, shingleSize);
    this.#prepared.push({
      length: text.length,
      exactKey: digest(text),
      normalisedKey: normalised === '' ? '' : digest(normalised),
      shingles,
      signature: this.#minHash.signature(shingles),
    });
  }

  /** Yields how many documents are done, now and then, so that the caller may report, pause or give up. */
  *find(): Generator<number, DuplicateSearch, void> {
    const { threshold } = this.#options;
    const exact = new Map<string, { duplicateOf: number; similarity: number }>();
    const normalised = new Map<string, number>();
    const index = new BandIndex(chooseBands(threshold, this.#minHash.length));
    const duplicates: Duplicate[] = [];
    let verified = 0;
    let done = 0;
    for (const position of this.#byPreference()) {
      if ((done += 1) % 256 === 0) yield done;
      const document = this.#prepared[position];
      if (!document) continue;
      const { exactKey, normalisedKey, shingles, signature } = document;
      const copyOf = exact.get(exactKey);
      if (copyOf !== undefined) {
        duplicates.push({ position, ...copyOf, rule: 'exact' });
        continue;
      }
      const sameAs = normalised.get(normalisedKey);
      if (sameAs !== undefined) {
        exact.set(exactKey, { duplicateOf: sameAs, similarity: 1 });
        duplicates.push({ position, duplicateOf: sameAs, similarity: 1, rule: 'normalised' });
        continue;
      }
      let nearest: { duplicateOf: number; similarity: number } | undefined;
      if (shingles.length > 0) {
        for (const candidate of index.candidates(signature)) {
          const other = this.#prepared[candidate]!.shingles;
          // The smaller set over the larger one bounds the similarity from above; divided, so that it is rounded likewise.
          if (Math.min(shingles.length, other.length) / Math.max(shingles.length, other.length) < threshold) continue;
          verified += 1;
          const similarity = jaccard(shingles, other);
          if (similarity < threshold) continue;
          if (!nearest || similarity > nearest.similarity || (similarity === nearest.similarity && candidate < nearest.duplicateOf)) {
            nearest = { duplicateOf: candidate, similarity };
          }
        }
      }
      exact.set(exactKey, nearest ?? { duplicateOf: position, similarity: 1 });
      if (nearest) {
        duplicates.push({ position, ...nearest, rule: 'near' });
        continue;
      }
      if (normalisedKey !== '') {
        normalised.set(normalisedKey, position);
        index.add(position, signature);
      }
    }
    return {
      documents: this.#prepared.length,
      duplicates: duplicates.sort((a, b) => a.position - b.position),
      empty: this.#empty,
      wordless: this.#wordless,
      verified,
    };
  }

  #byPreference(): number[] {
    const positions = [...this.#prepared.keys()];
    if (this.#options.keep === 'first') return positions;
    const length = (position: number) => this.#prepared[position]?.length ?? 0;
    return positions.sort((a, b) => length(b) - length(a) || a - b);
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64');
