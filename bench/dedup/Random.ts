/** Seeded random numbers: sfc32 of PractRand (Doty-Humphrey 2010), 128 bits of state, the same on every machine. */
export class Random {
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 1;

  /** Different streams of one seed are independent: a text's own stream makes it again without those before it. */
  constructor(seed: number, stream = 0) {
    this.restart(seed, stream);
  }

  restart(seed: number, stream: number): void {
    this.#a = seed | 0;
    this.#b = stream | 0;
    this.#c = Math.floor(stream / 2 ** 32) | 0;
    this.#counter = 1;
    // So many rounds until every bit of the state depends on every bit of the seed.
    for (let round = 0; round < 12; round += 1) this.bits();
  }

  /** 32 random bits, from 0. */
  bits(): number {
    const out = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + out;
    this.#c |= 0;
    return out >>> 0;
  }

  /** In [0, 1). */
  uniform(): number {
    return this.bits() / 2 ** 32;
  }

  /** A whole number in [0, end), `end` at most 2³². */
  below(end: number): number {
    return Math.floor(this.uniform() * end);
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }

  /** With the median and the standard deviation of the logarithm. */
  logNormal(median: number, sigma: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
    return median * Math.exp(sigma * normal);
  }

  /** At least 1, with a tail that falls like x to the power −alpha. */
  pareto(alpha: number): number {
    return (1 - this.uniform()) ** (-1 / alpha);
  }

  shuffle(items: Uint32Array): void {
    for (let at = items.length - 1; at > 0; at -= 1) {
      const other = this.below(at + 1);
      [items[at], items[other]] = [items[other]!, items[at]!];
    }
  }
}
