import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ALL_NORMALISATIONS, normaliseArabic, type NormalisationRules } from '../../../main/engine/text/normaliseArabic.ts';
import { antDocuments, antFile, antPairs, antPairsFile } from './antCorpus.ts';
import { DedupFolder } from './DedupFolder.ts';

const verbatim = Object.fromEntries(Object.keys(ALL_NORMALISATIONS).map((rule) => [rule, false])) as unknown as NormalisationRules;

/** Half of the corpus has day, month and year; seven dates are neither this nor ISO 8601. */
function isoDate(date: string): string | null {
  const [, day, month, year] = /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(date) ?? [];
  if (year !== undefined) return `${year}-${month}-${day}`;
  return Number.isNaN(Date.parse(date)) ? null : date;
}

describe.skipIf(!fs.existsSync(antFile) || !fs.existsSync(antPairsFile))('on the whole ANT corpus (needs NASAQ_TEST_DATA)', () => {
  test('the 173 surplus exact copies go, and no text is lost', async () => {
    const texts = antDocuments().map(({ text }) => text);
    const result = await new DedupFolder().deduplicate([antFile], { normalisation: verbatim, near: false });
    expect(result).toMatchObject({ documents: 10_161, empty: 23, removed: { exact: 173, normalised: 0, near: 0 } });
    for (const { position, duplicateOf } of result.duplicates()) expect(texts[position]).toBe(texts[duplicateOf]);
    const kept = texts.filter((_, position) => result.isKept(position));
    const filled = texts.filter((text) => text.trim() !== '');
    expect(new Set(kept.filter((text) => text.trim() !== ''))).toEqual(new Set(filled));
    expect(kept.length).toBe(new Set(filled).size + 23);
    const bytes = (some: readonly string[]): number => some.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    expect([result.textBytes, result.keptTextBytes]).toEqual([bytes(texts), bytes(kept)]);
  });

  test.each([
    ['as they stand', verbatim],
    ['normalised', ALL_NORMALISATIONS],
  ] as const)('every known pair of texts that are alike enough is found, compared %s', async (_, normalisation) => {
    const rows = antDocuments();
    const positions = new Map(rows.map(({ id }, position) => [id, position]));
    const words = new Map<number, Set<string>>();
    const shinglesOf = (position: number): Set<string> => {
      const known = words.get(position);
      if (known) return known;
      const list = normaliseArabic(rows[position]!.text, normalisation).split(' ');
      const set = new Set(list.slice(0, Math.max(1, list.length - 2)).map((_, at) => list.slice(at, at + 3).join(' ')));
      words.set(position, set);
      return set;
    };
    const jaccard = (a: number, b: number): number => {
      const [x, y] = [shinglesOf(a), shinglesOf(b)];
      const shared = [...x].filter((shingle) => y.has(shingle)).length;
      return shared / (x.size + y.size - shared);
    };
    const known = antPairs().map(({ a, b, jaccard_w3 }) => {
      const [first, second] = [positions.get(a)!, positions.get(b)!].sort((x, y) => x - y) as [number, number];
      return { first, second, similarity: jaccard(first, second), told: jaccard_w3 };
    });
    const alike = known.filter(({ similarity }) => similarity >= 0.7);
    expect(alike.length).toBeGreaterThanOrEqual(15);
    if (normalisation === verbatim) for (const { similarity, told } of alike) expect(similarity).toBeCloseTo(told, 3);

    const result = await new DedupFolder().deduplicate([antFile], { normalisation, allPairs: true, threads: 2 });
    const found = new Map([...result.pairs()].map(({ a, b, similarity }) => [`${a} ${b}`, similarity]));
    for (const { first, second, similarity } of alike) {
      expect(found.get(`${first} ${second}`)).toBe(similarity);
      expect(result.isKept(first) && result.isKept(second)).toBe(false);
    }
    for (const [pair, similarity] of found) {
      const [a, b] = pair.split(' ').map(Number) as [number, number];
      expect([pair, jaccard(a, b)]).toEqual([pair, similarity]);
    }
    expect(result.removed.exact).toBe(173);
    for (const { position, duplicateOf, similarity, rule } of result.duplicates()) {
      expect(result.isKept(duplicateOf)).toBe(true);
      expect(similarity).toBe(rule === 'near' ? jaccard(position, duplicateOf) : similarity);
      expect(similarity).toBeGreaterThanOrEqual(0.7);
    }
  });

  test('the newest of alike articles stays, whichever thread finds it', async () => {
    const rows = antDocuments().map((row) => ({ ...row, date: isoDate(row.date) }));
    const result = await new DedupFolder().deduplicateTexts(rows, { keep: 'greatest', orderField: 'date', threads: 2 });
    const removed = [...result.duplicates()];
    expect(removed.length).toBeGreaterThan(190);
    for (const { position, duplicateOf } of removed) {
      const [gone, stays] = [position, duplicateOf].map((at) => Date.parse(rows[at]!.date ?? '0000-01-01')) as [number, number];
      expect(stays > gone || (stays === gone && duplicateOf < position)).toBe(true);
    }
  });
});
