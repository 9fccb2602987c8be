/** What the shipped toxicity classifier was trained on; `classifier.json` of a model folder must say the same. */
export const TOXICITY_FEATURES = { buckets: 2 ** 18, shortest: 2, longest: 5 } as const;

export interface ToxicityFeatures {
  /** Distinct buckets, ascending. */
  readonly ids: Int32Array;
  /** What each of them weighs: 1 / √(number of buckets), a float32; 0 for a text without words. */
  readonly value: number;
}

// ASCII classes only: what \w and \s match differs between JavaScript and Python.
const ARTEFACTS = /https?:\/\/[!-~]*|www\.[!-~]+|@ ?[a-z0-9_][a-z0-9_.]*|[<[](?:url|user)[>\]]|&[a-z]+;/gu;
const ARTEFACT_WORDS: ReadonlySet<string> = new Set(['rt', 'url', 'user']);
/** Diacritics, tatweel, Quranic signs, invisible and bidirectional controls, emoji variation and skin tone. */
const INVISIBLE =
  /[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufe0f\ufeff\u{1f3fb}-\u{1f3ff}]/gu;
const SPELLINGS = 'أإآٱىةؤئگکیچپڤ';
const SPELLING = 'ااااي' + 'هوي' + 'ككيجبف';
const SPELT_OTHERWISE = new RegExp(`[${SPELLINGS}]`, 'gu');
const REPEATED = /(.)\1+/gu;
const WORD = /[\u0621-\u063a\u0641-\u064a\u0671-\u06d3a-z]+|[\u2600-\u27bf\u{1f300}-\u{1faff}]+/gu;

/**
 * Words (Arabic, Latin) and runs of emoji, in one spelling. Mentions, links, quotation marks, digits, punctuation,
 * spacing, case, diacritics, tatweel and repetition of letters leave no trace: they tell the platform that a text
 * comes from, and tidying a text must not move its score. Equal to `words_of` in resources/recipes/toxicity_features.py.
 */
export function toxicityWords(text: string): string[] {
  const plain = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(ARTEFACTS, ' ')
    .replace(INVISIBLE, '')
    .replace(SPELT_OTHERWISE, (letter) => SPELLING[SPELLINGS.indexOf(letter)]!)
    .replace(REPEATED, '$1');
  return (plain.match(WORD) ?? []).filter((word) => !ARTEFACT_WORDS.has(word));
}

/** Character n-grams of every " word ", hashed (FNV-1a over code points, halves folded) into buckets. */
export function toxicityFeatures(text: string): ToxicityFeatures {
  const { buckets, shortest, longest } = TOXICITY_FEATURES;
  const found = new Set<number>();
  for (const word of new Set(toxicityWords(text))) {
    const codes = [32, ...Array.from(word, (letter) => letter.codePointAt(0)!), 32];
    for (let start = 0; start + shortest <= codes.length; start++) {
      const end = Math.min(start + longest, codes.length);
      let state = 0x811c9dc5;
      for (let at = start; at < end; at++) {
        state = Math.imul(state ^ codes[at]!, 0x01000193) >>> 0;
        if (at - start + 1 >= shortest) found.add((state ^ (state >>> 15)) & (buckets - 1));
      }
    }
  }
  const ids = Int32Array.from(found).sort();
  return { ids, value: ids.length > 0 ? Math.fround(1 / Math.sqrt(ids.length)) : 0 };
}
