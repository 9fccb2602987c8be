import { describe, expect, test } from 'vitest';
import { Random } from '../../../bench/dedup/Random.ts';
import type { DedupOptions, DedupResult, RepeatedPiece } from '../../../main/engine/dedup/DedupOptions.ts';
import { splitPieces } from '../../../main/engine/dedup/splitPieces.ts';
import { normaliseArabic } from '../../../main/engine/text/normaliseArabic.ts';
import { DedupFolder, words } from './DedupFolder.ts';

type Pieces = NonNullable<DedupOptions['pieces']>;

/** By the definition: what stands in enough of the documents that stay, wherever it stands but the first time. */
function repeatedIn(texts: readonly string[], result: DedupResult, { of, documents, words: fewest }: Pieces): RepeatedPiece[] {
  const places = new Map<string, RepeatedPiece[]>();
  for (const [position, text] of texts.entries()) {
    if (!result.isKept(position)) continue;
    for (const [piece, { start, end }] of splitPieces(text, of).entries()) {
      const own = normaliseArabic(text.slice(start, end))
        .split(/[\s\0-\u0020\u0085]+/)
        .filter(Boolean);
      const key = own.join(' ');
      if (own.length === 0 || own.length < fewest) continue;
      places.set(key, [...(places.get(key) ?? []), { position, piece }]);
    }
  }
  return [...places.values()]
    .filter((found) => new Set(found.map(({ position }) => position)).size >= documents)
    .flatMap((found) => found.slice(1))
    .sort((a, b) => a.position - b.position || a.piece - b.piece);
}

const LINES = [
  'جميع الحقوق محفوظة',
  'اقرأ أيضا',
  'إقرأ أيضاً',
  'اقرأ  ايضا!',
  'الصفحة الأولى',
  '٣ دقائق',
  '3 دقائق',
  '😀',
  '؟؟',
  'Cafe\u0301 Nasaq',
  'café nasaq',
  'ﻻ إله',
  'لا اله',
  '\u0000',
  '-',
];
const BREAKS = ['\n', '\n', '\n\n', '\r\n', ' \n\t\n', '\n\u00a0\n\n', '\u2028'];

function texts(random: Random, count: number): string[] {
  return Array.from({ length: count }, (_, at) =>
    Array.from({ length: random.below(9) }, (_line, line) =>
      random.chance(0.6) ? random.pick(LINES) : words(10 * at + line, 10 * at + line + 1 + random.below(8)),
    ).reduce((text, line) => text + line + random.pick(BREAKS), random.chance(0.1) ? '\n' : ''),
  );
}

describe.each(['lines', 'paragraphs'] as const)('repeated %s', (of) => {
  test.each([
    [2, 1],
    [2, 2],
    [5, 1],
    [40, 2],
  ])('are those in %i documents or more, of %i words or more, wherever they stand but the first time', async (documents, fewest) => {
    const folder = new DedupFolder();
    const some = texts(new Random(97, documents), 400);
    const pieces = { of, documents, words: fewest };
    const corpora = [folder.write('a.jsonl', some.slice(0, 150)), folder.write('b.jsonl', some.slice(150))];
    for (const [threads, blockBytes] of [
      [1, 2 ** 20],
      [2, 3_000],
    ] as const) {
      const result = await folder.deduplicate(corpora, { pieces, threads, keep: 'longest' }, { blockBytes });
      const expected = repeatedIn(some, result, pieces);
      expect(expected.length).toBeGreaterThan(documents === 40 ? 0 : 50);
      expect([...result.repeatedPieces()]).toEqual(expected);
      expect(result.removed.near + result.removed.exact + result.removed.normalised).toBeGreaterThan(0);
    }
  });

  test('are looked for without near duplicates, and not among documents that only others are compared with', async () => {
    const folder = new DedupFolder();
    const some = texts(new Random(101), 200);
    const pieces = { of, documents: 2, words: 1 };
    const against = [{ name: 'against', files: [folder.write('against.jsonl', some.slice(0, 100))] }];
    const result = await folder.deduplicateTexts(some.slice(100), { pieces, against, near: false });
    expect(result.removed.near).toBe(0);
    expect([...result.repeatedPieces()]).toEqual(repeatedIn(some.slice(100), result, pieces));
  });
});

test('the most common pieces are told with the documents that they stand in', async () => {
  const common = ['جميع الحقوق محفوظة', 'اقرأ أيضا', 'مرة'];
  const documents = Array.from({ length: 30 }, (_, at) =>
    [words(100 * at, 100 * at + 30), common[0], ...(at % 2 ? [common[1], common[1]] : []), ...(at === 7 ? [common[2]] : [])].join('\n'),
  );
  const result = await new DedupFolder().deduplicateTexts(documents, { pieces: { of: 'lines', documents: 2, words: 1 } });
  expect(result.commonPieces).toEqual([
    { position: 0, piece: 1, documents: 30 },
    { position: 1, piece: 2, documents: 15 },
  ]);
});

test('texts without pieces to look for have none that repeat', async () => {
  const result = await new DedupFolder().deduplicateTexts(['اقرأ أيضا\nنعم', 'اقرأ أيضا\nلا']);
  expect([...result.repeatedPieces()]).toEqual([]);
  expect(result.commonPieces).toEqual([]);
});
