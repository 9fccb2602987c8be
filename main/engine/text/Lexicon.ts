import { normaliseArabic } from './normaliseArabic.ts';

/** Words run together with what follows or comes before: and, so, with, as, for, O, the. */
const PROCLITICS = '(?:[وف]?(?:يا)?(?:[بكل]?ال|لل|[بكل])?)';
const ENDINGS = '(?:ه|ها|هم|هن|ك|كم|كن|ي|نا|ات|ان|ين|ون|يه|ته|تها|تهم|تك|تكم|ينك|اتكم)?';
/** Of words in ة, which the pronouns turn into ت. */
const TAA_ENDINGS = '(?:ه|ت?(?:ه|ها|هم|هن|ك|كم|كن|ي|نا)|ات(?:ه|ها|هم|ك|كم|نا)?|تين|تان)';
/** Shorter words with endings would be other words: زب and زبون. */
const SHORTEST_WITH_ENDING = 4;
/** Words are few and come often; so each is looked up once. */
const MOST_KNOWN = 100_000;

/** Where entries stand in a text, as `[start, end)` in UTF-16 units, ascending and apart. */
export type Hits = readonly (readonly [number, number])[];

interface KnownWord {
  readonly form: string;
  readonly isEntry: boolean;
}
interface Word extends KnownWord {
  readonly start: number;
  readonly end: number;
}

/**
 * A list of words and phrases to look for. One entry a line, `#` starts a comment. A plain entry also matches behind
 * proclitics (و ف ب ك ل ال يا …) and, from four letters on, with pronouns and plural endings; `=` in front: only the
 * word itself. In a phrase the proclitics go with the first word, and no word takes endings.
 */
export class Lexicon {
  readonly size: number;
  readonly #word: RegExp;
  readonly #known = new Map<string, KnownWord>();
  readonly #phrases = new Map<string, string[][]>();

  constructor(source: string) {
    const entries = source
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/)
      .map((line) => line.replace(/#.*/, '').trim())
      .filter((line) => line !== '');
    this.size = entries.length;
    const [words, phrases] = [entries.filter((entry) => !/\s/.test(entry)), entries.filter((entry) => /\s/.test(entry))];
    this.#word = wordPattern(words);
    for (const phrase of phrases) {
      const forms = phrase.replace(/^=/, '').split(/\s+/).map(comparedForm);
      const last = forms.at(-1)!;
      this.#phrases.set(last, [...(this.#phrases.get(last) ?? []), forms]);
    }
  }

  find(text: string): Hits {
    const words = this.#wordsOf(text);
    const hits: [number, number][] = [];
    for (const [at, { isEntry, start, end }] of words.entries()) {
      const from = this.#phraseStart(text, words, at) ?? (isEntry ? start : undefined);
      if (from === undefined) continue;
      while (hits.length > 0 && hits.at(-1)![0] >= from) hits.pop();
      hits.push([from, end]);
    }
    return hits;
  }

  #wordsOf(text: string): Word[] {
    return [...text.matchAll(/[\p{L}\p{M}ـ\u200C\u200D]+/gu)].map(({ 0: word, index }) => {
      let known = this.#known.get(word);
      if (!known) {
        const form = comparedForm(word);
        known = { form, isEntry: this.#word.test(form) };
        if (this.#known.size >= MOST_KNOWN) this.#known.clear();
        this.#known.set(word, known);
      }
      return { ...known, start: index, end: index + word.length };
    });
  }

  #phraseStart(text: string, words: readonly Word[], last: number): number | undefined {
    for (const forms of this.#phrases.get(words[last]!.form) ?? []) {
      const first = last - forms.length + 1;
      if (first < 0) continue;
      const fits = forms.every((form, offset) => {
        const word = words[first + offset]!;
        if (offset > 0 && !/^\s+$/.test(text.slice(words[first + offset - 1]!.end, word.start))) return false;
        return word.form === form || (offset === 0 && word.form.endsWith(form) && PREFIX_ONLY.test(word.form.slice(0, -form.length)));
      });
      if (fits) return words[first]!.start;
    }
    return undefined;
  }
}

const PREFIX_ONLY = new RegExp(`^${PROCLITICS}$`);

function wordPattern(entries: readonly string[]): RegExp {
  const exact = entries.filter((entry) => entry.startsWith('=')).map((entry) => comparedForm(entry.slice(1)));
  const plain = entries.filter((entry) => !entry.startsWith('=')).map(comparedForm);
  const short = plain.filter((form) => form.length < SHORTEST_WITH_ENDING);
  const long = plain
    .filter((form) => form.length >= SHORTEST_WITH_ENDING)
    .map((form) => (form.endsWith('ه') ? `${form.slice(0, -1)}${TAA_ENDINGS}` : `${form}${ENDINGS}`));
  // A pattern of an empty choice would match the empty word.
  const choices = [
    ...(exact.length > 0 ? [exact.join('|')] : []),
    ...(short.length > 0 ? [`${PROCLITICS}(?:${short.join('|')})`] : []),
    ...(long.length > 0 ? [`${PROCLITICS}(?:${long.join('|')})`] : []),
  ];
  return choices.length === 0 ? /(?!)/ : new RegExp(`^(?:${choices.join('|')})$`);
}

/** Letters that are stretched for emphasis count once. */
const comparedForm = (word: string): string => normaliseArabic(word).replace(/(.)\1{2,}/gu, '$1');
