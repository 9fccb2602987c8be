/** What a code point counts as in measurements of text. */
export type CharacterClass = (typeof CLASSES)[keyof typeof CLASSES];

export const CLASSES = {
  /** Punctuation, symbols, emoji, control characters. */
  other: 0,
  space: 1,
  arabicLetter: 2,
  latinLetter: 3,
  otherLetter: 4,
  digit: 5,
  /** Diacritics, tatweel, invisible format characters: part of the letter before them. */
  mark: 6,
} as const;

const SPACE = /\s/u;
const MARK = /[\p{M}\p{Cf}\u0640]/u;
const DIGIT = /\p{Nd}/u;
const LETTER = /\p{L}/u;
const ARABIC = /\p{Script=Arabic}/u;
const LATIN = /\p{Script=Latin}/u;

function classify(character: string): CharacterClass {
  if (SPACE.test(character)) return CLASSES.space;
  if (MARK.test(character)) return CLASSES.mark;
  if (DIGIT.test(character)) return CLASSES.digit;
  if (!LETTER.test(character)) return CLASSES.other;
  if (ARABIC.test(character)) return CLASSES.arabicLetter;
  return LATIN.test(character) ? CLASSES.latinLetter : CLASSES.otherLetter;
}

const UNKNOWN = 255;
/** Of the Basic Multilingual Plane, filled as characters turn up. */
const known = new Uint8Array(0x10000).fill(UNKNOWN);

export function characterClass(codePoint: number): CharacterClass {
  if (codePoint > 0xffff) return classify(String.fromCodePoint(codePoint));
  const found = known[codePoint]!;
  return found === UNKNOWN ? (known[codePoint] = classify(String.fromCharCode(codePoint))) : (found as CharacterClass);
}
