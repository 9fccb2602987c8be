import { ALL_NORMALISATIONS, normaliseArabic } from '../normaliseArabic.ts';

const RULES = { ...ALL_NORMALISATIONS, punctuation: false };
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
/** Longer ones are links and noise, and no list has them. */
const LONGEST = 40;
/** Words are few and come often, so each is folded once. */
const MOST_KNOWN = 200_000;
const known = new Map<string, string>();

/** A word as lists are looked up: in one spelling, without the punctuation around it; empty when there is nothing else. */
export function comparedWord(word: string): string {
  if (word.length > LONGEST) return word;
  const found = known.get(word);
  if (found !== undefined) return found;
  const letters = [...normaliseArabic(word, RULES)];
  const first = letters.findIndex((letter) => LETTER_OR_DIGIT.test(letter));
  const last = letters.findLastIndex((letter) => LETTER_OR_DIGIT.test(letter));
  const compared = first < 0 ? '' : letters.slice(first, last + 1).join('');
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(word, compared);
  return compared;
}
