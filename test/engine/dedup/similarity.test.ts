import { describe, expect, test } from 'vitest';
import { Random } from '../../../bench/dedup/Random.ts';
import { normaliseArabic } from '../../../main/engine/text/normaliseArabic.ts';
import { DedupFolder, words } from './DedupFolder.ts';
import { sortedPairs } from './digestOf.ts';

type Shingles = { readonly of: 'words' | 'characters'; readonly size: number };

/** The definition, on strings: |A ∩ B| / |A ∪ B| of the sets of n-grams. */
function jaccard(a: string, b: string, shingles: Shingles): number {
  const [x, y] = [shinglesOf(a, shingles), shinglesOf(b, shingles)];
  const shared = [...x].filter((shingle) => y.has(shingle)).length;
  return shared / (x.size + y.size - shared);
}
function shinglesOf(text: string, { of, size }: Shingles): Set<string> {
  const normalised = normaliseArabic(text);
  const tokens = of === 'words' ? normalised.split(' ') : [...normalised];
  const width = Math.min(size, tokens.length);
  return new Set(tokens.slice(0, tokens.length - width + 1).map((_, at) => tokens.slice(at, at + width).join(of === 'words' ? ' ' : '')));
}

const SPELLINGS = [
  'مدرسة',
  'مدرسه',
  'أحمد',
  'احمد',
  'ع',
  'على',
  'علي',
  'مُحَمَّد',
  'محمد',
  '٣',
  '3',
  'Café',
  'cafe\u0301',
  'ﻻ',
  'لا',
  'x'.repeat(17),
  'x'.repeat(24),
];

/** Copies of copies with a few changes, short and long, of few different words, some only spelled otherwise. */
function similarTexts(random: Random, count: number): string[] {
  const vocabulary = [...SPELLINGS, ...Array.from({ length: 20 }, (_, at) => `كلمة${at}`)];
  const texts: string[] = [];
  while (texts.length < count) {
    const isCopy = texts.length > 0 && random.chance(0.7);
    const from = isCopy ? random.pick(texts).split(' ') : Array.from({ length: 1 + random.below(60) }, () => random.pick(vocabulary));
    texts.push(from.map((word) => (random.chance(0.04) ? random.pick(vocabulary) : word)).join(random.pick([' ', ' ', '  ', '، '])));
  }
  return texts;
}

describe.each<Shingles>((['words', 'characters'] as const).flatMap((of) => [1, 2, 3, 4, 5].map((size) => ({ of, size }))))(
  'the similarity of two texts by $of, $size at a time',
  (shingles) => {
    test('is the exact Jaccard similarity of their sets of n-grams, and no pair below the threshold is listed', async () => {
      const texts = similarTexts(new Random(29, shingles.size), 120);
      const result = await new DedupFolder().deduplicateTexts(texts, { shingles, threshold: 0.5, allPairs: true });
      const expected = texts.flatMap((text, b) =>
        texts.slice(0, b).flatMap((other, a) => {
          const similarity = jaccard(other, text, shingles);
          return similarity >= 0.5 ? [{ a, b, similarity }] : [];
        }),
      );
      const known = new Map(expected.map(({ a, b, similarity }) => [`${a} ${b}`, similarity]));
      const found = sortedPairs(result);
      expect(found.filter(({ a, b, similarity }) => known.get(`${a} ${b}`) !== similarity)).toEqual([]);
      expect(new Set(found.map(({ a, b }) => `${a} ${b}`)).size).toBe(found.length);
      expect(expected.length).toBeGreaterThan(50);
      // Sketches find what is exactly at the threshold with a probability of 0.995, and what is above it more often.
      expect(found.length).toBeGreaterThanOrEqual(Math.floor(0.99 * expected.length));
      for (const { position, duplicateOf, similarity } of result.duplicates()) {
        expect(similarity).toBe(jaccard(texts[position]!, texts[duplicateOf]!, shingles));
        expect(result.isKept(duplicateOf)).toBe(true);
      }
    });
  },
);

describe('the threshold', () => {
  // 0.55 × 20 is 11.000000000000002.
  test('includes texts that are exactly as alike as it says', async () => {
    const result = await new DedupFolder().deduplicateTexts([words(0, 20), words(0, 11), words(0, 10)], {
      shingles: { of: 'words', size: 1 },
      threshold: 0.55,
    });
    expect([...result.duplicates()]).toEqual([{ position: 1, duplicateOf: 0, isAgainst: false, similarity: 0.55, rule: 'near' }]);
  });

  test('of 1 lets only texts go that have the same n-grams', async () => {
    const [text, turned] = ['ب ت ب ت ب', 'ت ب ت ب ت'];
    const result = await new DedupFolder().deduplicateTexts([text, turned, words(0, 40), words(0, 41)], {
      shingles: { of: 'words', size: 2 },
      threshold: 1,
    });
    expect([...result.duplicates()]).toEqual([{ position: 1, duplicateOf: 0, isAgainst: false, similarity: 1, rule: 'near' }]);
  });
});

test('the seed changes which sketches are made, not how alike texts are', async () => {
  const folder = new DedupFolder();
  const texts = similarTexts(new Random(31), 120);
  const [one, other] = [
    await folder.deduplicateTexts(texts, { allPairs: true }),
    await folder.deduplicateTexts(texts, { allPairs: true, seed: 2 ** 40 }),
  ];
  const similarities = new Map(sortedPairs(one).map(({ a, b, similarity }) => [`${a} ${b}`, similarity]));
  const common = sortedPairs(other).filter(({ a, b }) => similarities.has(`${a} ${b}`));
  expect(common.length).toBeGreaterThan(0.98 * similarities.size);
  expect(common.filter(({ a, b, similarity }) => similarities.get(`${a} ${b}`) !== similarity)).toEqual([]);
});
