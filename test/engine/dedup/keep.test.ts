import { describe, expect, test } from 'vitest';
import { ALL_NORMALISATIONS, type NormalisationRules } from '../../../main/engine/text/normaliseArabic.ts';
import { DedupFolder, removals, words } from './DedupFolder.ts';

const verbatim = Object.fromEntries(Object.keys(ALL_NORMALISATIONS).map((rule) => [rule, false])) as unknown as NormalisationRules;
const text = words(0, 50);

describe('duplicates', () => {
  test('are exact, equal after normalisation, or near, each under the first rule that fits', async () => {
    const result = await new DedupFolder().deduplicateTexts([text, `${text}!`, text, `${text} وزيادة`, words(100, 150)]);
    expect([...result.duplicates()]).toEqual([
      { position: 1, duplicateOf: 0, isAgainst: false, similarity: 1, rule: 'normalised' },
      { position: 2, duplicateOf: 0, isAgainst: false, similarity: 1, rule: 'exact' },
      { position: 3, duplicateOf: 0, isAgainst: false, similarity: 48 / 49, rule: 'near' },
    ]);
    expect(result.removed).toEqual({ exact: 1, normalised: 1, near: 1 });
    expect([0, 1, 2, 3, 4].map((position) => result.isKept(position))).toEqual([true, false, false, false, true]);
  });

  test('that are copies of one that went near say how alike the one that stays is', async () => {
    const result = await new DedupFolder().deduplicateTexts([text, words(0, 48), words(0, 48)]);
    expect([...result.duplicates()].map(({ rule, duplicateOf, similarity }) => [rule, duplicateOf, similarity])).toEqual([
      ['near', 0, 46 / 48],
      ['exact', 0, 46 / 48],
    ]);
  });

  test('go for the most similar of those that stay', async () => {
    const result = await new DedupFolder().deduplicateTexts([words(0, 60), words(20, 80), words(15, 75)], { threshold: 0.5 });
    expect([...result.duplicates()]).toMatchObject([{ position: 2, duplicateOf: 1, similarity: 53 / 63 }]);
  });

  test('are counted with the bytes of their texts in UTF-8, not of their lines', async () => {
    const folder = new DedupFolder();
    const file = folder.writeBytes(
      'a.jsonl',
      [`{"id":"عنوان","text":"${text}"}`, `{"text":"${text}"}`, '{"text":"\\u0645\\ud83d\\ude00"}', '{"text":""}'].join('\n'),
    );
    const bytes = Buffer.byteLength(text);
    expect(await folder.deduplicate([file])).toMatchObject({ documents: 4, textBytes: 2 * bytes + 6, keptTextBytes: bytes + 6, empty: 1 });
  });

  test('without normalisation are texts of the same bytes', async () => {
    const result = await new DedupFolder().deduplicateTexts([text, `${text} `, text, `${text}!`], { near: false, normalisation: verbatim });
    expect(removals(result)).toEqual([[2, 0, 'exact']]);
  });

  test('are identical ones only, where near ones are not looked for', async () => {
    const result = await new DedupFolder().deduplicateTexts([text, `${text} و`, `${text}!`, text], { near: false });
    expect(removals(result)).toEqual([
      [2, 0, 'normalised'],
      [3, 0, 'exact'],
    ]);
    expect(result).toMatchObject({ verified: 0, crowdedBuckets: 0 });
  });

  test('are never empty texts, and wordless ones only when exactly equal', async () => {
    const documents = ['', '  ', '😀', '😂', '😀', '', '\u00a0\n', '😀 '];
    const result = await new DedupFolder().deduplicateTexts(documents);
    expect(result).toMatchObject({ documents: 8, empty: 4, wordless: 4, removed: { exact: 1, normalised: 0, near: 0 } });
    expect(removals(result)).toEqual([[4, 2, 'exact']]);
  });

  test.each(['words', 'characters'] as const)('are never texts of white space, whatever it is compared by: %s', async (of) => {
    const result = await new DedupFolder().deduplicateTexts(['  ', '  ', '\n', ' \t ', '   ', ''], {
      shingles: { of, size: 2 },
      normalisation: verbatim,
    });
    expect(result.empty).toBe(6);
    expect(removals(result)).toEqual([]);
  });
});

