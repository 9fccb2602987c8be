import { describe, expect, test } from 'vitest';
import { wordDiff } from '../../renderer/previews/wordDiff.ts';

const changed = (parts: readonly { text: string; changed: boolean }[]) => parts.filter((part) => part.changed).map(({ text }) => text);
const joined = (parts: readonly { text: string }[]) => parts.map(({ text }) => text).join('');

describe('differences between words', () => {
  test('marks the Arabic word that was replaced, whole, and nothing around it', () => {
    const diff = wordDiff('هذا الرجل غبي جدا', 'هذا الرجل مخطئ جدا');
    expect(changed(diff.before)).toEqual(['غبي']);
    expect(changed(diff.after)).toEqual(['مخطئ']);
  });
  test('keeps a word with its diacritics together', () => {
    expect(changed(wordDiff('قال مُحَمَّدٌ ذلك', 'قال أحمد ذلك').before)).toEqual(['مُحَمَّدٌ']);
  });
  test('each side, joined, is its text', () => {
    const before = 'اشترك الآن!!! https://example.com ثم  عد\nإلى النص.';
    const after = 'ثم عد\nإلى النص، من فضلك.';
    const diff = wordDiff(before, after);
    expect(joined(diff.before)).toBe(before);
    expect(joined(diff.after)).toBe(after);
  });
  test('says when nothing changed', () => {
    expect(wordDiff('نص', 'نص').unchanged).toBe(true);
    expect(wordDiff('نص', 'نص ').unchanged).toBe(false);
  });
});
