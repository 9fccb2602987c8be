import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { GraphNode } from '../../../main/contract/graph.ts';
import { normaliseArabic } from '../../../main/engine/text/normaliseArabic.ts';
import type { Row } from '../../../nodes/kit/index.ts';
import { type Bench, makeBench } from '../testNodes.ts';
import { antCorpus, type Deduplicated, deduplicateFiles, type Document, readJsonLines, root, words } from './dedupBench.ts';

let bench: Bench;
beforeEach(() => void (bench = makeBench()));
afterEach(() => bench.clear());

type Params = GraphNode['params'];
const deduplicate = (corpus: readonly Document[], params: Params = {}) => deduplicateFiles(bench, { corpus: [corpus] }, params);
/** Documents called a, b, c, … */
const documents = (...texts: string[]): Document[] => texts.map((text, at) => ({ id: String.fromCharCode(97 + at), text }));
const keptIds = ({ kept }: Deduplicated): string => kept.map(({ id }) => id).join(' ');
/** "b→a near" */
const wentFor = ({ clusters }: Deduplicated): string[] =>
  clusters.map(({ id, duplicateOf, rule }) => `${String(id)}→${String(duplicateOf)} ${String(rule)}`);
const refusal = (deduplicated: Promise<Deduplicated>): Promise<string> =>
  deduplicated.then(
    () => 'nothing was refused',
    (error: Error) => error.message,
  );

describe('the outputs', () => {
  test('have what stays in its order with all its columns, and what goes beside the one that stays for it', async () => {
    const text = words('a', 0, 60);
    const found = await deduplicate([
      { id: 'first', text, year: 2020 },
      { id: 'other', text: words('b', 0, 60), year: 2021 },
      { id: 'copy', text, year: 2022 },
      { id: 'dotted', text: `${text}!`, year: 2023 },
      { id: 'shorter', text: words('a', 0, 50), year: 2024 },
    ]);
    expect(found.kept).toEqual([
      { id: 'first', text, year: 2020 },
      { id: 'other', text: words('b', 0, 60), year: 2021 },
    ]);
    const row = { duplicateOf: 'first', against: false };
    expect(found.clusters).toEqual([
      { ...row, id: 'copy', similarity: 1, rule: 'exact', text, keptText: null },
      { ...row, id: 'dotted', similarity: 1, rule: 'normalised', text: `${text}!`, keptText: text },
      { ...row, id: 'shorter', similarity: 48 / 58, rule: 'near', text: words('a', 0, 50), keptText: text },
    ]);
    expect(found.outcome.outputs.clusters!.columns!.map(({ name }) => name)).toEqual([
      ...['id', 'duplicateOf', 'similarity', 'rule', 'against', 'text', 'keptText'],
    ]);
  });

  test('of the sample news add up, and say so in the report', async () => {
    const file = path.join(root, 'resources/samples/news.jsonl');
    const found = await deduplicateFiles(bench, { corpus: [file] });
    const news = readJsonLines<{ id: string; text: string }>(file);
    const textOf = new Map(news.map(({ id, text }) => [id, text]));
    const gone = new Set(found.clusters.map(({ id }) => id as string));
    expect(found.kept.map(({ id }) => id)).toEqual(news.map(({ id }) => id).filter((id) => !gone.has(id)));
    expect(found.clusters.filter(({ rule }) => rule === 'exact').length).toBe(69);
    for (const { id, duplicateOf, rule, text, keptText } of found.clusters) {
      expect(gone.has(duplicateOf as string)).toBe(false);
      expect(text).toBe(textOf.get(id as string));
      expect(keptText ?? text).toBe(textOf.get(duplicateOf as string));
      if (rule === 'exact') expect(keptText).toBeNull();
    }
    const { findings, tables } = found.report;
    expect(findings[0]).toMatch(new RegExp(`^${gone.size} of 600 documents \\(.*; ${600 - gone.size} stay\\.$`));
    expect(tables[0]!.rows.map(([, count]) => count)).toEqual(
      ['exact', 'normalised', 'near'].map((rule) => found.clusters.filter((row) => row.rule === rule).length),
    );
  });

  test('are empty tables where nothing goes', async () => {
    const found = await deduplicate(documents(words('a', 0, 9), '', '  ', '😀'));
    expect(keptIds(found)).toBe('a b c d');
    expect(found.clusters).toEqual([]);
    expect(found.report.findings).toContain(
      '2 documents have no text; they stay, because empty texts are not taken for copies of each other.',
    );
    expect(found.report.charts[0]!.series[0]!.points).toEqual([]);
  });

  test('keep texts byte for byte, whatever stands in them', async () => {
    const odd = ['a\u0000b "x" \\ \u2028\r\n😀\u{10ffff}\ufeff', '{"text": "y"}', 'ﻻ مُحَمَّدٌ'];
    const found = await deduplicate(documents(...odd, ...odd));
    expect(found.kept.map(({ text }) => text)).toEqual(odd);
    expect(wentFor(found)).toEqual(['d→a exact', 'e→b exact', 'f→c exact']);
    expect(found.clusters.map(({ text }) => text)).toEqual(odd);
  });
});

