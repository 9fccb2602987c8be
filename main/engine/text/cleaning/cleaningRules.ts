import type { DocumentFacts } from './DocumentFacts.ts';

export interface CleaningRule {
  readonly name: string;
  /** What its value is, for people. */
  readonly title: string;
  /** A document is dropped when its value is less than the least or more than the most. */
  readonly bound: 'least' | 'most';
  /** Undefined where there is nothing to judge. */
  readonly value: (facts: DocumentFacts) => number | undefined;
}

const rule = <const N extends string>(
  name: N,
  title: string,
  bound: CleaningRule['bound'],
  value: CleaningRule['value'],
): CleaningRule & { readonly name: N } => ({ name, title, bound, value });

/**
 * In the order in which they are tried; the first that a document fails is the reason why it is dropped. The quality filters and the
 * repetition filters of MassiveText (Rae et al. 2021, appendix A1.1 and table A1).
 */
export const CLEANING_RULES = [
  rule('too-few-words', 'Words', 'least', ({ words }) => words.words),
  rule('too-many-words', 'Words', 'most', ({ words }) => words.words),
  rule('short-words', 'Mean length of words', 'least', ({ meanWordLength }) => meanWordLength),
  rule('long-words', 'Mean length of words', 'most', ({ meanWordLength }) => meanWordLength),
  rule('hash-signs', 'Hash signs per word', 'most', ({ hashesPerWord }) => hashesPerWord),
  rule('ellipses', 'Ellipses per word', 'most', ({ ellipsesPerWord }) => ellipsesPerWord),
  rule('bullet-lines', 'Share of lines that start with a bullet', 'most', ({ bulletLines }) => bulletLines),
  rule('ellipsis-lines', 'Share of lines that end with an ellipsis', 'most', ({ ellipsisLines }) => ellipsisLines),
  rule('few-alphabetic-words', 'Share of words with a letter', 'least', ({ alphabeticWords }) => alphabeticWords),
  rule('few-stop-words', 'Different stop words', 'least', ({ stopWords }) => stopWords),
  rule('repeated-lines', 'Share of lines that repeat', 'most', ({ lines }) => lines.pieces),
  rule('repeated-paragraphs', 'Share of paragraphs that repeat', 'most', ({ paragraphs }) => paragraphs.pieces),
  rule('repeated-line-characters', 'Share of characters in lines that repeat', 'most', ({ lines }) => lines.characters),
  rule('repeated-paragraph-characters', 'Share of characters in paragraphs that repeat', 'most', ({ paragraphs }) => paragraphs.characters),
  rule('top-2-gram', 'Share of characters in the most frequent 2-gram', 'most', ({ ngrams }) => ngrams.top.get(2)),
  rule('top-3-gram', 'Share of characters in the most frequent 3-gram', 'most', ({ ngrams }) => ngrams.top.get(3)),
  rule('top-4-gram', 'Share of characters in the most frequent 4-gram', 'most', ({ ngrams }) => ngrams.top.get(4)),
  rule('repeated-5-grams', 'Share of characters in 5-grams that repeat', 'most', ({ ngrams }) => ngrams.repeated.get(5)),
  rule('repeated-6-grams', 'Share of characters in 6-grams that repeat', 'most', ({ ngrams }) => ngrams.repeated.get(6)),
  rule('repeated-7-grams', 'Share of characters in 7-grams that repeat', 'most', ({ ngrams }) => ngrams.repeated.get(7)),
  rule('repeated-8-grams', 'Share of characters in 8-grams that repeat', 'most', ({ ngrams }) => ngrams.repeated.get(8)),
  rule('repeated-9-grams', 'Share of characters in 9-grams that repeat', 'most', ({ ngrams }) => ngrams.repeated.get(9)),
  rule('repeated-10-grams', 'Share of characters in 10-grams that repeat', 'most', ({ ngrams }) => ngrams.repeated.get(10)),
] as const;

/** Judged on what the line rules cut, and not on the document's facts. */
export const LINE_RULES = ['cut-lines', 'nothing-left'] as const;

export type CleaningRuleName = (typeof CLEANING_RULES)[number]['name'];
export type DropReason = CleaningRuleName | (typeof LINE_RULES)[number];

/** By rule, the least or most that is allowed; a rule without is off. */
export type CleaningLimits = { readonly [N in CleaningRuleName]?: number };

/** As published; the stop words are counted in the list that fits the document best. */
export const GOPHER_LIMITS = {
  'too-few-words': 50,
  'too-many-words': 100_000,
  'short-words': 3,
  'long-words': 10,
  'hash-signs': 0.1,
  ellipses: 0.1,
  'bullet-lines': 0.9,
  'ellipsis-lines': 0.3,
  'few-alphabetic-words': 0.8,
  'few-stop-words': 2,
  'repeated-lines': 0.3,
  'repeated-paragraphs': 0.3,
  'repeated-line-characters': 0.2,
  'repeated-paragraph-characters': 0.2,
  'top-2-gram': 0.2,
  'top-3-gram': 0.18,
  'top-4-gram': 0.16,
  'repeated-5-grams': 0.15,
  'repeated-6-grams': 0.14,
  'repeated-7-grams': 0.13,
  'repeated-8-grams': 0.12,
  'repeated-9-grams': 0.11,
  'repeated-10-grams': 0.1,
} as const satisfies CleaningLimits;
