import { type Word, wordsOf } from './wordsOf.ts';

/** Longest phrase, in words, that is looked for at every place; longer ones are found by the words they start with. */
const SHORT_PHRASE = 12;
/** So many words in a row do not come twice by chance. */
const PASSAGE = 8;

/** A phrase or a run of characters that the text says three times or more in a row, and oftener in a row than `raw` does. */
export function loopIn(text: string, raw: string): string | undefined {
  const [words, rawWords] = [wordsOf(text), wordsOf(raw)];
  const keys = keysOf(words);
  const rawKeys = keysOf(rawWords);
  for (const period of [...shortPeriods(keys.length), ...longPeriods(keys)]) {
    const run = longestRun(keys, period);
    if (run.length >= 2 * period && run.length > longestRun(rawKeys, period).length) return phraseOf(words, run.end - period, run.end);
  }
  const characters = [...text];
  const rawCharacters = [...raw];
  for (let period = 1; period <= 6; period++) {
    const run = longestRun(characters, period);
    if (run.length >= Math.max(8, 4 * period) && run.length > longestRun(rawCharacters, period).length) {
      return characters.slice(run.end - period, run.end).join('');
    }
  }
  return undefined;
}

/**
 * A word or phrase that the text says twice in a row, or a passage of eight words that it says oftener, though none of `raws` does.
 * Several raws: what it would be with and without what may be taken out of it, such as a mention between two equal words.
 */
export function doublingIn(text: string, raws: readonly string[]): string | undefined {
  const words = wordsOf(text);
  const keys = keysOf(words);
  const rawKeys = raws.map((raw) => keysOf(wordsOf(raw)));
  for (const period of shortPeriods(keys.length)) {
    const found = doubledPhrases(keys, period);
    if (found.size === 0) continue;
    const known = new Set(rawKeys.flatMap((own) => [...doubledPhrases(own, period).keys()]));
    for (const [phrase, start] of found) if (!known.has(phrase)) return phraseOf(words, start, start + period);
  }
  const counts = passageCounts(keys);
  const rawCounts = rawKeys.map(passageCounts);
  for (const [passage, { count, start }] of counts) {
    if (count > 1 && count > Math.max(1, ...rawCounts.map((own) => own.get(passage)?.count ?? 0))) {
      return phraseOf(words, start, start + PASSAGE);
    }
  }
  return undefined;
}

const keysOf = (words: readonly Word[]): string[] => words.map(({ folded }) => folded);
const phraseOf = (words: readonly Word[], start: number, end: number): string =>
  words
    .slice(start, end)
    .map(({ text }) => text)
    .join(' ');

const shortPeriods = (length: number): number[] => Array.from({ length: Math.min(SHORT_PHRASE, length >> 1) }, (_, index) => index + 1);

/** Distances beyond `SHORT_PHRASE` at which four words come again often enough for a loop of that length. */
function longPeriods(keys: readonly string[]): number[] {
  const last = new Map<string, number>();
  const counts = new Map<number, number>();
  for (let place = 0; place + 4 <= keys.length; place++) {
    const four = keys.slice(place, place + 4).join(' ');
    const distance = place - (last.get(four) ?? place);
    last.set(four, place);
    if (distance > SHORT_PHRASE) counts.set(distance, (counts.get(distance) ?? 0) + 1);
  }
  return [...counts].filter(([distance, count]) => count >= distance).map(([distance]) => distance);
}

/** Longest stretch in which each item equals the one `period` before it: its length, and the index after its end. */
function longestRun(items: readonly string[], period: number): { length: number; end: number } {
  let longest = { length: 0, end: 0 };
  let length = 0;
  for (let index = period; index < items.length; index++) {
    length = items[index] === items[index - period] ? length + 1 : 0;
    if (length > longest.length) longest = { length, end: index + 1 };
  }
  return longest;
}

/** Phrases of `period` words that are followed by themselves, with the place of the first. */
function doubledPhrases(keys: readonly string[], period: number): Map<string, number> {
  const found = new Map<string, number>();
  let length = 0;
  for (let index = period; index < keys.length; index++) {
    length = keys[index] === keys[index - period] ? length + 1 : 0;
    if (length < period) continue;
    const start = index + 1 - period;
    const phrase = keys.slice(start, index + 1).join(' ');
    if (!found.has(phrase)) found.set(phrase, start);
  }
  return found;
}

function passageCounts(keys: readonly string[]): Map<number, { count: number; start: number }> {
  const numbers = keys.map(wordNumber);
  const counts = new Map<number, { count: number; start: number }>();
  for (let start = 0; start + PASSAGE <= numbers.length; start++) {
    let low = 0;
    let high = 0;
    for (let place = start; place < start + PASSAGE; place++) {
      low = Math.imul(low ^ numbers[place]!, 0x9e3779b1);
      high = Math.imul(high + numbers[place]!, 0x85ebca6b) ^ (high >>> 15);
    }
    const passage = (low >>> 0) * 0x20_0000 + (high >>> 11);
    const known = counts.get(passage);
    if (known) known.count += 1;
    else counts.set(passage, { count: 1, start });
  }
  return counts;
}

/** FNV-1a over code units. */
function wordNumber(word: string): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < word.length; place++) hash = Math.imul(hash ^ word.charCodeAt(place), 0x01000193);
  return hash;
}
