import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { BandIndex } from '../../../main/engine/dedup/BandIndex.ts';
import { candidateProbability, chooseBands } from '../../../main/engine/dedup/chooseBands.ts';
import { DuplicateFinder, type DuplicateOptions, type DuplicateSearch } from '../../../main/engine/dedup/DuplicateFinder.ts';
import { IdSet } from '../../../main/engine/dedup/IdSet.ts';
import { MinHash } from '../../../main/engine/dedup/MinHash.ts';
import { jaccard, wordShingles } from '../../../main/engine/dedup/wordShingles.ts';
import { ALL_NORMALISATIONS, normaliseArabic } from '../../../main/engine/text/normaliseArabic.ts';

const root = path.resolve(import.meta.dirname, '..', '..', '..');
const antCorpus = path.join(process.env.NASAQ_TEST_DATA ?? path.join(root, '../shared/data'), 'ant_corpus');
const jsonLines = <T>(file: string): T[] =>
  fs
    .readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

const balanced: DuplicateOptions = { shingleSize: 3, threshold: 0.7, keep: 'first', normalisation: ALL_NORMALISATIONS, seed: 1 };
function search(texts: readonly string[], options: Partial<DuplicateOptions> = {}): DuplicateSearch {
  const finder = new DuplicateFinder({ ...balanced, ...options });
  for (const text of texts) finder.add(text);
  const finding = finder.find();
  for (;;) {
    const step = finding.next();
    if (step.done) return step.value;
  }
}
const words = (from: number, to: number): string => Array.from({ length: to - from }, (_, at) => `كلمة${from + at}`).join(' ');

/** The definition, on strings. */
function plainJaccard(a: string, b: string, size: number): number {
  const shingles = (text: string) => {
    const list = text.split(' ');
    return new Set(list.slice(0, Math.max(1, list.length - size + 1)).map((_, at) => list.slice(at, at + size).join(' ')));
  };
  const [x, y] = [shingles(a), shingles(b)];
  const shared = [...x].filter((shingle) => y.has(shingle)).length;
  return shared / (x.size + y.size - shared);
}

describe('shingles and signatures', () => {
  test.each([
    [words(0, 40), words(0, 40)],
    [words(0, 40), words(5, 45)],
    [words(0, 40), `${words(0, 20)} ${words(0, 20)}`],
    ['أ ب ج د', 'ب أ د ج'],
    ['أ ب', 'أ ب ج'],
  ])('have the Jaccard similarity of the definition', (a, b) => {
    for (const size of [1, 2, 3, 5])
      expect(jaccard(wordShingles(a, size), wordShingles(b, size))).toBeCloseTo(plainJaccard(a, b, size), 12);
  });

  test('estimate the similarity within three standard errors nearly always', () => {
    const minHash = new MinHash(7);
    const misses = Array.from({ length: 100 }, (_, at) => {
      const [a, b] = [
        wordShingles(words(1000 * at, 1000 * at + 100), 2),
        wordShingles(words(1000 * at + (at % 60), 1000 * at + 100 + (at % 60)), 2),
      ];
      const [x, y] = [minHash.signature(a), minHash.signature(b)];
      const estimate = x.filter((value, place) => value === y[place]).length / x.length;
      const similarity = jaccard(a, b);
      return Math.abs(estimate - similarity) > 3 * Math.sqrt((similarity * (1 - similarity)) / 128) + 1e-9;
    }).filter(Boolean).length;
    expect(misses).toBeLessThanOrEqual(3);
  });

  test('fall into a common bucket at the threshold, and far below it seldom', () => {
    for (const threshold of [0.5, 0.7, 0.8, 1]) {
      const bands = chooseBands(threshold, 128);
      expect(bands.bands * bands.rows).toBeLessThanOrEqual(128);
      expect(candidateProbability(threshold, bands)).toBeGreaterThanOrEqual(0.999);
    }
    const minHash = new MinHash(7);
    const index = new BandIndex(chooseBands(0.8, 128));
    for (let at = 0; at < 200; at += 1) index.add(at, minHash.signature(wordShingles(words(100 * at, 100 * at + 80), 3)));
    const near = Array.from({ length: 200 }, (_, at) =>
      index.candidates(minHash.signature(wordShingles(words(100 * at + 4, 100 * at + 84), 3))),
    );
    expect(near.filter((found, at) => found.has(at)).length).toBeGreaterThanOrEqual(198);
    expect(Math.max(...near.map((found) => found.size))).toBeLessThan(10);
  });
});

