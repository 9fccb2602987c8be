import { textHash } from '../../main/engine/dedup/hashText.ts';

const REMEMBERED = 4096;

export interface FrequentPiece {
  readonly piece: string;
  /** Never more than there were. */
  readonly count: number;
}

/**
 * Counts what is frequent among any number of texts in bounded memory: when twice as many as are remembered differ, the
 * count that the last of the frequent ones has is taken off all, and who has none left is forgotten. So a count is at most
 * that much too low, and exact where few texts differ (Misra and Gries 1982; Agarwal et al., "Mergeable summaries", 2012).
 */
export class FrequentPieces {
  readonly #excerpt: (text: string) => string;
  #pieces = new Map<number, { piece: string; count: number }>();

  constructor(excerpt: (text: string) => string) {
    this.#excerpt = excerpt;
  }

  add(text: string): void {
    const key = textHash(text);
    const known = this.#pieces.get(key);
    if (known) {
      known.count += 1;
      return;
    }
    if (this.#pieces.size >= 2 * REMEMBERED) this.#forget();
    this.#pieces.set(key, { piece: this.#excerpt(text), count: 1 });
  }

  /** The most frequent ones, in order. */
  top(count: number): FrequentPiece[] {
    return [...this.#pieces.values()].sort((a, b) => b.count - a.count).slice(0, count);
  }

  #forget(): void {
    const counts = Float64Array.from(this.#pieces.values(), ({ count }) => count).sort();
    const off = counts[counts.length - REMEMBERED]!;
    this.#pieces = new Map([...this.#pieces].filter(([, entry]) => (entry.count -= off) > 0));
  }
}
