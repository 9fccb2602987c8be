import { describe, expect, it } from 'vitest';
import { bootstrapMean } from '../../../main/engine/scoring/bootstrap.ts';
import { histogram } from '../../../main/engine/scoring/histogram.ts';
import { mcNemar } from '../../../main/engine/scoring/mcNemar.ts';
import { seededRandom } from '../../../main/engine/scoring/seededRandom.ts';

describe('bootstrapMean', () => {
  const heads = Array.from({ length: 400 }, (_, index) => Number(index % 4 === 0));

  it('comes near the normal interval of a proportion', () => {
    const { mean, low, high } = bootstrapMean(heads, 1)!;
    const half = 1.96 * Math.sqrt((0.25 * 0.75) / 400);
    expect(mean).toBe(0.25);
    expect(low).toBeCloseTo(0.25 - half, 1.9);
    expect(high).toBeCloseTo(0.25 + half, 1.9);
  });

  it('is the same for the same seed and has nothing to say of nothing', () => {
    expect(bootstrapMean(heads, 5)).toEqual(bootstrapMean(heads, 5));
    expect(bootstrapMean(heads, 5)).not.toEqual(bootstrapMean(heads, 6));
    expect(bootstrapMean([], 1)).toBeUndefined();
  });

  it('covers the true mean in about 95 of 100 samples', () => {
    const random = seededRandom(3);
    let covered = 0;
    for (let sample = 0; sample < 200; sample++) {
      const values = Array.from({ length: 60 }, () => random());
      const { low, high } = bootstrapMean(values, sample)!;
      covered += Number(low <= 0.5 && high >= 0.5);
    }
    expect(covered).toBeGreaterThan(180);
    expect(covered).toBeLessThan(200);
  });

  it('sees a small change of every pair that the spread of values would hide', () => {
    const random = seededRandom(9);
    const before = Array.from({ length: 100 }, () => random());
    const after = before.map((value) => value - 0.01 - 0.002 * random());
    const { mean, low, high } = bootstrapMean(
      after.map((value, index) => value - before[index]!),
      1,
    )!;
    expect(mean).toBeCloseTo(-0.011, 3);
    expect(low).toBeLessThan(mean);
    expect(high).toBeLessThan(0);
  });
});

describe('mcNemar', () => {
  // Two-sided binomial tests of 1 in 10 and of 5 in 20 against one half.
  it.each([
    [1, 9, 0.021484375],
    [9, 1, 0.021484375],
    [5, 15, 0.04138946533203125],
    [10, 10, 1],
    [0, 0, 1],
  ])('of %i against %i gives p %f', (first, second, p) => expect(mcNemar(first, second)).toBeCloseTo(p, 10));
  it('stays finite for many questions', () => {
    expect(mcNemar(2000, 2300)).toBeGreaterThan(0);
    expect(mcNemar(2000, 2300)).toBeLessThan(0.001);
  });
});

describe('histogram', () => {
  it('counts every value once, the largest in the last part', () => {
    expect(histogram([0, 0.05, 0.5, 1, 1.2, -3], { from: 0, to: 1, bins: 4 })).toEqual([
      [0.125, 3],
      [0.375, 0],
      [0.625, 1],
      [0.875, 2],
    ]);
  });
});