describe('what stays', () => {
  test('is the first', async () => {
    expect(removals(await new DedupFolder().deduplicateTexts([words(0, 50), words(0, 52), words(0, 50)]))).toEqual([
      [1, 0, 'near'],
      [2, 0, 'exact'],
    ]);
  });

  test('is the longest in characters, and of equally long ones the first', async () => {
    const folder = new DedupFolder();
    const found = await folder.deduplicateTexts([words(0, 50), words(0, 52), words(0, 52)], { keep: 'longest' });
    expect(removals(found)).toEqual([
      [0, 1, 'near'],
      [2, 1, 'exact'],
    ]);
    // More bytes, but fewer characters.
    const [latin, arabic] = [`${text} abcdefghij`, `${text} ابجدهوز`];
    expect(removals(await folder.deduplicateTexts([arabic, latin], { keep: 'longest' }))).toEqual([[0, 1, 'near']]);
    // The same text after normalisation: the one with vowel signs has more characters.
    expect(removals(await folder.deduplicateTexts(['محمد رسول سلام', 'مُحَمَّد رسول سلام'], { keep: 'longest' }))).toEqual([
      [0, 1, 'normalised'],
    ]);
  });

  test('is the one with the greatest number; those without one come last, and ties go to the lowest position', async () => {
    const folder = new DedupFolder();
    const kept = async (scores: readonly unknown[]): Promise<number[]> => {
      const documents = scores.map((score, at) => ({ ...(score === undefined ? {} : { score }), text: `${text} نهاية${at}` }));
      const result = await folder.deduplicateTexts(documents, { keep: 'greatest', orderField: 'score' });
      return documents.flatMap((_, position) => (result.isKept(position) ? [position] : []));
    };
    expect(await kept([1, 10, 9.5])).toEqual([1]);
    expect(await kept([null, -1e300, undefined])).toEqual([1]);
    expect(await kept([undefined, null, null])).toEqual([0]);
    expect(await kept([2, 3, 3, 1e-9])).toEqual([1]);
    expect(await kept([-0, 0])).toEqual([0]);
    expect(await kept([2 ** 53, 2 ** 53 + 2])).toEqual([1]);
  });

  test('is the newest, by a date with or without a time and a zone', async () => {
    const folder = new DedupFolder();
    const kept = async (dates: readonly unknown[]): Promise<number> => {
      const documents = dates.map((date, at) => ({ text: `${text} نهاية${at}`, date }));
      const result = await folder.deduplicateTexts(documents, { keep: 'greatest', orderField: 'date' });
      const left = documents.flatMap((_, position) => (result.isKept(position) ? [position] : []));
      expect(left.length).toBe(1);
      return left[0]!;
    };
    expect(await kept(['2016-12-31', '2017-02-01', '2017-01-31', null])).toBe(1);
    expect(await kept(['2017-02-01T10:00:00Z', '2017-02-01T11:30:00+02:00', '2017-02-01T09:59:59.999Z'])).toBe(0);
    expect(await kept(['2017-02-01', '2017-02-01T00:00:00Z'])).toBe(0);
  });

  test('is always explained by one that stays: a chain of small steps is not one cluster', async () => {
    const chain = Array.from({ length: 40 }, (_, at) => words(6 * at, 6 * at + 60));
    for (const keep of ['first', 'greatest'] as const) {
      const documents = chain.map((text, at) => ({ text, score: (at * 17) % 40 }));
      const result = await new DedupFolder().deduplicateTexts(documents, { keep, orderField: 'score', allPairs: true });
      const removed = [...result.duplicates()];
      expect(removed.length).toBeGreaterThan(10);
      for (const { position, duplicateOf, similarity } of removed) {
        expect(result.isKept(duplicateOf)).toBe(true);
        const shared = 60 - 6 * Math.abs(position - duplicateOf) - 2;
        expect(similarity).toBe(shared / (2 * 58 - shared));
        expect(similarity).toBeGreaterThanOrEqual(0.7);
        if (keep === 'greatest') expect(documents[duplicateOf]!.score).toBeGreaterThan(documents[position]!.score);
      }
      const kept = chain.flatMap((_, position) => (result.isKept(position) ? [position] : []));
      for (const [at, position] of kept.entries()) if (at > 0) expect(position - kept[at - 1]!).toBeGreaterThan(1);
    }
  });
});

