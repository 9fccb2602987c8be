import { textHash } from '../dedup/hashText.ts';

interface Drawn {
  readonly priority: number;
  readonly position: number;
}

/**
 * Draws by chance from rows that stream past: those whose hash of seed and id is least (bottom-k sampling, Cohen and Kaplan 2007); of equal ones the first.
 * Holds at most a few times as many as it may draw.
 */
export class LeastHashes {
  readonly #size: number;
  readonly #seed: number;
  #held: Drawn[] = [];
  #seen = 0;

  constructor(size: number, seed: number) {
    this.#size = size;
    this.#seed = seed;
  }

  get seen(): number {
    return this.#seen;
  }

  add(id: string, position: number): void {
    this.#seen += 1;
    this.#held.push({ priority: textHash(id, this.#seed), position });
    if (this.#held.length > 2 * this.#size + 64) this.#held = this.#least(this.#size);
  }

  /** Positions of the `count` rows drawn, at most `size`. */
  draw(count: number): number[] {
    return this.#least(count).map(({ position }) => position);
  }

  #least(count: number): Drawn[] {
    return this.#held.sort((a, b) => a.priority - b.priority || a.position - b.position).slice(0, count);
  }
}