describe('the report', () => {
  test('counts documents and bytes by rule, and shows large clusters and doubtful pairs', async () => {
    const [large, small] = [words('ا', 0, 60), words('b', 0, 60)];
    const found = await deduplicate(documents(small, large, large, large, `${large} !`, words('b', 0, 46), words('b', 0, 55)));
    const [byRule, largest, leastAlike] = found.report.tables;
    const bytes = (...texts: string[]) => `${Buffer.byteLength(texts.join(''))} bytes`;
    expect(byRule!.rows.map((row) => row.slice(0, 4))).toEqual([
      ['Exactly equal', 2, '28.6 %', bytes(large, large)],
      ['Equal after normalisation', 1, '14.3 %', bytes(large, ' !')],
      ['Near duplicates', 2, '28.6 %', bytes(words('b', 0, 46), words('b', 0, 55))],
    ]);
    expect(largest!.rows.map(([kept, size]) => [kept, size])).toEqual([
      ['b', 4],
      ['a', 3],
    ]);
    expect(leastAlike!.rows.map(([similarity, dropped, , kept]) => [similarity, dropped, kept])).toEqual([
      [0.759, 'f', 'a'],
      [0.914, 'g', 'a'],
    ]);
    const histogram = found.report.charts[0]!.series[0]!.points;
    expect(histogram.map(([, count]) => count)).toEqual([1, 0, 0, 1, 0]);
    expect(histogram[0]![0]).toBeCloseTo(0.75, 12);
  });
});

describe('the profile', () => {
  const corpus = documents(words('a', 0, 60), words('a', 0, 46), words('b', 0, 60), words('b', 0, 36), 'x y z', 'x y z!');
  test.each([
    ['exact', 'a b c d e'],
    ['strict', 'a b c d e'],
    ['balanced', 'a c d e'],
    ['loose', 'a c e'],
  ])('%s leaves %s', async (profile, ids) => {
    expect(keptIds(await deduplicate(corpus, { profile }))).toBe(ids);
  });

  test('custom takes size, unit and threshold as they are set', async () => {
    const pair = documents(words('a', 0, 60), words('a', 0, 46));
    const custom = (params: Params) => deduplicate(pair, { profile: 'custom', ...params });
    // 44 of 58 word 3-grams, 46 of 60 words.
    expect(wentFor(await custom({ ngram: 3, threshold: 0.75 }))).toEqual(['b→a near']);
    expect(wentFor(await custom({ ngram: 3, threshold: 0.76 }))).toEqual([]);
    expect(wentFor(await custom({ ngram: 1, threshold: 0.76 }))).toEqual(['b→a near']);
  });

  test('custom finds by characters what has no word in common', async () => {
    const stems = Array.from({ length: 40 }, (_, at) => `${(at * 7919 + 104_729).toString(36)}${(at * 6271 + 15_485_863).toString(36)}`);
    const pair = documents(stems.join(' '), stems.map((stem) => `${stem}ة`).join(' '));
    const custom = (unit: string) => deduplicate(pair, { profile: 'custom', unit, ngram: 4, threshold: 0.4, ignoreTaaMarbuta: false });
    expect(wentFor(await custom('words'))).toEqual([]);
    expect(wentFor(await custom('characters'))).toEqual(['b→a near']);
  });
});