describe('duplicates', () => {
  test('are exact, equal after normalisation, or near, each under the first rule that fits', () => {
    const text = words(0, 50);
    const { duplicates } = search([text, `${text}!`, text, `${text} وزيادة`, words(100, 150)]);
    expect(duplicates.map(({ position, duplicateOf, rule }) => [position, duplicateOf, rule])).toEqual([
      [1, 0, 'normalised'],
      [2, 0, 'exact'],
      [3, 0, 'near'],
    ]);
    expect(duplicates[2]!.similarity).toBeCloseTo(48 / 49, 12);
  });

  test('go only for a document that stays: a chain of small steps is not one cluster', () => {
    const chain = Array.from({ length: 8 }, (_, at) => words(6 * at, 6 * at + 60));
    const { duplicates } = search(chain);
    const gone = new Set(duplicates.map(({ position }) => position));
    expect(duplicates.length).toBeGreaterThan(0);
    for (const { position, duplicateOf, similarity } of duplicates) {
      expect(gone.has(duplicateOf)).toBe(false);
      expect(similarity).toBeGreaterThanOrEqual(0.7);
      expect(similarity).toBeCloseTo(plainJaccard(chain[position]!, chain[duplicateOf]!, 3), 12);
    }
    expect(gone.has(7) && duplicates.find(({ position }) => position === 7)!.duplicateOf === 0).toBe(false);
  });

  test('leave the first or the longest, and of equally long ones the first', () => {
    const [short, long] = [words(0, 50), words(0, 52)];
    expect(search([short, long]).duplicates).toMatchObject([{ position: 1, duplicateOf: 0 }]);
    expect(search([short, long, long], { keep: 'longest' }).duplicates).toMatchObject([
      { position: 0, duplicateOf: 1, rule: 'near' },
      { position: 2, duplicateOf: 1, rule: 'exact' },
    ]);
  });

  test('that are copies of one that went near say how alike the one that stays is', () => {
    const [kept, near] = [words(0, 50), words(0, 48)];
    expect(search([kept, near, near]).duplicates.map(({ rule, duplicateOf, similarity }) => [rule, duplicateOf, similarity])).toEqual([
      ['near', 0, 46 / 48],
      ['exact', 0, 46 / 48],
    ]);
  });

  test('are never empty texts, and wordless ones only when exactly equal', () => {
    const found = search(['', '  ', '😀', '😂', '😀', '']);
    expect(found).toMatchObject({ empty: 3, wordless: 3, duplicates: [{ position: 4, duplicateOf: 2, rule: 'exact' }] });
  });
});

describe('the threshold', () => {
  // 0.55 × 20 is 11.000000000000002.
  test('includes texts that are exactly as alike as it says', () => {
    const { duplicates } = search([words(0, 20), words(0, 11)], { shingleSize: 1, threshold: 0.55 });
    expect(duplicates).toMatchObject([{ position: 1, duplicateOf: 0, similarity: 0.55, rule: 'near' }]);
  });
});

describe('normalisation', () => {
  const none = Object.fromEntries(Object.keys(ALL_NORMALISATIONS).map((rule) => [rule, false])) as unknown as typeof ALL_NORMALISATIONS;
  test.each([
    ['hamza', 'أإآٱ سؤال', 'اااا سوال'],
    ['yaa', 'على ایران', 'علي ايران'],
    ['taaMarbuta', 'مدرسة', 'مدرسه'],
    ['diacritics', 'مُحَمَّدٌ', 'محمد'],
    ['tatweel', 'جمـــيل', 'جميل'],
    ['punctuation', 'نعم، لا؛ هل؟ «قال»', 'نعم لا هل قال'],
    ['digits', '١٢۳', '123'],
    ['letterCase', 'Nasaq', 'nasaq'],
  ])('%s is a switch of its own', (rule, text, expected) => {
    expect(normaliseArabic(text, { ...none, [rule]: true })).toBe(expected);
    expect(normaliseArabic(text, none)).toBe(text);
  });
  test('takes presentation forms for the letters that they are', () => {
    expect(normaliseArabic('ﻻ  ﺑﺄس', none)).toBe('لا بأس');
  });
});

test('a set of ids knows each of many', () => {
  const ids = new IdSet();
  for (let at = 0; at < 100_000; at += 1) expect(ids.add(`doc-${at}`) || `doc-${at} is new`).toBe(true);
  for (let at = 0; at < 100_000; at += 997) expect(ids.add(`doc-${at}`)).toBe(false);
});

describe.skipIf(!fs.existsSync(antCorpus))('on the whole ANT corpus (needs NASAQ_TEST_DATA)', () => {
  test('every surplus exact copy and every near pair at the threshold is found', () => {
    const documents = jsonLines<{ id: string; text: string }>(path.join(antCorpus, 'ant_v1.1.jsonl'));
    const pairs = jsonLines<{ jaccard_w3: number; a: string; b: string }>(path.join(antCorpus, 'near_dup_pairs.jsonl'));
    const { duplicates, empty } = search(documents.map(({ text }) => text));
    const texts = documents.map(({ text }) => text).filter((text) => text.trim() !== '');
    expect(texts.length - new Set(texts).size).toBe(173);
    expect(duplicates.filter(({ rule }) => rule === 'exact').length).toBe(173);
    expect(empty).toBe(23);
    const gone = new Set(duplicates.map(({ position }) => documents[position]!.id));
    const atThreshold = pairs.filter(({ jaccard_w3 }) => jaccard_w3 >= 0.7);
    expect(atThreshold.length).toBeGreaterThan(10);
    expect(atThreshold.filter(({ a, b }) => !gone.has(a) && !gone.has(b))).toEqual([]);
    for (const { position, duplicateOf, similarity, rule } of duplicates) {
      expect(gone.has(documents[duplicateOf]!.id)).toBe(false);
      if (rule === 'exact' && similarity === 1) expect(documents[position]!.text).toBe(documents[duplicateOf]!.text);
      expect(similarity).toBeGreaterThanOrEqual(0.7);
    }
  });
});
