import { percentile } from './percentile.ts';
import { seededRandom } from './seededRandom.ts';

export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 2000;

/**
 * The mean of `values` and its 95 % percentile bootstrap interval (Efron & Tibshirani 1993, ch. 13) from 2,000
 * resamples. For a paired comparison give the differences of the pairs. Undefined without values.
 */
export function bootstrapMean(values: readonly number[], seed: number): Interval | undefined {
  const count = values.length;
  if (count === 0) return undefined;
  const random = seededRandom(seed);
  const means = new Float64Array(RESAMPLES);
  for (let resample = 0; resample < RESAMPLES; resample++) {
    let sum = 0;
    for (let draw = 0; draw < count; draw++) sum += values[Math.floor(random() * count)]!;
    means[resample] = sum / count;
  }
  means.sort();
  return { mean: values.reduce((sum, value) => sum + value, 0) / count, low: percentile(means, 0.025), high: percentile(means, 0.975) };
}
