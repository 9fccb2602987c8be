import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Random } from './Random.ts';

const rowSchema = z.object({ text: z.string() });
const INVISIBLE = /[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/g;

/** Shorter texts are left out. */
const LEAST_CHARACTERS = 40;
/** Chance at each word that a chain leaves off and starts anew, so that long passages of the news do not come back whole. */
const RESTART = 0.08;

/**
 * The different texts of a news corpus, and endless further text that reads like them: chains of order 2, in which
 * each word follows the two before it somewhere in the news (Shannon 1948, section 3).
 */
export class NewsText {
  /** Different from each other; in NFKC and without invisible characters, so that all who compare them see the same words. */
  readonly texts: readonly string[];
  /** Every word of every text, in order. */
  readonly words: readonly string[];
  /** Places of words; those with the same two words before them stand together, from `#groupStart` to `#groupEnd` of any of them. */
  readonly #alike: Uint32Array;
  readonly #groupStart: Uint32Array;
  /** 0 for the first two words of a text. */
  readonly #groupEnd: Uint32Array;

  constructor(texts: readonly string[]) {
    this.texts = texts;
    const words: string[] = [];
    const places: number[] = [];
    for (const text of texts) {
      for (const [at, word] of wordsOf(text).entries()) {
        if (at >= 2) places.push(words.length);
        words.push(word);
      }
    }
    this.words = words;
    const ids = new Map<string, number>();
    for (const word of words) if (!ids.has(word)) ids.set(word, ids.size);
    const sequence = Uint32Array.from(words, (word) => ids.get(word)!);
    const pairBefore = Float64Array.from(words, (_, at) => (at < 2 ? 0 : sequence[at - 2]! * ids.size + sequence[at - 1]!));
    this.#alike = Uint32Array.from(places).sort((a, b) => pairBefore[a]! - pairBefore[b]! || a - b);
    this.#groupStart = new Uint32Array(words.length + 1);
    this.#groupEnd = new Uint32Array(words.length + 1);
    for (let start = 0, end = 0; start < this.#alike.length; start = end) {
      const pair = pairBefore[this.#alike[start]!];
      while (end < this.#alike.length && pairBefore[this.#alike[end]!] === pair) end += 1;
      for (let at = start; at < end; at += 1) {
        this.#groupStart[this.#alike[at]!] = start;
        this.#groupEnd[this.#alike[at]!] = end;
      }
    }
  }

  /** From JSON lines with a `text`. */
  static async read(file: string): Promise<NewsText> {
    const texts = new Set<string>();
    for await (const line of createInterface(createReadStream(file, 'utf8'))) {
      const text = rowSchema.parse(JSON.parse(line)).text.normalize('NFKC').replace(INVISIBLE, '').trim();
      if (text.length > LEAST_CHARACTERS) texts.add(text);
    }
    return new NewsText([...texts]);
  }

  chain(random: Random, wordCount: number): string {
    const out: string[] = [];
    // The place of the word before the next one; there is none that follows the last.
    let place = this.words.length - 1;
    while (out.length < wordCount) {
      const groupEnd = this.#groupEnd[place + 1]!;
      if (groupEnd === 0 || random.chance(RESTART)) {
        place = this.#alike[random.below(this.#alike.length)]!;
        out.push(this.words[place - 1]!);
      } else {
        const groupStart = this.#groupStart[place + 1]!;
        place = this.#alike[groupStart + random.below(groupEnd - groupStart)]!;
      }
      out.push(this.words[place]!);
    }
    return out.join(' ');
  }
}

export const wordsOf = (text: string): string[] => text.split(/\s+/).filter(Boolean);
