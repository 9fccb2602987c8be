import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { cleanDocument, type CleaningSettings } from '../../../main/engine/text/cleaning/cleanDocument.ts';
import { CLEANING_RULES, type CleaningRuleName, GOPHER_LIMITS } from '../../../main/engine/text/cleaning/cleaningRules.ts';
import { WordList } from '../../../main/engine/text/cleaning/WordList.ts';
import { resources, sampleRows } from '../inference/givenArtifacts.ts';

const list = (name: string) => new WordList(fs.readFileSync(path.join(resources, 'lexicons', name), 'utf8'));
const stopWordLists = [list('function-words.ar.txt'), list('function-words.en.txt')];
const gopher: CleaningSettings = { limits: GOPHER_LIMITS, stopWordLists, lines: undefined, cutLines: undefined };
const failing = (text: string, settings = gopher) => cleanDocument(text, settings).failures.map(({ rule }) => rule);

const news = sampleRows('news').map(({ text }) => String(text));
const words = (text: string) => text.split(/\s+/).filter(Boolean);
/** One line of prose of 140 words, which passes all rules. */
const prose = words(
  news
    .filter((text) => failing(text).length === 0)
    .slice(0, 3)
    .join(' '),
)
  .slice(0, 140)
  .join(' ');
const everyFifth = (text: string, change: (word: string) => string) =>
  words(text)
    .map((word, at) => (at % 5 === 0 ? change(word) : word))
    .join(' ');
const inLines = (text: string, size: number) =>
  Array.from({ length: Math.ceil(words(text).length / size) }, (_, at) =>
    words(text)
      .slice(at * size, (at + 1) * size)
      .join(' '),
  );
/** Distinct words of the news, so that only what is put between them repeats. */
const distinct = [...new Set(news.flatMap(words))].filter((word) => /^\p{L}{3,8}$/u.test(word) && !prose.includes(word)).slice(0, 400);
const phrase = (size: number) => distinct.slice(300, 300 + size).join(' ');
/** So many words of others before each time that the phrase comes. */
const repeating = (size: number, times: number, between: number) =>
  `من في على ${Array.from({ length: times }, (_, at) => `${distinct.slice(at * between, (at + 1) * between).join(' ')} ${phrase(size)}`).join(' ')}`;