describe('keep', () => {
  const text = words('a', 0, 60);
  test('the first or the longest; of equally long ones the first', async () => {
    const corpus = documents(text, `${text}  `, words('b', 0, 9), `${text} !`);
    expect(keptIds(await deduplicate(corpus))).toBe('a c');
    expect(wentFor(await deduplicate(corpus, { keep: 'longest' }))).toEqual(['a→b normalised', 'd→b normalised']);
  });

  test('the newest by dates, whatever their zone; undated ones go first, ties by position', async () => {
    const dates = ['2024-05-01T01:00:00+03:00', '2024-04-30T23:30:00Z', '2024-04-30T23:30Z', null, 'soon'];
    const corpus = dates.map((date, at): Document => ({ id: `${at}`, text: text + ' '.repeat(at), date }));
    const found = await deduplicate(corpus, { keep: 'newest', orderColumn: 'date' });
    expect(keptIds(found)).toBe('1');
    expect(found.report.findings).toContain(
      '2 documents have no date that reads like 2024-05-31 in "date"; they come after those that have one.',
    );
  });

  test('the newest or best by numbers', async () => {
    const corpus = [3, 7.5, 7.5, null, -1].map((score, at): Document => ({ id: `${at}`, text: text + ' '.repeat(at), score }));
    expect(keptIds(await deduplicate(corpus, { keep: 'newest', orderColumn: 'score' }))).toBe('1');
    expect(keptIds(await deduplicate(corpus, { keep: 'best', orderColumn: 'score' }))).toBe('1');
  });

  test.each([
    [
      'newest',
      'day',
      /^Node `dedup`: Param `orderColumn`: there is no column "day"; the corpus has "id", "text", "note", "good": choose one of them\.$/,
    ],
    ['best', 'note', /: Param `orderColumn`: the column "note" has text, but `keep` needs numbers: choose another column\.$/],
    [
      'newest',
      'good',
      /: Param `orderColumn`: the column "good" has true and false, but `keep` needs dates or numbers: choose another column\.$/,
    ],
    ['newest', 'note', /: Param `orderColumn`: no document has a date such as 2024-05-31, or a number in "note": choose another column\.$/],
  ])('%s by a column that cannot be ordered by is refused: %s', async (keep, orderColumn, sentence) => {
    const corpus = [{ id: 'a', text, note: 'soon', good: true }];
    expect(await refusal(deduplicate(corpus, { keep, orderColumn }))).toMatch(sentence);
  });

  test.each([
    [{ keep: 'newest' }, 'Node `dedup`: param `orderColumn` must name the column with the dates when `keep` is `newest`.'],
    [{ keep: 'best', orderColumn: ' ' }, 'Node `dedup`: param `orderColumn` must name the column with the scores when `keep` is `best`.'],
    [
      { profile: 'custom', unit: 'characters', ngram: 2 },
      'Node `dedup`: param `ngram` must be at least 3 for n-grams of characters, because shorter ones stand in every text.',
    ],
  ])('%j is refused before anything runs', async (params, sentence) => {
    expect(await refusal(deduplicate(documents(text), params))).toBe(sentence);
  });
});

describe('each rule of normalisation is a switch', () => {
  test.each([
    ['ignoreHamza', 'أخبار سؤال', 'اخبار سوال'],
    ['ignoreYaa', 'على', 'علي'],
    ['ignoreTaaMarbuta', 'مدرسة', 'مدرسه'],
    ['ignoreDiacritics', 'مُحَمَّدٌ', 'محمد'],
    ['ignoreTatweel', 'جمـــيل', 'جميل'],
    ['ignorePunctuation', 'نعم، لا؛ هل؟', 'نعم لا هل'],
    ['ignoreDigitForms', '١٢۳', '123'],
    ['ignoreLetterCase', 'Nasaq', 'nasaq'],
    ['ignoreForms', 'ﻻ\u200b', 'لا'],
  ])('%s', async (rule, one, other) => {
    const corpus = documents(one, other);
    expect(wentFor(await deduplicate(corpus, { profile: 'exact' }))).toEqual(['b→a normalised']);
    expect(wentFor(await deduplicate(corpus, { profile: 'exact', [rule]: false }))).toEqual([]);
  });
});

