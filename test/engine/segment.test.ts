import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { joinSegments, segmentText } from '../../main/engine/text/segment.ts';

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
