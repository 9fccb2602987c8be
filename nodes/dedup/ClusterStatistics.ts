import { DUPLICATE_RULES, type Duplicate, type DuplicateRule } from '../../main/engine/dedup/DedupOptions.ts';

const EXAMPLES = 10;
const BINS = 20;

export interface LargestCluster {
  readonly kept: number;
  readonly isAgainst: boolean;
  /** Documents, with the one that stays unless that is of `against`. */
  readonly size: number;
}

/** What the report says of the duplicates, gathered as they go by: 4 bytes of memory a document. */
export class ClusterStatistics {
  /** UTF-8 bytes of the dropped texts. */
  readonly bytes: Record<DuplicateRule, number> = { exact: 0, normalised: 0, near: 0 };
  readonly counts: Record<DuplicateRule, number> = { exact: 0, normalised: 0, near: 0 };
  /** Of the near ones, by twentieths of similarity. */
  readonly similarities = new Uint32Array(BINS);
  readonly #copies: Uint32Array;
  readonly #copiesOfAgainst: Uint32Array;
  readonly #leastAlike: Duplicate[] = [];

  constructor(documents: number, againstDocuments: number) {
    this.#copies = new Uint32Array(documents);
    this.#copiesOfAgainst = new Uint32Array(againstDocuments);
  }

  add(duplicate: Duplicate, textBytes: number): void {
    const { rule, duplicateOf, isAgainst, similarity } = duplicate;
    this.counts[rule] += 1;
    this.bytes[rule] += textBytes;
    (isAgainst ? this.#copiesOfAgainst : this.#copies)[duplicateOf]! += 1;
    if (rule !== 'near') return;
    this.similarities[Math.min(BINS - 1, Math.floor(similarity * BINS))]! += 1;
    this.#offer(duplicate);
  }

  get dropped(): number {
    return DUPLICATE_RULES.reduce((sum, rule) => sum + this.counts[rule], 0);
  }

  /** Near duplicates from the least alike on: those are the ones worth doubting. */
  get leastAlike(): readonly Duplicate[] {
    return this.#leastAlike;
  }

  /** By size, and among equals by position. */
  largest(count: number): LargestCluster[] {
    const found: LargestCluster[] = [];
    const look = (copies: Uint32Array, isAgainst: boolean): void => {
      for (let kept = 0; kept < copies.length; kept += 1) {
        if (copies[kept] === 0) continue;
        const size = copies[kept]! + (isAgainst ? 0 : 1);
        if (found.length === count && size <= found.at(-1)!.size) continue;
        insert(found, { kept, isAgainst, size }, (a, b) => b.size - a.size, count);
      }
    };
    look(this.#copies, false);
    look(this.#copiesOfAgainst, true);
    return found;
  }

  #offer(duplicate: Duplicate): void {
    if (this.#leastAlike.length === EXAMPLES && duplicate.similarity >= this.#leastAlike.at(-1)!.similarity) return;
    insert(this.#leastAlike, duplicate, (a, b) => a.similarity - b.similarity, EXAMPLES);
  }
}

/** Keeps a list of at most `most` in order; equals in the order in which they came. */
function insert<T>(list: T[], item: T, compare: (a: T, b: T) => number, most: number): void {
  const at = list.findIndex((other) => compare(item, other) < 0);
  list.splice(at < 0 ? list.length : at, 0, item);
  if (list.length > most) list.pop();
}
