import { describe, expect, test } from 'vitest';
import { splitPieces } from '../../../main/engine/dedup/splitPieces.ts';
import { cutPieces } from '../../../nodes/dedup/cutPieces.ts';

describe('cutting', () => {
  const cut = (text: string, of: 'lines' | 'paragraphs', ...numbers: number[]) => cutPieces(text, splitPieces(text, of), new Set(numbers));
  test.each([
    ['a\nb\nc', [1], 'a\nc'],
    ['a\nb\nc', [0], 'b\nc'],
    ['a\nb\nc', [2], 'a\nb'],
    ['a\nb\nc', [0, 2], 'b'],
    ['a\r\n\nb\r\nc\n', [2], 'a\r\n\nc\n'],
    ['a\nb', [0, 1], undefined],
    ['a\n \n\t', [0], undefined],
  ])('lines of %j', (text, numbers, left) => expect(cut(text, 'lines', ...numbers)).toBe(left));

  test.each([
    ['a\nb\n\nc\n \n\nd\n', [1], 'a\nb\n\nd\n'],
    ['a\nb\n\nc\n \n\nd\n', [0], 'c\n \n\nd\n'],
    ['a\nb\n\nc\n \n\nd\n', [2], 'a\nb\n\nc\n'],
    ['\n\na\n\nb', [0], '\n\nb'],
    ['\n\na\n\nb', [0, 1], undefined],
  ])('paragraphs of %j', (text, numbers, left) => expect(cut(text, 'paragraphs', ...numbers)).toBe(left));
});
