import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Random } from '../../../bench/dedup/Random.ts';
import { DedupKernel } from '../../../main/engine/dedup/DedupKernel.ts';
import { ALL_NORMALISATIONS, normaliseArabic, type NormalisationRules } from '../../../main/engine/text/normaliseArabic.ts';
import { antDocuments, antFile } from './antCorpus.ts';

const rules = Object.keys(ALL_NORMALISATIONS) as (keyof NormalisationRules)[];
const only = (...kept: (keyof NormalisationRules)[]): NormalisationRules =>
  Object.fromEntries(rules.map((rule) => [rule, kept.includes(rule)])) as unknown as NormalisationRules;
const without = (rule: keyof NormalisationRules): NormalisationRules => ({ ...ALL_NORMALISATIONS, [rule]: false });

const kernelFor = (normalisation: NormalisationRules, of: 'words' | 'characters' = 'words'): DedupKernel =>
  new DedupKernel({ textField: 'text', shingles: { of, size: 1 }, normalisation, countsCharacters: false, seed: 1 });
const kernel = kernelFor(ALL_NORMALISATIONS);

/** At most ten texts that the kernel makes something else of. */
function differing(texts: Iterable<string>, by: DedupKernel = kernel, normalisation = ALL_NORMALISATIONS): unknown[] {
  const wrong = [];
  for (const text of texts) {
    const [found, expected] = [by.normalise(text), normaliseArabic(text, normalisation)];
    if (found !== expected && wrong.length < 10) wrong.push({ text: escape(text), found: escape(found), expected: escape(expected) });
  }
  return wrong;
}
const escape = (text: string): string => Array.from(text, (letter) => `U+${letter.codePointAt(0)!.toString(16)}`).join(' ');

/** Ranges with scripts, marks and symbols; the rest are ideographs, Hangul syllables, private and unassigned. */
const VARIED = [
  [0, 0x3400],
  [0xa000, 0xac00],
  [0xd7b0, 0xd800],
  [0xf900, 0x12000],
  [0x16000, 0x17000],
  [0x1b000, 0x20000],
  [0xe0000, 0xe0200],
] as const;
/** Where the rules have their letters, and what NFKC changes next to them. */
const CONCERNED = [
  [0, 0x0800],
  [0x08a0, 0x0900],
  [0x1100, 0x1200],
  [0x1e00, 0x2100],
  [0x3000, 0x3100],
  [0xfb00, 0xff80],
  [0x1ee00, 0x1ef00],
  [0x1f300, 0x1f700],
] as const;

