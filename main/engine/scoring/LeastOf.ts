export interface Ranked {
  readonly priority: number;
  /** Of the row, from 0. */
  readonly position: number;
}

/** The rows with the least priorities of those that stream past, of equal ones the first. Holds at most a few times as many as may be asked for. */
export class LeastOf<R extends Ranked = Ranked> {
  readonly #size: number;
  #held: R[] = [];
  #seen = 0;

  constructor(size: number) {
    this.#size = size;
  }

  get seen(): number {
    return this.#seen;
  }

  add(row: R): void {
    this.#seen += 1;
    this.#held.push(row);
    if (this.#held.length > 2 * this.#size + 64) this.#held = this.take(this.#size);
  }

  /** `count` rows, at most `size`, by rising priority. */
  take(count: number): R[] {
    return this.#held.sort((a, b) => a.priority - b.priority || a.position - b.position).slice(0, count);
  }
}
