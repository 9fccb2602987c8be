import type { Interval } from './bootstrap.ts';
import { percentile } from './percentile.ts';
import { seededRandom } from './seededRandom.ts';

const GROUPS = 4096;
const RESAMPLES = 2000;
const RESAMPLES_BETWEEN_PAUSES = 250;

/**
 * The bootstrap interval of a mean over any number of values, in fixed memory. Up to 4,096 values it is that of `bootstrapMean`, to the last
 * bit; each further one is added to one of the 4,096 by chance, and what is resampled are these groups ("random groups": Wolter 2007,
 * Introduction to Variance Estimation, chapter 2). The interval's width is then right within some 1.1 % (1/√(2·4,096)) by the draw of the groups,
 * little beside what the 2,000 resamples vary by. For paired comparisons add the differences of the pairs.
 */
export class GroupedBootstrap {
  readonly #seed: number;
  readonly #draw: () => number;
  #sums = new Float64Array(64);
  #counts = new Uint32Array(64);
  #count = 0;

  constructor(seed: number) {
    this.#seed = seed;
    // Apart from the resamples' numbers.
    this.#draw = seededRandom(seed ^ 0x5bd1e995);
  }

  get count(): number {
    return this.#count;
  }

  add(value: number): void {
    const group = this.#count < GROUPS ? this.#count : Math.floor(this.#draw() * GROUPS);
    if (group === this.#sums.length) this.#grow();
    this.#sums[group]! += value;
    this.#counts[group]! += 1;
    this.#count += 1;
  }

  /** The mean and its 95 % percentile interval; undefined without values. `pause` is awaited now and then. */
  async interval(pause: () => Promise<void>): Promise<Interval | undefined> {
    if (this.#count === 0) return undefined;
    const groups = Math.min(this.#count, GROUPS);
    const random = seededRandom(this.#seed);
    const means = new Float64Array(RESAMPLES);
    for (let resample = 0; resample < RESAMPLES; resample++) {
      let sum = 0;
      let count = 0;
      for (let draw = 0; draw < groups; draw++) {
        const group = Math.floor(random() * groups);
        sum += this.#sums[group]!;
        count += this.#counts[group]!;
      }
      means[resample] = sum / count;
      if (resample % RESAMPLES_BETWEEN_PAUSES === 0) await pause();
    }
    means.sort();
    const total = this.#sums.subarray(0, groups).reduce((sum, value) => sum + value, 0);
    return { mean: total / this.#count, low: percentile(means, 0.025), high: percentile(means, 0.975) };
  }

  #grow(): void {
    const [sums, counts] = [new Float64Array(2 * this.#sums.length), new Uint32Array(2 * this.#counts.length)];
    sums.set(this.#sums);
    counts.set(this.#counts);
    [this.#sums, this.#counts] = [sums, counts];
  }
}