function* points(ranges: readonly (readonly [number, number])[]): Generator<string> {
  for (const [from, to] of ranges) {
    for (let point = from; point < to; point += 1) if (point < 0xd800 || point >= 0xe000) yield String.fromCodePoint(point);
  }
}
function* map<T>(items: Iterable<T>, change: (item: T) => string): Generator<string> {
  for (const item of items) yield change(item);
}
function* chunks(items: Iterable<string>, size: number): Generator<string> {
  let chunk = '';
  let count = 0;
  for (const item of items) {
    chunk += item;
    count += 1;
    if (count % size > 0) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

describe('the kernel’s normalisation is normaliseArabic’s', () => {
  test('for every code point, in a row and between letters', () => {
    expect(differing(chunks(points([[0, 0x110000]]), 61))).toEqual([]);
    expect(
      differing(
        chunks(
          map(points([[0, 0x110000]]), (point) => `ا${point}ب `),
          61,
        ),
      ),
    ).toEqual([]);
  });

  // In one text with others, a point that must be composed would have them all composed.
  test('for every code point of varied scripts alone with letters that it may join', () => {
    expect(differing(map(points(VARIED), (point) => `و${point}A${point}`))).toEqual([]);
    expect(differing(map(points(CONCERNED), (point) => ` ${point}ا${point}ي${point} e${point}가${point}`))).toEqual([]);
  });

  test('for all that Unicode composes, taken apart', () => {
    const composed = [...points([[0, 0x30000]])].filter((point) => point.normalize('NFD') !== point || point.normalize('NFKD') !== point);
    expect(composed.length).toBeGreaterThan(15_000);
    const apart = composed.flatMap((point, at) =>
      point >= '가' && point <= '힣' && at % 10 > 0 ? [] : [point.normalize('NFD'), point.normalize('NFKD')],
    );
    expect(differing(apart)).toEqual([]);
    expect(differing(map(apart, (text) => `${text}${text}\u0654`))).toEqual([]);
  });

  const some = [...points(CONCERNED)];
  test.each(rules)('with %s alone, and with all but it', (rule) => {
    for (const normalisation of [only(rule), without(rule)]) {
      const other = kernelFor(normalisation);
      expect(differing(chunks(some, 7), other, normalisation)).toEqual([]);
      expect(
        differing(
          map(some, (point) => `ا${point} b${point}`),
          other,
          normalisation,
        ),
      ).toEqual([]);
    }
  });

  test('for random mixtures of what is hard, under random rules', () => {
    const random = new Random(5);
    const kinds = [
      [...'ابتثجحخدذرزسشصضطظعغفقكلمنهويءآأإؤئةىٱیک'],
      [...'\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0653\u0654\u0655\u0670\u06d6\u06e1\u0610'],
      [...'aZéÀßıİΣςστЖñÅ'],
      [...'\u0300\u0301\u0308\u030a\u0327\u0323\u0345\u20d0'],
      [...'ᄀᄁ가각ᅡᅢᆨᆩ힣'],
      [...'ﻻﷲﷺﺑﺄﻼﭐﷻ\ufe70\ufe71ﬁ２Ａ①½℃㎏'],
      ['\u200d', '\u200c', '\u200f', '\ufeff', '\u00ad', '\ufe0f', '\u2066', '\u061c', '\u034f'],
      ['😀', '👨\u200d👩\u200d👧', '🏽', '🇹🇳', '👍🏿', '❤\ufe0f', '𝔸', '\u{1ee00}', '𐐀', '\u{10ffff}'],
      [...'0123٠١٢٣۴۵۶،؛؟.!«»ـ_-$€'],
      [' ', '  ', '\t', '\n', '\u00a0', '\u2003', '\u2028', '\u3000', '\u0085', '\u0000', '\u001f', '\u180e'],
      [...'ककि\u093cড়\u09c7\u09be\u0b47\u0b57'],
    ];
    const mixtures = Array.from({ length: 3000 }, () => {
      const chosen = [random.pick(kinds), random.pick(kinds), random.pick(kinds)];
      return Array.from({ length: random.below(24) }, () => random.pick(random.pick(chosen))).join('');
    });
    expect(differing(mixtures)).toEqual([]);
    for (let set = 0; set < 12; set += 1) {
      const normalisation = only(random.pick(rules), ...rules.filter(() => random.chance(0.5)));
      expect(differing(mixtures, kernelFor(normalisation), normalisation)).toEqual([]);
    }
  });

  test.skipIf(!fs.existsSync(antFile))('for real texts (needs NASAQ_TEST_DATA)', () => {
    const texts = antDocuments()
      .filter((_, at) => at % 4 === 0)
      .map(({ text }) => text);
    expect(differing(texts)).toEqual([]);
  });
});

describe('words', () => {
  const none = kernelFor(only());
  const count = (by: DedupKernel, text: string): number => {
    const line = Buffer.from(JSON.stringify({ text }));
    by.readLine(line);
    return by.shinglesOfLine(0, line.length);
  };

  test('are divided by Unicode’s white space and control characters, and by nothing else', () => {
    const pages = Array.from({ length: 0x110000 / 256 }, (_, page) => [...points([[256 * page, 256 * page + 256]])]);
    const wrong = pages.filter((page) => {
      const text = page.map((point) => `${point}a`).join('');
      return count(none, text) !== text.split(/[\p{White_Space}\u0000-\u0020]/u).filter(Boolean).length;
    });
    expect(wrong.map((page) => escape(page[0]!))).toEqual([]);
  });

  test('stand wherever they may in a text of any length', () => {
    const random = new Random(9);
    const gaps = [' ', '  ', '\n', '\u00a0', ' \u2003 ', '\u3000', '\u0085', '\u2029\u202f', ' '.repeat(70)];
    for (let round = 0; round < 3000; round += 1) {
      const words = Array.from({ length: random.below(40) }, () =>
        random.pick(['و', 'من', 'â', 'ก', '〃', 'x'.repeat(1 + random.below(70)), '😀']),
      );
      const text = (random.chance(0.5) ? random.pick(gaps) : '') + words.map((word) => word + random.pick(gaps)).join('');
      expect(count(none, random.chance(0.5) ? text : text.trimEnd())).toBe(words.length);
    }
  });

  test('are counted in long texts as in short ones', () => {
    for (const length of [65_530, 65_536, 65_537, 200_000]) {
      expect(count(none, 'و '.repeat(length / 3))).toBe(Math.floor(length / 3));
      expect(count(none, `${'\u3000'.repeat(length / 3)}a`)).toBe(1);
      expect(count(none, 'a '.repeat(length))).toBe(length);
    }
  });

  test('give way to code points where characters are compared', () => {
    const characters = kernelFor(only(), 'characters');
    for (const text of ['', 'ب', 'نص قصير', '😀e\u0301', `${'x'.repeat(100)}ÿ\u0000`])
      expect(count(characters, text)).toBe([...text].length);
  });
});