describe('several inputs', () => {
  const [a, b] = [words('a', 0, 60), words('b', 0, 60)];
  test('have the priority of their edges, whatever is kept within one', async () => {
    const one: Document[] = [{ id: 'short', text: a, year: 1 }];
    const two: Document[] = [
      { id: 'long', text: `${a}!`, page: 'x' },
      { id: 'own', text: b, page: 'y' },
    ];
    const found = await deduplicateFiles(bench, { corpus: [one, two] }, { keep: 'longest' });
    expect(found.kept).toEqual([
      { id: 'short', text: a, year: 1, page: null, corpus: 1 },
      { id: 'own', text: b, year: null, page: 'y', corpus: 2 },
    ]);
    expect(found.clusters).toEqual([
      {
        ...{ id: 'long', duplicateOf: 'short', similarity: 1, rule: 'normalised', against: false },
        ...{ corpus: 2, keptCorpus: 1, text: `${a}!`, keptText: a },
      },
    ]);
    expect(keptIds(await deduplicateFiles(bench, { corpus: [two, one] }))).toBe('long own');
  });

  test('of which only some have the column to order by, each in its own order', async () => {
    const dated = ['2020', '2021'].map((year, at): Document => ({ id: year, text: a + ' '.repeat(at), year }));
    const undated: Document[] = [
      { id: 'first', text: b },
      { id: 'second', text: `${b} ` },
    ];
    const found = await deduplicateFiles(
      bench,
      { corpus: [undated, dated], against: [documents(words('c', 0, 9))] },
      { keep: 'newest', orderColumn: 'year' },
    );
    expect(keptIds(found)).toBe('first 2021');
  });

  test('that share ids get the number of their input in front', async () => {
    const found = await deduplicateFiles(bench, { corpus: [documents(a, b), documents(b, words('c', 0, 9))] });
    expect(keptIds(found)).toBe('1/a 1/b 2/b');
    expect(wentFor(found)).toEqual(['2/a→1/b exact']);
    expect(found.report.tables[1]!.rows.map(([kept]) => kept)).toEqual(['1/b']);
  });

  test('keep a column of their own that is called `corpus`', async () => {
    const one: Document[] = [{ id: 'a', text: a, corpus: 'web' }];
    const found = await deduplicateFiles(bench, { corpus: [one, [{ id: 'b', text: b }]] });
    expect(found.kept.map(({ corpus, corpus_original }) => [corpus, corpus_original])).toEqual([
      [1, 'web'],
      [2, null],
    ]);
  });
});

describe('what is compared with', () => {
  const [a, b] = [words('a', 0, 60), words('b', 0, 60)];
  test('drops its copies from the corpus, is preferred to all, and is no part of the result', async () => {
    const found = await deduplicateFiles(
      bench,
      {
        corpus: [documents(`${a} وزيادة`, b, b)],
        against: [
          [
            { id: 'question', text: a },
            { id: 'answer', text: a },
          ],
        ],
      },
      { keep: 'longest' },
    );
    expect(keptIds(found)).toBe('b');
    expect(wentFor(found)).toEqual(['a→question near', 'c→b exact']);
    expect(found.clusters.map(({ against, keptText }) => [against, keptText])).toEqual([
      [true, a],
      [false, null],
    ]);
    expect(found.report.findings[0]).toMatch(/^2 of 3 documents/);
    expect(found.report.findings).toContain('They were compared with 2 documents of `against` too.');
    expect(found.report.tables[1]!.rows.map(([kept, size]) => [kept, size])).toEqual([
      ['b', 2],
      ['question (against)', 1],
    ]);
  });

  test('may be several corpora', async () => {
    const found = await deduplicateFiles(bench, { corpus: [documents(a, b, words('c', 0, 9))], against: [documents(b), documents(a)] });
    expect(keptIds(found)).toBe('c');
    expect(found.clusters.map(({ id, corpus, keptCorpus }) => [id, corpus, keptCorpus])).toEqual([
      ['a', 1, 2],
      ['b', 1, 1],
    ]);
  });

  test('may be the corpus itself, of which then nothing stays but empty texts', async () => {
    const corpus = documents(a, '', b);
    expect(keptIds(await deduplicateFiles(bench, { corpus: [corpus], against: [corpus] }))).toBe('b');
  });
});

