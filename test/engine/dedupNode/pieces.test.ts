import { describe, expect, test } from 'vitest';
import { FrequentPieces } from '../../../nodes/dedup/FrequentPieces.ts';
import { cutPieces, piecesOfText } from '../../../nodes/dedup/pieces.ts';

const texts = (text: string, of: 'lines' | 'paragraphs'): string[] =>
  piecesOfText(text, of).map(({ start, end }) => text.slice(start, end));

describe('a text falls into', () => {
  test.each([
    ['', ['']],
    ['one', ['one']],
    ['one\n', ['one', '']],
    ['\none\r\n\ntwo', ['', 'one\r', '', 'two']],
  ])('lines: %j', (text, pieces) => expect(texts(text, 'lines')).toEqual(pieces));
});

describe('cutting', () => {
  const cut = (text: string, of: 'lines' | 'paragraphs', ...numbers: number[]) => cutPieces(text, piecesOfText(text, of), new Set(numbers));
  test.each([
    ['a\nb\nc', [1], 'a\nc'],
    ['a\nb\nc', [0], 'b\nc'],
    ['a\nb\nc', [2], 'a\nb'],
    ['a\nb\nc', [0, 2], 'b'],
    ['a\r\n\nb\r\nc\n', [2], 'a\r\n\nc\n'],
    ['a\nb', [0, 1], undefined],
    ['a\n \n\t', [0], undefined],
  ])('lines of %j', (text, numbers, left) => expect(cut(text, 'lines', ...numbers)).toBe(left));
});

describe('frequent pieces', () => {
  test('are counted exactly while few differ', () => {
    const pieces = new FrequentPieces((text) => text.slice(0, 2));
    for (const text of ['aaa', 'bbb', 'aaa', 'ccc', 'aaa', 'ccc']) pieces.add(text);
    expect(pieces.top(2)).toEqual([
      { piece: 'aa', count: 3 },
      { piece: 'cc', count: 2 },
    ]);
  });

  test('are found among any number of rare ones, and never counted too high', () => {
    const pieces = new FrequentPieces((text) => text);
    for (let at = 0; at < 100_000; at += 1) {
      pieces.add(`rare ${at}`);
      if (at % 10 === 0) pieces.add('often');
      if (at % 50 === 0) pieces.add('sometimes');
    }
    const [first, second] = pieces.top(2);
    expect([first!.piece, second!.piece]).toEqual(['often', 'sometimes']);
    expect(first!.count).toBeLessThanOrEqual(10_000);
    // 112,000 in all take off at most one each time that 4,096 are forgotten.
    expect(first!.count).toBeGreaterThanOrEqual(10_000 - 112_000 / 4_096);
    expect(second!.count).toBeGreaterThanOrEqual(2_000 - 112_000 / 4_096);
  });
});
