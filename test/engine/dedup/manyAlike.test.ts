import { describe, expect, test } from 'vitest';
import { Random } from '../../../bench/dedup/Random.ts';
import type { DedupResult } from '../../../main/engine/dedup/DedupOptions.ts';
import { DedupFolder, words } from './DedupFolder.ts';

/** By the definition, on 3-grams of plain words. */
function jaccard(a: string, b: string): number {
  const [x, y] = [a, b].map((text) => {
    const list = text.split(' ');
    return new Set(list.slice(0, list.length - 2).map((_, at) => list.slice(at, at + 3).join(' ')));
  }) as [Set<string>, Set<string>];
  const shared = [...x].filter((shingle) => y.has(shingle)).length;
  return shared / (x.size + y.size - shared);
}

function clusterSizes(result: DedupResult): number[] {
  const sizes = new Map<number, number>();
  for (const { duplicateOf } of result.duplicates()) sizes.set(duplicateOf, (sizes.get(duplicateOf) ?? 1) + 1);
  return [...sizes.values()];
}

test('of a million copies of one document one stays', async () => {
  const folder = new DedupFolder();
  const file = folder.writeBytes('copies.jsonl', '{"text":"نص واحد قصير جدا"}\n'.repeat(1e6));
  const result = await folder.deduplicate([file], { threads: 2 });
  expect(result).toMatchObject({ documents: 1e6, removed: { exact: 999_999, normalised: 0, near: 0 }, verified: 0, crowdedBuckets: 0 });
  expect(clusterSizes(result)).toEqual([1e6]);
  expect(result.isKept(0)).toBe(true);
});

test('of a hundred thousand spellings of one text one stays', async () => {
  const folder = new DedupFolder();
  const marks = ['', '\u064b', '\u064c', '\u064d', '\u064e', '\u064f', '\u0650', '\u0651', '\u0652', 'ـ'];
  const line = (number: number): string =>
    `{"text":"${Array.from({ length: 5 }, (_, at) => `نص${marks[Math.floor(number / 10 ** at) % 10]}`).join(' ')}"}\n`;
  const file = folder.writeBytes('spellings.jsonl', Array.from({ length: 1e5 }, (_, number) => line(number)).join(''));
  const result = await folder.deduplicate([file], { threads: 2, keep: 'longest' });
  expect(result.removed).toEqual({ exact: 0, normalised: 99_999, near: 0 });
  // The first of those with a mark in each of its words.
  expect(clusterSizes(result)).toEqual([1e5]);
  expect(result.isKept(11_111)).toBe(true);
});

describe('a chain in which each document is like its neighbours only', () => {
  const length = 4_000;
  // 58 n-grams each, of which neighbours share 52 and the next but one 46.
  const chain = Array.from({ length }, (_, at) => words(6 * at, 6 * at + 60));
  const order = new Uint32Array(length).map((_, at) => at);
  new Random(73).shuffle(order);

  test.each(['first', 'greatest'] as const)('falls into many small clusters, keeping the %s', async (keep) => {
    const documents = chain.map((text, at) => ({ text, score: order[at] }));
    const result = await new DedupFolder().deduplicateTexts(documents, { keep, orderField: 'score', threads: 2 });
    const removed = [...result.duplicates()];
    expect(removed.length).toBeGreaterThan(0.4 * length);
    for (const { position, duplicateOf, similarity } of removed) {
      expect(Math.abs(position - duplicateOf)).toBe(1);
      expect(similarity).toBe(52 / 64);
      expect(result.isKept(duplicateOf)).toBe(true);
    }
    expect(Math.max(...clusterSizes(result))).toBeLessThanOrEqual(3);
    expect(result.verified).toBeLessThan(5 * length);
  });
});

describe('a crowd', () => {
  const length = 20_000;
  /** A text of 60 words, the same but for `changes` of them. */
  function crowd(seed: number, changes: number): string[] {
    const random = new Random(seed);
    const base = words(0, 60).split(' ');
    return Array.from({ length }, () => {
      const own = [...base];
      for (let change = 0; change < changes; change += 1) own[random.below(60)] = `غير${random.below(1e9)}`;
      return own.join(' ');
    });
  }

  test.each(['first', 'longest'] as const)(
    'of documents that are all alike is found without comparing every pair, keeping the %s',
    async (keep) => {
      const texts = crowd(79, 1);
      const result = await new DedupFolder().deduplicateTexts(texts, { threads: 2, keep });
      expect(result.crowdedBuckets).toBeGreaterThan(0);
      expect(result.verified).toBeLessThan(20 * length);
      expect(result.removed.near).toBeGreaterThan(length - 20);
      let at = 0;
      for (const { position, duplicateOf, similarity, rule } of result.duplicates()) {
        expect(result.isKept(duplicateOf)).toBe(true);
        if ((at += 1) % 50 === 0 && rule === 'near') expect(similarity).toBe(jaccard(texts[position]!, texts[duplicateOf]!));
        expect(similarity).toBeGreaterThanOrEqual(0.7);
      }
    },
  );

  // Each n-gram is whole in half of the texts: any two are about 0.34 alike.
  test('of documents that share much but are not alike is left alone', async () => {
    const texts = crowd(83, 12);
    const result = await new DedupFolder().deduplicateTexts(texts, { threads: 2, threshold: 0.6 });
    expect(result.verified).toBeLessThan(20 * length);
    for (const { position, duplicateOf, similarity } of result.duplicates()) {
      expect(similarity).toBeGreaterThanOrEqual(0.6);
      expect(similarity).toBe(jaccard(texts[position]!, texts[duplicateOf]!));
    }
    expect(result.removed.near).toBeLessThan(0.02 * length);
  });
});
