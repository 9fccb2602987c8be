import type { NormalisationRules } from '../text/normaliseArabic.ts';

/** JSONL files (plain, UTF-8) that count as one corpus, in the natural order of their names and not of this list. */
export interface DedupCorpus {
  /** For people: stands in messages and results. */
  readonly name: string;
  readonly files: readonly string[];
}

/** Which of several like documents stays. Among equals, and for `first`, the one with the lowest position. */
export type KeepRule = 'first' | 'longest' | 'greatest';

export interface DedupOptions {
  /** By priority: documents of an earlier corpus are preferred to those of a later one, whatever `keep` says. At least one. */
  readonly corpora: readonly DedupCorpus[];
  /** Documents that others are compared with but that are not part of the result. */
  readonly against?: readonly DedupCorpus[];
  /** The JSON member that holds the text. */
  readonly textField: string;
  /** The n-grams that are compared. */
  readonly shingles: { readonly of: 'words' | 'characters'; readonly size: number };
  /** False: only identical documents are looked for. */
  readonly near?: boolean;
  /** Least Jaccard similarity of the shingle sets of near duplicates, in (0, 1]. */
  readonly threshold: number;
  readonly keep: KeepRule;
  /** For `greatest`: the JSON member with a number, or a date as text, of which more is better; null and missing come last. */
  readonly orderField?: string;
  readonly normalisation: NormalisationRules;
  /** Repeated pieces within the documents that stay; absent: not looked for. */
  readonly pieces?: {
    readonly of: 'lines' | 'paragraphs';
    /** Documents in which a piece must stand to count as boilerplate, at least 2. */
    readonly documents: number;
    /** Shorter pieces, in words, are left alone. */
    readonly words: number;
  };
  readonly seed: number;
  /** Worker threads at most; the result does not depend on them. */
  readonly threads: number;
  /** Bytes of memory to stay under. */
  readonly memoryBudget: number;
  /** Finished parts are kept here; a later call with the same options and files goes on from them. */
  readonly workFolder: string;
  /** Also list every pair that was verified, not just each removed document with the one it went for. */
  readonly allPairs?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: DedupProgress) => void;
}

export const DEDUP_STAGES = ['reading', 'identical', 'candidates', 'comparing', 'pieces'] as const;
export type DedupStage = (typeof DEDUP_STAGES)[number];
export interface DedupProgress {
  readonly stage: DedupStage;
  readonly done: number;
  readonly total: number;
  readonly unit: 'bytes' | 'partitions';
}

export const DUPLICATE_RULES = ['exact', 'normalised', 'near'] as const;
/**
 * `exact`: the text of a preferred document; `normalised`: the same as one after normalisation; `near`: similar by at least the
 * threshold. The one with the same text may itself have gone as near: then both went for the same document, as similar.
 */
export type DuplicateRule = (typeof DUPLICATE_RULES)[number];

export interface Duplicate {
  /** Row, from 0, counted through `corpora` in their order. */
  readonly position: number;
  /** The document that stays: its row, counted through `corpora`, or through `against`. */
  readonly duplicateOf: number;
  readonly isAgainst: boolean;
  /** Jaccard similarity to the one that stays; 1 where the two are equal, also after normalisation. */
  readonly similarity: number;
  readonly rule: DuplicateRule;
}

/** A piece of a kept document that stands in other documents too, and not here first. */
export interface RepeatedPiece {
  readonly position: number;
  /** Which line or paragraph of the document, from 0. */
  readonly piece: number;
}

export interface DedupResult {
  /** Rows of `corpora` and of `against`. */
  readonly documents: number;
  readonly againstDocuments: number;
  /** UTF-8 bytes of the texts of `corpora`: all, and those that stay. */
  readonly textBytes: number;
  readonly keptTextBytes: number;
  /** Documents of white space only: each is kept. */
  readonly empty: number;
  /** Documents with nothing that is compared, such as emoji only: duplicates only if exactly equal. */
  readonly wordless: number;
  /** Removed documents by rule. */
  readonly removed: Readonly<Record<DuplicateRule, number>>;
  /** Pairs of which the exact similarity was computed. */
  readonly verified: number;
  /** Bands' buckets with so many documents that not all their pairs were looked at. */
  readonly crowdedBuckets: number;
  isKept(position: number): boolean;
  /** Ascending by position; read from the work folder, so it must still be there. */
  duplicates(): Iterable<Duplicate>;
  /** With `allPairs`: pairs of positions at or above the threshold, `a` before `b`; identical documents included. */
  pairs(): Iterable<{ readonly a: number; readonly b: number; readonly similarity: number }>;
  /** With `pieces`: the most common ones, most common first; `position` and `piece` are where it stands first. */
  readonly commonPieces: readonly { readonly position: number; readonly piece: number; readonly documents: number }[];
  /** With `pieces`, numbered as `splitPieces` does: ascending by position, then piece. */
  repeatedPieces(): Iterable<RepeatedPiece>;
}
