import { describe, expect, it } from 'vitest';
import { bootstrapMean } from '../../../main/engine/scoring/bootstrap.ts';
import { GroupedBootstrap } from '../../../main/engine/scoring/GroupedBootstrap.ts';
import { seededRandom } from '../../../main/engine/scoring/seededRandom.ts';

const noPause = async (): Promise<void> => undefined;
function grouped(values: Iterable<number>, seed: number) {
  const bootstrap = new GroupedBootstrap(seed);
  for (const value of values) bootstrap.add(value);
  return bootstrap.interval(noPause);
}
/** A skewed distribution with mean 1. */
const exponential = (random: () => number): number => -Math.log(1 - random());

describe('the bootstrap in fixed memory', () => {
  it('is the plain one to the last bit while the values are few', async () => {
    const random = seededRandom(4);
    for (const count of [1, 2, 100, 4096]) {
      const values = Array.from({ length: count }, () => exponential(random));
      expect(await grouped(values, 11)).toEqual(bootstrapMean(values, 11));
    }
    expect(await grouped([], 1)).toBeUndefined();
  });

  it('gives an interval as wide as the plain one for many values', async () => {
    const random = seededRandom(5);
    const values = Array.from({ length: 20_000 }, () => exponential(random));
    const plain = bootstrapMean(values, 2)!;
    const found = (await grouped(values, 2))!;
    expect(found.mean).toBeCloseTo(plain.mean, 10);
    expect((found.high - found.low) / (plain.high - plain.low)).toBeGreaterThan(0.93);
    expect((found.high - found.low) / (plain.high - plain.low)).toBeLessThan(1.07);
  });

  it('is not narrower for rows that come sorted', async () => {
    for (const count of [5000, 40_000]) {
      const values = Array.from({ length: count }, (_, at) => at / count);
      const { low, high } = (await grouped(values, 3))!;
      const width = 2 * 1.96 * Math.sqrt(1 / 12 / count);
      expect((high - low) / width).toBeGreaterThan(0.93);
      expect((high - low) / width).toBeLessThan(1.07);
    }
  });

  it('covers the true mean in about 95 of 100 samples', async () => {
    const random = seededRandom(6);
    const samples = Array.from({ length: 100 }, () => new GroupedBootstrap(1));
    for (const bootstrap of samples) for (let at = 0; at < 9000; at++) bootstrap.add(exponential(random));
    const intervals = await GroupedBootstrap.intervals(samples, noPause);
    const covered = intervals.filter((interval) => interval!.low <= 1 && interval!.high >= 1).length;
    // A binomial of 100 and 0.95 leaves 89 to 99 once in a hundred times.
    expect(covered).toBeGreaterThanOrEqual(89);
    expect(covered).toBeLessThanOrEqual(99);
  });

  it('is for many at once what it is for each alone', async () => {
    const bootstraps = [3, 3, 5000, 9].map((count, at) => {
      const bootstrap = new GroupedBootstrap(at % 2);
      for (let value = 0; value < count; value++) bootstrap.add(Math.cos(value * at));
      return bootstrap;
    });
    const together = await GroupedBootstrap.intervals([...bootstraps, new GroupedBootstrap(1)], noPause);
    const alone = await Promise.all(bootstraps.map((bootstrap) => bootstrap.interval(noPause)));
    expect(together).toEqual([...alone, undefined]);
  });

  it('is the same for the same seed and another for another', async () => {
    const values = Array.from({ length: 10_000 }, (_, at) => Math.sin(at));
    expect(await grouped(values, 7)).toEqual(await grouped(values, 7));
    expect(await grouped(values, 7)).not.toEqual(await grouped(values, 8));
  });
});
