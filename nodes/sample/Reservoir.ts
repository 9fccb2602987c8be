import { textHash } from '../../main/engine/dedup/hashText.ts';

interface Drawn {
  readonly priority: number;
  readonly position: number;
}

/** The `size` documents whose hash of seed and id is least; of equal ones the first. Holds at most a few times as many. */
export class Reservoir {
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

  /** Positions of the `count` documents drawn, at most `size`. */
  draw(count: number): number[] {
    return this.#least(count).map(({ position }) => position);
  }

  #least(count: number): Drawn[] {
    return this.#held.sort((a, b) => a.priority - b.priority || a.position - b.position).slice(0, count);
  }
}
