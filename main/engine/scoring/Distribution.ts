import { roundTo } from './roundTo.ts';

/** How the values of a measure are spread, in memory that depends on their range and not on their number. */
export class Distribution {
  readonly #width: number;
  readonly #bins = new Map<number, number>();
  #count = 0;
  #sum = 0;
  #least = Infinity;
  #most = -Infinity;

  /** @param width of a bin; quantiles are right within it */
  constructor(width: number) {
    this.#width = width;
  }

  add(value: number): void {
    const bin = Math.floor(value / this.#width);
    this.#bins.set(bin, (this.#bins.get(bin) ?? 0) + 1);
    this.#count += 1;
    this.#sum += value;
    this.#least = Math.min(this.#least, value);
    this.#most = Math.max(this.#most, value);
  }

  get count(): number {
    return this.#count;
  }
  /** Undefined without values. */
  get mean(): number | undefined {
    return this.#count === 0 ? undefined : this.#sum / this.#count;
  }
  get range(): readonly [number, number] | undefined {
    return this.#count === 0 ? undefined : [this.#least, this.#most];
  }

  /** The value below which this share of the values lies, taken as even within a bin. Undefined without values. */
  quantile(share: number): number | undefined {
    if (this.#count === 0) return undefined;
    const wanted = share * this.#count;
    let passed = 0;
    for (const bin of this.#sortedBins()) {
      const count = this.#bins.get(bin)!;
      if (passed + count >= wanted) {
        const value = (bin + (wanted - passed) / count) * this.#width;
        return Math.min(this.#most, Math.max(this.#least, value));
      }
      passed += count;
    }
    return this.#most;
  }

  /** Counts in equal parts of [from, to]; points are [middle of the part, count]. Values outside go to the ends. */
  histogram({ from, to, bins }: { from: number; to: number; bins: number }): [number, number][] {
    const width = (to - from) / bins;
    const counts = new Array<number>(bins).fill(0);
    for (const [bin, count] of this.#bins) {
      const middle = (bin + 0.5) * this.#width;
      counts[Math.min(bins - 1, Math.max(0, Math.floor((middle - from) / width)))]! += count;
    }
    return counts.map((count, bin) => [roundTo(from + (bin + 0.5) * width, 6), count]);
  }

  #sortedBins(): number[] {
    return [...this.#bins.keys()].sort((a, b) => a - b);
  }
}
