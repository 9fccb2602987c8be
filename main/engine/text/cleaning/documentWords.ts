import { characterClass, CLASSES } from '../characterClass.ts';

/** What white space divides a text into. */
export interface DocumentWords {
  /** All of them, those of punctuation alone too. */
  readonly tokens: readonly string[];
  /** Tokens with a letter or a digit. */
  readonly words: number;
  /** Tokens with a letter. */
  readonly alphabetic: number;
  /** Letters and digits, in code points; diacritics and tatweel are none. */
  readonly lettersAndDigits: number;
}

export function documentWords(text: string): DocumentWords {
  const tokens: string[] = [];
  let words = 0;
  let alphabetic = 0;
  let lettersAndDigits = 0;
  let start = -1;
  let hasLetter = false;
  let hasDigit = false;
  const endToken = (end: number): void => {
    if (start < 0) return;
    tokens.push(text.slice(start, end));
    if (hasLetter || hasDigit) words += 1;
    if (hasLetter) alphabetic += 1;
    start = -1;
    hasLetter = hasDigit = false;
  };
  for (let at = 0; at < text.length; at++) {
    const code = text.codePointAt(at)!;
    const kind = characterClass(code);
    if (kind === CLASSES.space) {
      endToken(at);
      continue;
    }
    if (start < 0) start = at;
    if (kind === CLASSES.digit) hasDigit = true;
    else if (kind === CLASSES.arabicLetter || kind === CLASSES.latinLetter || kind === CLASSES.otherLetter) hasLetter = true;
    if (kind !== CLASSES.other && kind !== CLASSES.mark) lettersAndDigits += 1;
    if (code > 0xffff) at += 1;
  }
  endToken(text.length);
  return { tokens, words, alphabetic, lettersAndDigits };
}