/** For each rule, real text spoilt in one way. */
const SPOILT: Record<CleaningRuleName, string> = {
  'too-few-words': words(prose).slice(0, 49).join(' '),
  'too-many-words': Array.from({ length: 800 }, () => prose).join('\n'),
  'short-words': words(prose)
    .map((word) => word.slice(0, 2))
    .join(' '),
  'long-words': inLines(prose, 3)
    .map((line) => line.replaceAll(' ', ''))
    .join(' '),
  'hash-signs': everyFifth(prose, (word) => `#${word}`),
  ellipses: everyFifth(prose, (word) => `${word}...`),
  'bullet-lines': inLines(prose, 12)
    .map((line) => `• ${line}`)
    .join('\n'),
  'ellipsis-lines': inLines(prose, 14)
    .map((line) => `${line} …`)
    .join('\n'),
  'few-alphabetic-words': everyFifth(prose, (word) => `2017 17 ${word}`),
  'few-stop-words': words(prose)
    .filter((word) => stopWordLists.every((each) => each.countIn([...failingForms(word)]) === 0))
    .join(' '),
  'repeated-lines': [prose, ...Array.from({ length: 5 }, () => 'المصدر')].join('\n'),
  'repeated-paragraphs': [prose, ...Array.from({ length: 5 }, () => 'المصدر')].join('\n\n'),
  'repeated-line-characters': [prose, prose, ...inLines(distinct.join(' '), 10)].slice(0, 20).join('\n'),
  'repeated-paragraph-characters': [prose, prose, ...inLines(distinct.join(' '), 10)].slice(0, 20).join('\n\n'),
  'top-2-gram': repeating(2, 30, 3),
  'top-3-gram': repeating(3, 20, 5),
  'top-4-gram': repeating(4, 15, 8),
  'repeated-5-grams': repeating(5, 12, 15),
  'repeated-6-grams': repeating(6, 12, 15),
  'repeated-7-grams': repeating(7, 12, 15),
  'repeated-8-grams': repeating(8, 12, 15),
  'repeated-9-grams': repeating(9, 12, 15),
  'repeated-10-grams': repeating(10, 12, 15),
};
function* failingForms(word: string): Generator<string> {
  yield word
    .normalize('NFKC')
    .replace(/[أإآ]/g, 'ا')
    .replaceAll('ى', 'ي')
    .replaceAll('ة', 'ه')
    .replace(/[ً-ْ،.:"«»()]/g, '');
}

describe('a rule about documents', () => {
  it('lets real prose pass', () => expect(failing(prose)).toEqual([]));

  it.each(CLEANING_RULES.map(({ name }) => name))('%s drops real text that was spoilt for it, and alone does so too', (name) => {
    expect(failing(SPOILT[name])).toContain(name);
    expect(failing(SPOILT[name], { ...gopher, limits: { [name]: GOPHER_LIMITS[name] } })).toEqual([name]);
    expect(failing(SPOILT[name], { ...gopher, limits: {} })).toEqual([]);
    expect(failing(prose, { ...gopher, limits: { [name]: GOPHER_LIMITS[name] } })).toEqual([]);
  });

  it.each([5, 6, 7, 8, 9])('of repeated %i-grams does not see longer ones', (size) => {
    const found = failing(SPOILT[`repeated-${size}-grams` as CleaningRuleName]);
    expect(found.filter((rule) => rule === `repeated-${size + 1}-grams`)).toEqual([]);
  });

  it('is exact at its limit', () => {
    const fifty = words(prose).slice(0, 50).join(' ');
    expect(failing(fifty)).not.toContain('too-few-words');
    expect(cleanDocument(words(prose).slice(0, 49).join(' '), gopher).failures[0]).toEqual({ rule: 'too-few-words', value: 49, limit: 50 });
  });
});

describe('of the Arabic language', () => {
  it('words are as long as their letters, whatever diacritics and tatweel they carry', () => {
    const pointed = words(prose)
      .map((word) => word.replace(/(?<=\p{L})(?=\p{L})/gu, 'َـ'))
      .join(' ');
    expect(pointed.length).toBeGreaterThan(2 * prose.length);
    expect(failing(pointed)).toEqual([]);
  });

  it('stop words are found in any spelling, and counted in the list that fits best', () => {
    const only = { ...gopher, limits: { 'few-stop-words': 2 } };
    expect(failing('إِلَىٰ الـمدينة عنْ', only)).toEqual([]);
    expect(failing('الي المدينه عن', only)).toEqual([]);
    expect(failing('The city AND, the port', only)).toEqual([]);
    expect(failing('من the', only)).toEqual(['few-stop-words']);
    expect(failing('من من من', only)).toEqual(['few-stop-words']);
  });

  it('nearly all news have stop words, and no list of names has', () => {
    const only = { ...gopher, limits: { 'few-stop-words': 2 } };
    const long = news.filter((text) => words(text).length >= 50);
    expect(long.filter((text) => failing(text, only).length > 0).length).toBeLessThan(long.length / 200);
    expect(failing('تونس صفاقس سوسة القيروان بنزرت قابس قفصة', only)).toEqual(['few-stop-words']);
  });
});

describe('on all news', () => {
  it('counts words, mean lengths and repeated lines as a plain reckoning does', () => {
    for (const text of news) {
      const real = words(text).filter((word) => /[\p{L}\p{N}]/u.test(word));
      const letters = real.join('').replace(/[^\p{L}\p{N}]|ـ/gu, '').length;
      const lines = text
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean);
      const expected = {
        'too-few-words': real.length < 50,
        'short-words': letters / real.length < 5,
        'few-alphabetic-words': words(text).filter((word) => /\p{L}/u.test(word)).length / words(text).length < 0.9,
        'repeated-lines': 1 - new Set(lines).size / lines.length > 0,
      };
      const limits = { 'too-few-words': 50, 'short-words': 5, 'few-alphabetic-words': 0.9, 'repeated-lines': 0 };
      expect(failing(text, { ...gopher, limits }).sort()).toEqual(
        Object.entries(expected)
          .filter(([, fails]) => fails)
          .map(([rule]) => rule)
          .sort(),
      );
    }
  });

  it('finds the repeated n-grams that a plain reckoning finds', () => {
    for (const text of [...news.slice(0, 150), ...Object.values(SPOILT).filter((each) => each.length < 20_000)]) {
      const tokens = words(text);
      for (const size of [5, 7, 10]) {
        const seen = new Set<string>();
        const covered = new Set<number>();
        for (let at = 0; at + size <= tokens.length; at++) {
          const gram = tokens.slice(at, at + size).join(' ');
          if (seen.has(gram)) for (let place = at; place < at + size; place++) covered.add(place);
          seen.add(gram);
        }
        const share = [...covered].reduce((sum, place) => sum + tokens[place]!.length, 0) / (tokens.join('').length || 1);
        const name = `repeated-${size}-grams` as CleaningRuleName;
        expect(failing(text, { ...gopher, limits: { [name]: share } })).toEqual([]);
        if (share > 0) expect(failing(text, { ...gopher, limits: { [name]: share - 1e-9 } })).toEqual([name]);
      }
    }
  });
});

it('a document of many megabytes on one line is judged', () => {
  const long = Array.from({ length: 60_000 }, (_, at) => `${distinct[at % 400]}${at}`).join(' ');
  expect(failing(Array.from({ length: 12 }, () => long).join(' '))).toEqual(['too-many-words']);
  expect(failing('ا'.repeat(5_000_000))).toEqual(expect.arrayContaining(['too-few-words', 'long-words']));
});
