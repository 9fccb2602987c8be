import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { DedupOptions } from '../../../main/engine/dedup/DedupOptions.ts';
import { deduplicateInChild } from './deduplicateInChild.ts';
import { DedupFolder } from './DedupFolder.ts';

/** Three lines: a short text, the same `unit` again and again until it has `bytes` bytes, and the short text. */
function writeLongLine(folder: DedupFolder, unit: string, bytes: number): string {
  const file = folder.writeBytes('long.jsonl', '{"text":"نص قصير"}\n{"text":"');
  const chunk = Buffer.from(unit.repeat(Math.floor(1e6 / Buffer.byteLength(unit))));
  for (let written = 0; written < bytes; written += chunk.length) fs.appendFileSync(file, chunk);
  fs.appendFileSync(file, '"}\n{"text":"نص قصير"}\n');
  return file;
}
const tooLong = (file: string): string => `${file}, line 2: the line is too long for the memory`;

describe('a line of 200 MB', () => {
  const budget = 2e9;
  test('is read within a budget that holds it', async () => {
    const folder = new DedupFolder();
    const file = writeLongLine(folder, `${'طويلة'.repeat(40)} `, 200e6);
    const { lines, digest, error, memory } = await deduplicateInChild(folder.options([file], { memoryBudget: budget }));
    expect([error, digest?.length]).toEqual([undefined, 64]);
    expect(lines).toContain('comparing 1/1');
    expect(memory).toBeLessThan(budget);
  });

  test('is refused in one sentence by a budget that does not, and takes no more memory', async () => {
    const folder = new DedupFolder();
    const file = writeLongLine(folder, `${'طويلة'.repeat(40)} `, 200e6);
    const { error, memory } = await deduplicateInChild(folder.options([file], { memoryBudget: 512e6 }));
    expect(error).toMatch(tooLong(file));
    expect(memory).toBeLessThan(512e6);
  });
});

describe('a line of 40 MB', () => {
  test.each<[string, string, Partial<DedupOptions>, boolean]>([
    ['a hundred thousand words', `${'طويلة'.repeat(40)} `, {}, true],
    ['the same three words', 'كلمة طويلة جدا ', {}, true],
    ['escapes', '\\u0645\\n\\ud83d\\ude00 ', {}, true],
    ['white space', ' \\t\u00a0', {}, true],
    ['words of one letter', 'a ', {}, false],
    ['characters of one byte, one by one', 'abcdefg', { shingles: { of: 'characters', size: 5 } }, false],
  ])('of %s stays within 512 MB', async (_, unit, more, fits) => {
    const folder = new DedupFolder();
    const file = writeLongLine(folder, unit, 40e6);
    const { digest, error, memory } = await deduplicateInChild(folder.options([file], { memoryBudget: 512e6, ...more }));
    if (fits) expect([error, digest?.length]).toEqual([undefined, 64]);
    else expect(error).toMatch(tooLong(file));
    expect(memory).toBeLessThan(512e6);
  });

  test('is compared with another', async () => {
    const folder = new DedupFolder();
    // No n-gram twice, so that the sets are as large as they may be.
    const long = Array.from({ length: 1e6 }, (_, at) => `ك${at.toString(36)}`).join(' ');
    const result = await folder.deduplicateTexts([long, `${long} وزيادة`], { memoryBudget: 2e9 });
    const shingles = 1e6 - 2;
    expect([...result.duplicates()]).toEqual([
      { position: 1, duplicateOf: 0, isAgainst: false, similarity: shingles / (shingles + 1), rule: 'near' },
    ]);
  });
});
