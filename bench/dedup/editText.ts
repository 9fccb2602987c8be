import type { NewsText } from './NewsText.ts';
import { wordsOf } from './NewsText.ts';
import type { Random } from './Random.ts';

/** How a copy differs from its source: by its spelling alone, or in its words. */
export const SPELLINGS = ['diacritics', 'alef', 'tatweel', 'punctuation'] as const;
export const EDITS = ['exact', ...SPELLINGS, 'words', 'block', 'boilerplate', 'truncation'] as const;
export type Edit = (typeof EDITS)[number];

export interface EditedText {
  readonly text: string;
  readonly edit: Edit;
  /** Share of the words that were touched; 0 for spellings. */
  readonly rate: number;
}

const DIACRITICS = [...'\u064B\u064C\u064D\u064E\u064F\u0650\u0651\u0652'];
const LETTERS = /[\u0621-\u064A]/g;
const ALEF: Record<string, string> = { أ: 'ا', إ: 'ا', آ: 'ا', ى: 'ي', ة: 'ه' };
/** Between two letters of which the first joins on to the next. */
const JOINS = /(?<=[\u0628-\u063A\u0641-\u064A])(?=[\u0627-\u064A])/g;
const WORD_RATES = [0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3];
const BLOCK_RATES = [0.05, 0.1, 0.15, 0.2, 0.3];

/** A copy as the web makes them: of every ten, one exact, one in another spelling, five with other words here and there, the rest reworked. */
export function editText(text: string, other: string, news: NewsText, random: Random): EditedText {
  const words = wordsOf(text);
  const kind = random.uniform();
  if (kind < 0.1) return { text, edit: 'exact', rate: 0 };
  if (kind < 0.22) {
    const edit = random.pick(SPELLINGS);
    return { text: spell(text, edit, random), edit, rate: 0 };
  }
  if (kind < 0.7) {
    const rate = random.pick(WORD_RATES);
    return { text: changeWords(words, rate, news, random).join(' '), edit: 'words', rate };
  }
  if (kind < 0.85) {
    const rate = random.pick(BLOCK_RATES);
    const length = Math.max(1, Math.floor(words.length * rate));
    const start = random.below(Math.max(1, words.length - length));
    const block = wordsOf(other).slice(0, length);
    return { text: [...words.slice(0, start), ...block, ...words.slice(start + length)].join(' '), edit: 'block', rate };
  }
  if (kind < 0.95) {
    const boilerplate = Array.from({ length: 10 + random.below(51) }, () => random.pick(news.words));
    const both = random.chance(0.5) ? [...boilerplate, ...words] : [...words, ...boilerplate];
    return { text: both.join(' '), edit: 'boilerplate', rate: boilerplate.length / words.length };
  }
  const rate = 0.05 + 0.25 * random.uniform();
  return { text: words.slice(0, Math.max(5, Math.floor(words.length * (1 - rate)))).join(' '), edit: 'truncation', rate };
}

function spell(text: string, spelling: (typeof SPELLINGS)[number], random: Random): string {
  switch (spelling) {
    case 'diacritics':
      return text.replace(LETTERS, (letter) => (random.chance(0.5) ? letter + random.pick(DIACRITICS) : letter));
    case 'alef':
      return text.replace(/[أإآىة]/g, (letter) => ALEF[letter]!);
    case 'tatweel':
      return text.replace(JOINS, () => (random.chance(0.1) ? 'ـ' : ''));
    case 'punctuation':
      return text
        .replace(/[،؛,.;:!؟?()«»"“”]/g, (mark) => (random.chance(0.5) ? '' : mark))
        .replace(/\s+/g, () => random.pick([' ', '  ', '\n', ' ']));
  }
}

/** Of the words touched, six of ten become others, two go, two get another one behind them. */
function changeWords(words: readonly string[], rate: number, news: NewsText, random: Random): readonly string[] {
  const out: string[] = [];
  for (const word of words) {
    if (!random.chance(rate)) {
      out.push(word);
      continue;
    }
    const change = random.uniform();
    if (change < 0.6) out.push(random.pick(news.words));
    else if (change >= 0.8) out.push(word, random.pick(news.words));
  }
  return out.length > 0 ? out : words;
}
