import { describe, expect, it } from 'vitest';
import { anchorTexts } from '../../../main/engine/text/anchorTexts.ts';
import { editDistance, quickEditDistance } from '../../../main/engine/text/editDistance.ts';
import { seededRandom } from '../../../main/engine/scoring/seededRandom.ts';
import { sampleRows } from '../inference/givenArtifacts.ts';

const noPause = async (): Promise<void> => undefined;
const news = sampleRows('news').map(({ text }) => String(text));
const comments = sampleRows('comments').map(({ text }) => String(text));

/** Wagner and Fischer 1974, one row at a time. */
function plainDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const line = [row];
    for (let column = 1; column <= b.length; column++) {
      line[column] = Math.min(line[column - 1]! + 1, above[column]! + 1, above[column - 1]! + Number(a[row - 1] !== b[column - 1]));
    }
    above = line;
  }
  return above[b.length]!;
}

describe('the edit distance', () => {
  it('of real texts is that of the plain algorithm', () => {
    for (let at = 0; at + 1 < 60; at++) {
      const [a, b] = [comments[at]!.slice(0, 300), comments[at + 1]!.slice(0, 300)];
      expect(quickEditDistance(a, b)).toBe(plainDistance(a, b));
      expect(quickEditDistance(b, a)).toBe(plainDistance(a, b));
    }
  });

  it.each([0, 1, 31, 32, 33, 63, 64, 65, 97])('of random texts of %i characters is that of the plain algorithm', (length) => {
    const random = seededRandom(length);
    const letters = (count: number) => Array.from({ length: count }, () => String.fromCharCode(0x627 + Math.floor(random() * 3))).join('');
    for (let trial = 0; trial < 40; trial++) {
      const [a, b] = [letters(length), letters(Math.floor(random() * 120))];
      expect(quickEditDistance(a, b)).toBe(plainDistance(a, b));
    }
  });

  it('of texts that take several turns is exact too, however the work is cut', async () => {
    const [a, b] = [news.slice(0, 20).join('\n'), news.slice(20, 40).join('\n')];
    expect(quickEditDistance(a, b)).toBeUndefined();
    let pauses = 0;
    const found = await editDistance(a, b, async () => void (pauses += 1));
    expect(found).toEqual({ distance: plainDistance(a, b), isExact: true });
    expect(pauses).toBeGreaterThan(1);
  });

  it('of ten megabytes with a word changed here and there is found, and said to be a bound', async () => {
    const all = news.join('\n');
    const book = Array.from({ length: Math.ceil(10_000_000 / all.length) }, (_, at) => `${at} ${all}`).join(' ');
    const places = [100_000, 3_000_000, 7_000_000, 9_900_000];
    const edited = places.reduceRight((text, place) => `${text.slice(0, place)}كلمة${text.slice(place + 4)}`, book);
    const { distance, isExact } = await editDistance(book, edited, noPause);
    expect(isExact).toBe(false);
    expect(distance).toBeGreaterThan(0);
    expect(distance).toBeLessThanOrEqual(16);
  });

  it('of long texts without anything in common is the whole of the longer, at most', async () => {
    const { distance, isExact } = await editDistance('ا'.repeat(2_000_000), 'b'.repeat(1_500_000), noPause);
    expect([distance, isExact]).toEqual([2_000_000, false]);
  });
});

describe('parts of two texts that belong together', () => {
  const partsOf = async (a: string, b: string) => {
    const parts: [string, string][] = [];
    for await (const part of anchorTexts(a, b, noPause)) parts.push(part);
    return parts;
  };

  it('are the texts when they are joined again', async () => {
    const [a, b] = [news.slice(0, 30).join('\n\n'), news.slice(10, 40).reverse().join(' \n')];
    const parts = await partsOf(a, b);
    expect([parts.map(([left]) => left).join(''), parts.map(([, right]) => right).join('')]).toEqual([a, b]);
  });

  it('begin with the same words, in the order of both', async () => {
    const [a, b] = [news.slice(0, 10).join(' '), [...news.slice(0, 5), 'حشو بين الخبرين', ...news.slice(5, 10)].join(' ')];
    const parts = await partsOf(a, b);
    expect(parts.length).toBeGreaterThan(500);
    for (const [left, right] of parts.slice(1)) expect(right.split(/\s+/)[0]).toBe(left.split(/\s+/)[0]);
    expect(parts.filter(([left, right]) => left !== right).length).toBeLessThan(6);
  });
});
