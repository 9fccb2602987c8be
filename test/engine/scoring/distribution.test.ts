import { describe, expect, it } from 'vitest';
import { Distribution } from '../../../main/engine/scoring/Distribution.ts';
import { histogram } from '../../../main/engine/scoring/histogram.ts';
import { LeastOf } from '../../../main/engine/scoring/LeastOf.ts';
import { seededRandom } from '../../../main/engine/scoring/seededRandom.ts';
import { windowsOf } from '../../../main/engine/scoring/windowsOf.ts';

describe('a distribution', () => {
  const random = seededRandom(2);
  const values = Array.from({ length: 5000 }, () => 6 * random() ** 2 - 1);
  const distribution = new Distribution(0.01);
  for (const value of values) distribution.add(value);
  const sorted = [...values].sort((a, b) => a - b);

  it('tells count, mean, range, and quantiles within a bin', () => {
    expect(distribution.count).toBe(5000);
    expect(distribution.mean).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / 5000, 10);
    expect(distribution.range).toEqual([sorted[0], sorted.at(-1)]);
    for (const share of [0, 0.1, 0.5, 0.9, 1]) {
      expect(Math.abs(distribution.quantile(share)! - sorted[Math.min(4999, Math.floor(share * 5000))]!)).toBeLessThan(0.02);
    }
  });
  it('has the histogram of its values, where bins are wider than its own', () => {
    const bins = { from: -1, to: 5, bins: 12 };
    expect(distribution.histogram(bins)).toEqual(histogram(values, bins));
  });
  it('puts the very highest value into the last bin, and has nothing to tell of nothing', () => {
    const one = new Distribution(0.001);
    one.add(1);
    expect(one.histogram({ from: 0, to: 1, bins: 20 }).at(-1)).toEqual([0.975, 1]);
    const none = new Distribution(1);
    expect([none.mean, none.range, none.quantile(0.5)]).toEqual([undefined, undefined, undefined]);
  });
});

it('the rows of least priority are those of a full sort, the first of equal ones', () => {
  const random = seededRandom(8);
  const rows = Array.from({ length: 3000 }, (_, position) => ({ position, priority: Math.floor(random() * 500) }));
  const least = new LeastOf(40);
  for (const row of rows) least.add(row);
  expect(least.take(40)).toEqual([...rows].sort((a, b) => a.priority - b.priority || a.position - b.position).slice(0, 40));
  expect(least.seen).toBe(3000);
});

it('windows end at whichever limit comes first, and a large row is alone', async () => {
  async function* rows() {
    yield* ['a', 'bb', 'c', 'd', 'eeeeeeeeeeee', 'f'];
  }
  const windows: string[][] = [];
  for await (const window of windowsOf(rows(), { maxRows: 3, maxSize: 5, size: (row: string) => row.length })) windows.push(window);
  expect(windows).toEqual([['a', 'bb', 'c'], ['d'], ['eeeeeeeeeeee'], ['f']]);
});
