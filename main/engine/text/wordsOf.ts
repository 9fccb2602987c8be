import { foldText } from './normaliseArabic.ts';

export interface Word {
  /** As it stands in the text. */
  readonly text: string;
  /** Equal for words that differ only in marks, stretching, letter case or repeated letters. */
  readonly folded: string;
}

/** A word of letters and digits, or one sign that is neither and no mark: an emoji, such as may be said over and over too. */
const WORD = /[\p{L}\p{M}\p{N}]+|\p{Extended_Pictographic}/gu;
const STRETCHED = /(\p{L})\1+/gu;
const COMPARED = {
  compatibility: true,
  hamza: true,
  yaa: true,
  taaMarbuta: true,
  diacritics: true,
  tatweel: true,
  punctuation: false,
  digits: true,
  letterCase: true,
};

export const wordsOf = (text: string): Word[] =>
  (text.match(WORD) ?? []).map((word) => ({ text: word, folded: foldText(word, COMPARED).replace(STRETCHED, '$1') }));

/** A text in which phrases can be looked for whatever their spelling of hamza, marks, digits and case; punctuation is kept. */
export const foldedForSearch = (text: string): string => foldText(text, COMPARED).replace(/\s+/gu, ' ').trim();