describe('several corpora', () => {
  test('are in order of priority, whatever is kept within one', async () => {
    const folder = new DedupFolder();
    const good = folder.write('good.jsonl', [
      { text, score: 1 },
      { text: `${text} و`, score: 2 },
    ]);
    const bad = folder.write('bad.jsonl', [
      { text: `${text} و ز`, score: 99 },
      { text: words(100, 150), score: 0 },
    ]);
    const options = { keep: 'greatest', orderField: 'score' } as const;
    expect(removals(await folder.deduplicate([good, bad], options))).toEqual([
      [0, 1, 'near'],
      [2, 1, 'near'],
    ]);
    expect(removals(await folder.deduplicate([bad, good], options))).toEqual([
      [2, 0, 'near'],
      [3, 0, 'near'],
    ]);
  });

  test('of many files count their rows in the natural order of the files’ names, however they are listed', async () => {
    const folder = new DedupFolder();
    const files = Array.from({ length: 12 }, (_, at) =>
      folder.write(`part-${at}.jsonl`, [words(1000 * (at + 1), 1000 * (at + 1) + 40), at % 2 ? `${text}` : `${text} ${at}`]),
    );
    const corpus = (listed: readonly string[]) => [{ name: 'shards', files: listed }];
    const inOrder = await folder.deduplicate(corpus(files));
    expect(removals(inOrder).map(([position, duplicateOf]) => [position, duplicateOf])).toEqual(
      Array.from({ length: 11 }, (_, at) => [2 * at + 3, 1]),
    );
    for (const listed of [files.toReversed(), files.toSorted(), [...files.slice(5), ...files.slice(0, 5)]]) {
      expect([...(await folder.deduplicate(corpus(listed))).duplicates()]).toEqual([...inOrder.duplicates()]);
    }
  });
});

describe('documents to compare with', () => {
  const other = words(100, 150);

  test('stay and are preferred to all, and are no part of the result', async () => {
    const folder = new DedupFolder();
    const first = { name: 'test set', files: [folder.write('against-1.jsonl', [words(200, 250), words(0, 20)])] };
    const second = {
      name: 'more',
      files: [
        folder.write('against-2.jsonl', [
          { text: `${text} و`, score: 0 },
          { text: `${text} و`, score: 0 },
          { text: other, score: 0 },
        ]),
      ],
    };
    const corpus = folder.write('corpus.jsonl', [
      { text, score: 9 },
      { text: `${text} و`, score: 8 },
      { text: words(300, 350), score: 7 },
      { text: other, score: 1 },
      { text: `${other}؟`, score: 2 },
    ]);
    for (const keep of ['first', 'longest', 'greatest'] as const) {
      const result = await folder.deduplicate([corpus], { against: [first, second], keep, orderField: 'score' });
      expect(result).toMatchObject({
        documents: 5,
        againstDocuments: 5,
        textBytes: 2 * Buffer.byteLength(text) + 3 + Buffer.byteLength(words(300, 350)) + 2 * Buffer.byteLength(other) + 2,
      });
      expect([...result.duplicates()]).toEqual([
        { position: 0, duplicateOf: 2, isAgainst: true, similarity: 48 / 49, rule: 'near' },
        { position: 1, duplicateOf: 2, isAgainst: true, similarity: 1, rule: 'exact' },
        { position: 3, duplicateOf: 4, isAgainst: true, similarity: 1, rule: 'exact' },
        { position: 4, duplicateOf: 4, isAgainst: true, similarity: 1, rule: 'normalised' },
      ]);
      expect([0, 1, 2, 3, 4].filter((position) => result.isKept(position))).toEqual([2]);
    }
  });

  test('that are all the same as one of the corpus, or none, make no difference', async () => {
    const folder = new DedupFolder();
    const empty = { name: 'nothing', files: [folder.writeBytes('empty.jsonl', '')] };
    const result = await folder.deduplicateTexts([text, text], { against: [empty] });
    expect(result).toMatchObject({ documents: 2, againstDocuments: 0 });
    expect([...result.duplicates()]).toEqual([{ position: 1, duplicateOf: 0, isAgainst: false, similarity: 1, rule: 'exact' }]);
  });

  test('do not hide pairs within the corpus', async () => {
    const folder = new DedupFolder();
    const against = [{ name: 'test set', files: [folder.write('against.jsonl', [text, `${text} و`])] }];
    const result = await folder.deduplicateTexts([text, `${text} و`, `${text}!`], { against, allPairs: true });
    expect([...result.pairs()].map(({ a, b, similarity }) => [a, b, similarity]).sort()).toEqual([
      [0, 1, 48 / 49],
      [0, 2, 1],
      [1, 2, 48 / 49],
    ]);
  });
});

test('a member’s order is asked of every corpus, and the text may be called as one likes', async () => {
  const folder = new DedupFolder();
  const documents = [
    { النص: text, year: 2015 },
    { year: 2016, النص: text },
  ];
  const result = await folder.deduplicateTexts(documents, { textField: 'النص', keep: 'greatest', orderField: 'year' });
  expect(removals(result)).toEqual([[0, 1, 'exact']]);
});
