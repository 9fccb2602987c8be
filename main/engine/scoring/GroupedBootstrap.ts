import type { Interval } from './bootstrap.ts';
import { percentile } from './percentile.ts';
import { seededRandom } from './seededRandom.ts';

const GROUPS = 4096;
const RESAMPLES = 2000;
const RESAMPLES_BETWEEN_PAUSES = 20;

/**
 * The bootstrap interval of a mean over any number of values, in fixed memory. Up to 4,096 values it is that of `bootstrapMean`, to the
 * last bit. With more, each value goes into one of 4,096 groups by chance, and what is resampled are the groups ("random groups": Wolter
 * 2007, Introduction to Variance Estimation, chapter 2). By chance, because groups that are filled in turn would make the interval of a sorted corpus too
 * narrow. Its width is then right within some 1.1 % (1/√(2·4,096)), less than what 2,000 resamples vary by. For paired comparisons add the differences of the pairs.
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
    if (this.#count === GROUPS) this.#scatter();
    const group = this.#count < GROUPS ? this.#count : Math.floor(this.#draw() * GROUPS);
    if (group === this.#sums.length) this.#grow();
    this.#sums[group]! += value;
    this.#counts[group]! += 1;
    this.#count += 1;
  }

  /** The mean and its 95 % percentile interval; undefined without values. `pause` is awaited now and then. */
  async interval(pause: () => Promise<void>): Promise<Interval | undefined> {
    return (await GroupedBootstrap.intervals([this], pause))[0];
  }

  /** That of each, at little more cost than one: those of one seed and as many groups are resampled by the same draws. */
  static async intervals(bootstraps: readonly GroupedBootstrap[], pause: () => Promise<void>): Promise<(Interval | undefined)[]> {
    const found = new Map<GroupedBootstrap, Interval>();
    const filled = bootstraps.filter((bootstrap) => bootstrap.#count > 0);
    const kinds = new Map<string, GroupedBootstrap[]>();
    for (const bootstrap of filled) {
      const kind = `${bootstrap.#seed} ${bootstrap.#groups}`;
      kinds.set(kind, [...(kinds.get(kind) ?? []), bootstrap]);
    }
    for (const alike of kinds.values()) {
      const means = await resampledMeans(alike, alike[0]!.#seed, alike[0]!.#groups, pause);
      for (const [place, bootstrap] of alike.entries()) found.set(bootstrap, bootstrap.#intervalOf(means[place]!));
    }
    return bootstraps.map((bootstrap) => found.get(bootstrap));
  }

  get #groups(): number {
    return Math.min(this.#count, GROUPS);
  }

  /** The mean of the values in these groups. */
  meanOf(drawn: Uint16Array): number {
    const [sums, counts] = [this.#sums, this.#counts];
    let sum = 0;
    let count = 0;
    for (let draw = 0; draw < drawn.length; draw++) {
      const group = drawn[draw]!;
      sum += sums[group]!;
      count += counts[group]!;
    }
    return sum / count;
  }

  #intervalOf(means: Float64Array): Interval {
    means.sort();
    const total = this.#sums.subarray(0, this.#groups).reduce((sum, value) => sum + value, 0);
    return { mean: total / this.#count, low: percentile(means, 0.025), high: percentile(means, 0.975) };
  }

  /** The values so far, each in a group of its own, go into groups by chance. */
  #scatter(): void {
    const values = this.#sums;
    [this.#sums, this.#counts] = [new Float64Array(GROUPS), new Uint32Array(GROUPS)];
    for (const value of values) {
      const group = Math.floor(this.#draw() * GROUPS);
      this.#sums[group]! += value;
      this.#counts[group]! += 1;
    }
  }

  #grow(): void {
    const [sums, counts] = [new Float64Array(2 * this.#sums.length), new Uint32Array(2 * this.#counts.length)];
    sums.set(this.#sums);
    counts.set(this.#counts);
    [this.#sums, this.#counts] = [sums, counts];
  }
}

async function resampledMeans(
  bootstraps: readonly GroupedBootstrap[],
  seed: number,
  groups: number,
  pause: () => Promise<void>,
): Promise<Float64Array[]> {
  const random = seededRandom(seed);
  const drawn = new Uint16Array(groups);
  const means = bootstraps.map(() => new Float64Array(RESAMPLES));
  for (let resample = 0; resample < RESAMPLES; resample++) {
    for (let draw = 0; draw < groups; draw++) drawn[draw] = Math.floor(random() * groups);
    for (const [place, bootstrap] of bootstraps.entries()) means[place]![resample] = bootstrap.meanOf(drawn);
    if (resample % RESAMPLES_BETWEEN_PAUSES === 0) await pause();
  }
  return means;
}
