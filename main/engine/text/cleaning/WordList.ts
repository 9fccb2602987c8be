import { comparedWord } from './comparedWord.ts';

/** Words of a language that any of its texts has, one a line; `#` starts a comment. Compared without diacritics, hamza forms and case. */
export class WordList {
  readonly #words: ReadonlySet<string>;

  constructor(source: string) {
    this.#words = new Set(listEntries(source).map(comparedWord));
  }

  get size(): number {
    return this.#words.size;
  }

  /** How many different words of the list stand among these, which are compared forms. */
  countIn(words: Iterable<string>): number {
    const found = new Set<string>();
    for (const word of words) if (this.#words.has(word)) found.add(word);
    return found.size;
  }
}

/** The lines of a list file that are not empty and no comments. */
export const listEntries = (source: string): string[] =>
  source
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');
