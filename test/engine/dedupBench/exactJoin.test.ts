import { describe, expect, it } from 'vitest';
import { exactJoin } from '../../../bench/dedup/exactJoin.ts';
import { Random } from '../../../bench/dedup/Random.ts';
import { ShingleSets } from '../../../bench/dedup/ShingleSets.ts';

const similarPairs = (texts: readonly string[], size: number, threshold: number) => {
  const sets = new ShingleSets(size);
  for (const text of texts) sets.add(text);
  return [...exactJoin(sets, threshold)].sort((x, y) => x.a - y.a || x.b - y.b);
};

/** All pairs, each compared by sets of the n-grams' own text. */
function bruteForce(texts: readonly string[], size: number, threshold: number) {
  const grams = texts.map((text) => {
    const words = text.split(/\s+/).filter(Boolean);
    const width = Math.min(size, words.length);
    return new Set(words.slice(0, words.length - width + 1).map((_, at) => words.slice(at, at + width).join(' ')));
  });
  const pairs = [];
  for (let a = 0; a < texts.length; a += 1) {
    for (let b = a + 1; b < texts.length; b += 1) {
      const shared = [...grams[a]!].filter((gram) => grams[b]!.has(gram)).length;
      const similarity = shared / new Set([...grams[a]!, ...grams[b]!]).size;
      if (similarity >= threshold) pairs.push({ a, b, similarity });
    }
  }
  return pairs;
}

/** Few words and many copies with few changes: similarities of every height, shared n-grams everywhere. */
function texts(random: Random, count: number): string[] {
  const words = Array.from({ length: 40 }, (_, at) => `كلمة${at}`);
  const made: string[] = [];
  while (made.length < count) {
    const fresh = Array.from({ length: 1 + random.below(60) }, () => random.pick(words));
    const base = made.length > 0 && random.chance(0.6) ? random.pick(made).split(' ') : fresh;
    made.push(base.map((word) => (random.chance(0.03) ? random.pick(words) : word)).join(' '));
  }
  return made;
}

describe('the exact join', () => {
  for (const threshold of [0.3, 0.5, 0.8, 1]) {
    for (const size of [1, 2, 5]) {
      it(`finds every pair of ${size}-grams at ${threshold} or above and no other`, () => {
        const some = texts(new Random(size, 1000 * threshold), 250);
        const expected = bruteForce(some, size, threshold);
        expect(expected.length).toBeGreaterThan(20);
        expect(similarPairs(some, size, threshold)).toEqual(expected);
      });
    }
  }

  it('counts a pair exactly at the threshold', () => {
    expect(similarPairs(['a b c d', 'a b c d e'], 1, 0.8)).toEqual([{ a: 0, b: 1, similarity: 0.8 }]);
    expect(similarPairs(['a b c d', 'a b c d e'], 1, 0.81)).toEqual([]);
  });

  it('pairs documents of fewer words than an n-gram only with their equals, and empty ones with none', () => {
    expect(similarPairs(['x y', ' ', 'x  y', '', 'x y z'], 5, 0.1)).toEqual([{ a: 0, b: 2, similarity: 1 }]);
  });
});
