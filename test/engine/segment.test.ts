import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../main/engine/scoring/seededRandom.ts';
import { joinSegments, segmentText, type SegmentLengths } from '../../main/engine/text/segment.ts';

const samples = path.resolve(import.meta.dirname, '../../resources/samples');
const texts = ['news', 'comments'].flatMap((name) =>
  fs
    .readFileSync(path.join(samples, `${name}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { text: string }).text),
);

describe('segments of a text', () => {
  it.each(['', '   ', '\n\n', ' a ', 'سطر\r\n\r\nسطر', `${'😀'.repeat(300)}`, 'x'.repeat(1000), `${'كَ'.repeat(400)}`])(
    'give back %j',
    (text) => {
      const { contents, separators } = segmentText(text);
      expect(joinSegments(contents, separators)).toBe(text);
    },
  );

  it('give back every sample text, keep the limit, and never start or end in a space', () => {
    expect(texts.length).toBe(1400);
    for (const text of texts) {
      const { contents, separators } = segmentText(text);
      expect(joinSegments(contents, separators)).toBe(text);
      for (const content of contents) {
        expect(content.length).toBeLessThanOrEqual(180);
        expect(content).toBe(content.trim());
        expect(content).not.toMatch(/\n/);
      }
      for (const separator of separators) expect(separator.trim()).toBe('');
    }
  });

  it('end at lines and at sentences, but not after an initial or inside a number', () => {
    const text = 'قال د. محمد علي إن سعر اللتر بلغ 3.5 دينار منذ أمس. وأضاف أن الوزارة سترد غدا على كل الأسئلة؟\nالسطر الثاني';
    expect(segmentText(text).contents).toEqual([
      'قال د. محمد علي إن سعر اللتر بلغ 3.5 دينار منذ أمس.',
      'وأضاف أن الوزارة سترد غدا على كل الأسئلة؟',
      'السطر الثاني',
    ]);
  });

  it('keep short sentences of a line together', () => {
    expect(segmentText('نعم! لا! ربما! هذا كل ما عندي من كلام في هذا الأمر.').contents).toEqual([
      'نعم! لا! ربما! هذا كل ما عندي من كلام في هذا الأمر.',
    ]);
  });

  it('cut long sentences after a comma, else between words, never inside a character', () => {
    const clause = 'كلمة '.repeat(20).trim();
    expect(segmentText(`${clause}، ${clause}، ${clause}`, { min: 40, max: 150 }).contents).toEqual([`${clause}،`, `${clause}،`, clause]);
    expect(segmentText('كلمة '.repeat(60), { min: 40, max: 52 }).contents.every((content) => /^(كلمة ?)+$/.test(content))).toBe(true);
    for (const content of segmentText('👨‍👩‍👧‍👦'.repeat(100)).contents) expect(content.isWellFormed()).toBe(true);
    for (const content of segmentText('كَ'.repeat(400)).contents) expect(content).not.toMatch(/^\p{M}/u);
  });

  it('take no longer for a long run of spaces', () => {
    const text = `${' '.repeat(200_000)}x${' '.repeat(200_000)}`;
    const { contents, separators } = segmentText(text);
    expect(contents).toEqual(['x']);
    expect(joinSegments(contents, separators)).toBe(text);
  });
});

const data = process.env.NASAQ_TEST_DATA ?? path.resolve(import.meta.dirname, '../../../shared/data');
const root = path.resolve(import.meta.dirname, '../..');

/** What must hold of any text: nothing lost or doubled, limits kept, no piece that is empty or padded, no half characters made. */
function check(text: string, lengths: SegmentLengths): void {
  const { contents, separators } = segmentText(text, lengths);
  const isWhole = text.isWellFormed();
  if (joinSegments(contents, separators) !== text) expect.fail(`lost or doubled something of ${JSON.stringify(text.slice(0, 200))}`);
  if (separators.length !== contents.length + 1) expect.fail('there is not one separator more than contents');
  for (const content of contents) {
    if (content.length > lengths.max) expect.fail(`is longer than ${lengths.max}: ${JSON.stringify(content)}`);
    if (content === '' || content !== content.trim()) expect.fail(`is empty or padded: ${JSON.stringify(content)}`);
    if (isWhole && !content.isWellFormed()) expect.fail(`cuts a character: ${JSON.stringify(content)}`);
  }
  for (const separator of separators) if (separator.trim() !== '') expect.fail(`lies between segments: ${JSON.stringify(separator)}`);
}
const ALL_LENGTHS: SegmentLengths[] = [
  { min: 40, max: 180 },
  { min: 20, max: 40 },
  { min: 40, max: 4000 },
];

describe('splitting and joining', () => {
  it('gives back Markdown, tables, lists, code and JSON of this project', () => {
    const files = [
      'README.md',
      'DECISIONS.md',
      'ARCHITECTURE.md',
      'package.json',
      'resources/codes/code-of-conduct.ar.md',
      'main/cli/nasaq.ts',
    ];
    for (const file of files) for (const lengths of ALL_LENGTHS) check(fs.readFileSync(path.join(root, file), 'utf8'), lengths);
  });

  it.skipIf(!fs.existsSync(data))('gives back 10,000 news texts, encyclopaedia paragraphs, tweets and English questions', () => {
    const lines = (file: string): string[] => fs.readFileSync(path.join(data, file), 'utf8').trim().split('\n');
    const articles = (
      JSON.parse(fs.readFileSync(path.join(data, 'arcd/arcd.json'), 'utf8')) as {
        data: { paragraphs: { context: string }[] }[];
      }
    ).data.flatMap(({ paragraphs }) => paragraphs.map(({ context }) => context));
    const questions = (
      JSON.parse(fs.readFileSync(path.join(data, 'beavertails_eval/BeaverTails-Evaluation.json'), 'utf8')) as { prompt: string }[]
    ).map(({ prompt }) => prompt);
    // Whole lines too: JSON with escapes in one line is as good a text as any.
    const real = [...lines('ant_corpus/ant_v1.1.jsonl').slice(0, 8000), ...lines('tox_mlma/mlma_ar.jsonl'), ...articles, ...questions];
    expect(real.length).toBeGreaterThan(10_000);
    for (const text of real) check(text, ALL_LENGTHS[0]!);
    for (const text of real.filter((_, index) => index % 20 === 0)) for (const lengths of ALL_LENGTHS) check(text, lengths);
  });

  it('gives back whatever is made of real texts cut, mixed and spoilt at random', () => {
    const random = seededRandom(20_261_123);
    const below = (limit: number): number => Math.floor(random() * limit);
    const odd = [
      '\n',
      '\r\n',
      '\r',
      '\n\n\n',
      '\t',
      '  ',
      '\u00A0',
      '\u2028',
      '\u2029',
      '\u200F',
      '\u202B',
      '\u202C',
      '\u2066',
      '\u2069',
      '\u200D',
      '\u0000',
      '\uFEFF',
      '\uD83D',
      '\uDE00',
      '😀',
      '👨‍👩‍👧‍👦',
      'كَّ',
      '. ',
      '؟ ',
      '! » ',
      '… ',
      '، ',
      '; ',
      '| a | b |\n|---|---|\n',
      '- ',
      '1. ',
      '```\ncode();\n```\n',
      '<p dir="rtl">',
      'https://example.org/?q=1&r=2',
      'x'.repeat(300),
      'ـ'.repeat(50),
      'a,b,c,',
      '\\frac{1}{2} ',
      ' '.repeat(500),
      '\n'.repeat(60),
    ];
    for (let round = 0; round < 3000; round++) {
      let text = '';
      for (let part = 1 + below(6); part > 0; part--) {
        const source = texts[below(texts.length)]!;
        const start = below(source.length);
        text += source.slice(start, start + below(300));
        for (let more = below(4); more > 0; more--) text += odd[below(odd.length)]!;
      }
      const max = 40 + below(400);
      check(text, { min: Math.min(40, max), max });
    }
  });

  it('gives back one line of ten million characters', () => {
    const line = texts.join(' ').replace(/\s+/gu, ' ');
    check(line.repeat(Math.ceil(10_000_000 / line.length)), ALL_LENGTHS[0]!);
    check('كلمة'.repeat(500_000), ALL_LENGTHS[0]!);
  });
});
