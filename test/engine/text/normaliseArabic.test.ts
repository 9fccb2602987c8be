import { describe, expect, test } from 'vitest';
import { ALL_NORMALISATIONS, normaliseArabic } from '../../../main/engine/text/normaliseArabic.ts';

describe('normalisation', () => {
  const none = Object.fromEntries(Object.keys(ALL_NORMALISATIONS).map((rule) => [rule, false])) as unknown as typeof ALL_NORMALISATIONS;
  test.each([
    ['hamza', 'أإآٱ سؤال', 'اااا سوال'],
    ['yaa', 'على ایران', 'علي ايران'],
    ['taaMarbuta', 'مدرسة', 'مدرسه'],
    ['diacritics', 'مُحَمَّدٌ', 'محمد'],
    ['tatweel', 'جمـــيل', 'جميل'],
    ['punctuation', 'نعم، لا؛ هل؟ «قال»', 'نعم لا هل قال'],
    ['digits', '١٢۳', '123'],
    ['letterCase', 'Nasaq', 'nasaq'],
    ['compatibility', 'ﻻ  ﺑﺄس', 'لا بأس'],
  ])('%s is a switch of its own', (rule, text, expected) => {
    expect(normaliseArabic(text, { ...none, [rule]: true })).toBe(expected);
    expect(normaliseArabic(text, none)).toBe(text.replace(/ +/g, ' '));
  });
});
