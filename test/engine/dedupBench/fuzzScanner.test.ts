import { expect, it } from 'vitest';
import { fuzzLines } from '../../../bench/dedup/fuzzScanner.ts';

it('reads the same text as JSON.parse from generated and damaged lines, or refuses for the same reason', () => {
  const { cases, accepted, disagreements } = fuzzLines(3, 40_000);
  expect(disagreements).toEqual([]);
  expect(accepted).toBeGreaterThan(cases / 10);
  expect(accepted).toBeLessThan(cases * 0.9);
});
