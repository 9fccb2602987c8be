import { comparedWord } from './comparedWord.ts';
import { listEntries } from './WordList.ts';

type Place = 'anywhere' | 'start' | 'end' | 'whole';
interface Phrase {
  readonly words: readonly string[];
  readonly place: Place;
}

/** What of a line is boilerplate: all of it, or the tokens from `first` on up to `end`. */
export type Boilerplate =
  { readonly all: true; readonly isCounter: boolean } | { readonly all: false; readonly first: number; readonly end: number };

const NUMBER = /^[0-9][0-9.,٫٬]*[kKmM]?$/u;
/** Stands for any number, in entries and in lines. */
const ANY_NUMBER = '0';

/**
 * Phrases of menus, notices and buttons, one a line; `#` starts a comment. A line that has the phrase is boilerplate as a whole.
 * `^` in front: only the phrase at the line's start is; `$` behind: only that at its end. `=` in front: the line is nothing
 * but the phrase. `0` stands for any number.
 */
export class BoilerplateList {
  readonly #byFirstWord = new Map<string, Phrase[]>();

  constructor(source: string) {
    for (const entry of listEntries(source)) {
      const place: Place = entry.startsWith('=') ? 'whole' : entry.startsWith('^') ? 'start' : entry.endsWith('$') ? 'end' : 'anywhere';
      const words = entry
        .replace(/^[=^]|\$$/g, '')
        .trim()
        .split(/\s+/)
        .map(phraseWord)
        .filter((word) => word !== '');
      if (words.length === 0) continue;
      this.#byFirstWord.set(words[0]!, [...(this.#byFirstWord.get(words[0]!) ?? []), { words, place }]);
    }
  }

  /** @param tokens of one line */
  find(tokens: readonly string[]): Boilerplate | undefined {
    const places: number[] = [];
    const words: string[] = [];
    tokens.forEach((token, place) => {
      const word = phraseWord(token);
      if (word === '') return;
      words.push(word);
      places.push(place);
    });
    let part: Boilerplate | undefined;
    for (let at = 0; at < words.length; at++) {
      for (const phrase of this.#byFirstWord.get(words[at]!) ?? []) {
        const end = at + phrase.words.length;
        if (!phrase.words.every((word, offset) => words[at + offset] === word)) continue;
        const covers = at === 0 && end === words.length;
        if (phrase.place === 'anywhere' || covers) return { all: true, isCounter: phrase.words.includes(ANY_NUMBER) };
        if (phrase.place === 'start' && at === 0) part = { all: false, first: 0, end: places[end]! };
        if (phrase.place === 'end' && end === words.length) part = { all: false, first: places[at]!, end: tokens.length };
      }
    }
    return part;
  }
}

function phraseWord(token: string): string {
  const word = comparedWord(token);
  return NUMBER.test(word) ? ANY_NUMBER : word;
}