describe('repeated pieces', () => {
  const footer = 'جميع الحقوق محفوظة للموقع';
  const own = (kind: string) => words(kind, 0, 40);
  const corpus = documents(
    `${own('a')}\n${footer}`,
    `${footer}.\n${own('b')}\nقصير`,
    `${own('c')}\nجميع الحقوق مَحفوظة للموقع\n${footer}`,
    `\n${footer}\n`,
    `${own('d')}\nقصير`,
    `${own('e')}\nقصير`,
  );
  const params = { pieces: 'lines', pieceDocuments: 4, pieceWords: 2 };

  test('are left where they are unless they are asked for', async () => {
    const found = await deduplicate(corpus);
    expect(found.kept.map(({ text }) => text)).toEqual(corpus.map(({ text }) => text));
    expect(Object.keys(found.kept[0]!)).toEqual(['id', 'text']);
  });

  test('are flagged everywhere but in their first place, also where they are written otherwise', async () => {
    const found = await deduplicate(corpus, params);
    expect(found.kept.map(({ text }) => text)).toEqual(corpus.map(({ text }) => text));
    expect(found.kept.map(({ repeatedPieces }) => repeatedPieces)).toEqual([0, 1, 2, 1, 0, 0]);
    const lengths = [0, footer.length + 1, 2 * footer.length + 1, footer.length, 0, 0];
    expect(found.kept.map(({ repeatedShare }) => repeatedShare)).toEqual(lengths.map((length, at) => length / corpus[at]!.text.length));
    expect(found.report.tables.at(-1)).toEqual({
      title: 'Most common lines',
      columns: ['Text', 'Documents', 'First in'],
      rows: [[footer, 4, 'a']],
    });
    expect(found.report.findings.at(-1)).toMatch(
      /^4 lines in 3 of the documents that stay .* stand in at least 4 documents and not there first; they were flagged\.$/,
    );
  });

  test('are cut, with nothing else, and never so that nothing is left', async () => {
    const found = await deduplicate(corpus, { ...params, pieceAction: 'cut' });
    expect(found.kept.map(({ text }) => text)).toEqual([
      corpus[0]!.text,
      `${own('b')}\nقصير`,
      own('c'),
      corpus[3]!.text,
      corpus[4]!.text,
      corpus[5]!.text,
    ]);
    expect(found.report.findings.at(-1)).toBe('1 documents have nothing else; they stay whole, because cutting would leave them empty.');
  });

  test('must stand in enough documents and have enough words', async () => {
    const flags = async (more: Params) =>
      (await deduplicate(corpus, { ...params, ...more })).kept.map(({ repeatedPieces }) => repeatedPieces);
    expect(await flags({ pieceDocuments: 5 })).toEqual([0, 0, 0, 0, 0, 0]);
    expect(await flags({ pieceDocuments: 3, pieceWords: 1 })).toEqual([0, 1, 2, 1, 1, 1]);
    expect(await flags({ pieceWords: 5 })).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('may be paragraphs of several lines', async () => {
    const notice = 'سطر أول من التنبيه\nسطر ثان من التنبيه';
    const found = await deduplicate(documents(`${own('a')}\n\n${notice}`, `${notice}\n \n\n${own('b')}`, `${own('c')}\n${notice}`), {
      ...{ pieces: 'paragraphs', pieceAction: 'cut', pieceDocuments: 2 },
    });
    expect(found.kept.map(({ text }) => text)).toEqual([`${own('a')}\n\n${notice}`, own('b'), `${own('c')}\n${notice}`]);
  });

  test('are measured anew where the corpus has their columns already', async () => {
    const found = await deduplicate([{ id: 'a', text: own('a'), repeatedShare: 'much', repeatedPieces: 7, year: 1 }], params);
    expect(found.kept).toEqual([{ id: 'a', text: own('a'), year: 1, repeatedPieces: 0, repeatedShare: 0 }]);
  });
});

describe.skipIf(!fs.existsSync(antCorpus))('on the whole ANT corpus (needs NASAQ_TEST_DATA)', () => {
  test('every surplus exact copy and every near pair at the threshold goes', async () => {
    const found = await deduplicateFiles(bench, { corpus: [antCorpus] });
    const pairs = readJsonLines<{ jaccard_w3: number; a: string; b: string }>(path.join(path.dirname(antCorpus), 'near_dup_pairs.jsonl'));
    const gone = new Map(found.clusters.map((row): [string, Row] => [row.id as string, row]));
    expect(found.kept.length + gone.size).toBe(10_161);
    expect(found.clusters.filter(({ rule }) => rule === 'exact').length).toBe(173);
    expect(pairs.filter(({ jaccard_w3, a, b }) => jaccard_w3 >= 0.7 && !gone.has(a) && !gone.has(b))).toEqual([]);
    for (const { duplicateOf, similarity } of found.clusters) {
      expect(gone.has(duplicateOf as string)).toBe(false);
      expect(similarity).toBeGreaterThanOrEqual(0.7);
    }
    expect(found.report.findings).toContain(
      '23 documents have no text; they stay, because empty texts are not taken for copies of each other.',
    );
  });

  test.each(['lines', 'paragraphs'] as const)('the repeated %s are those that a look at all of them finds', async (pieces) => {
    const params = { pieces, pieceDocuments: 2, pieceWords: 4 };
    // The corpus has no blank lines: as paragraphs its lines do.
    const news = readJsonLines<Document>(antCorpus).map((document) => ({
      ...document,
      text: document.text.replaceAll('\n', pieces === 'lines' ? '\n' : '\n \n'),
    }));
    const flagged = await deduplicateFiles(bench, { corpus: [news] }, params);
    const cut = await deduplicateFiles(bench, { corpus: [news] }, { ...params, pieceAction: 'cut' });
    const texts = flagged.kept.map(({ text }) => text as string);
    const split = (text: string): string[] => (pieces === 'lines' ? text.split('\n') : text.split(/\n(?:\s*\n)+/));
    const places = new Map<string, number[]>();
    for (const [document, text] of texts.entries()) {
      for (const piece of split(text)) {
        const key = normaliseArabic(piece);
        if (key.split(' ').length >= 4) places.set(key, [...(places.get(key) ?? []), document]);
      }
    }
    const isRepeated = (piece: string): boolean => new Set(places.get(normaliseArabic(piece))).size >= 2;
    const seen = new Set<string>();
    let whole = 0;
    for (const [document, text] of texts.entries()) {
      const kept = split(text).filter(
        (piece) => !isRepeated(piece) || (!seen.has(normaliseArabic(piece)) && seen.add(normaliseArabic(piece))),
      );
      expect(flagged.kept[document]!.repeatedPieces).toBe(split(text).length - kept.length);
      const isEmpty = kept.length < split(text).length && kept.every((piece) => piece.trim() === '');
      whole += Number(isEmpty);
      const left = cut.kept[document]!.text as string;
      if (pieces === 'lines' || isEmpty) expect(left).toBe(isEmpty ? text : kept.join('\n'));
      else expect(split(left)).toEqual(kept);
    }
    const repeated = flagged.kept.reduce((sum, { repeatedPieces }) => sum + Number(repeatedPieces), 0);
    expect(repeated).toBeGreaterThan(20);
    expect(flagged.report.findings.at(-1)).toMatch(new RegExp(`^${repeated} ${pieces} in `));
    expect(cut.report.findings.some((finding) => finding.startsWith(`${whole} documents have nothing else`))).toBe(whole > 0);
    const [[, most]] = flagged.report.tables.at(-1)!.rows as [[string, number]];
    expect(most).toBe(Math.max(...[...places.values()].map((documents) => new Set(documents).size)));
  });
});
