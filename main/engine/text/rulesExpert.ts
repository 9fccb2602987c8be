import type { Expert, ExpertAnswer } from './Expert.ts';
import type { Lexicon } from './Lexicon.ts';
import { TEXT_RULES, type TextRule } from './textRules.ts';

/** Everything that `changes` may name, in order. */
export const RULE_NAMES = [
  TEXT_RULES.links.name,
  TEXT_RULES.mentions.name,
  TEXT_RULES.advertising.name,
  'offensive-words',
  ...[
    TEXT_RULES.repeatedLetters,
    TEXT_RULES.repeatedPunctuation,
    TEXT_RULES.tatweel,
    TEXT_RULES.emoji,
    TEXT_RULES.emptyQuotes,
    TEXT_RULES.spacing,
  ].map(({ name }) => name),
];

/** Rewrites by rules alone: a baseline that is always the same, needs no model and knows no context. */
export const rulesExpert = (lexicon: Lexicon): Expert => ({
  rewrite: async (documents, signal) => {
    signal.throwIfAborted();
    return documents.map(({ text }) => rewriteByRules(text, lexicon));
  },
});

/** A text without faults comes back byte for byte; one of which no letter would be left is `nothing-left`. */
export function rewriteByRules(text: string, lexicon: Lexicon): ExpertAnswer {
  if (text.trim() === '') return { outcome: 'left-out', reason: 'empty' };
  const changes = new Set<string>();
  // Asked of the raw text: what the other rules leave behind is no fault of its own.
  const isSpacedWrong = TEXT_RULES.spacing.apply(text) !== text;
  let result = text;
  const apply = ({ name, apply: mend }: TextRule): void => {
    const mended = mend(result);
    if (mended !== result) changes.add(name);
    result = mended;
  };
  apply(TEXT_RULES.links);
  apply(TEXT_RULES.mentions);
  apply(TEXT_RULES.advertising);
  apply({ name: 'offensive-words', apply: (raw) => removeHits(raw, lexicon) });
  apply(TEXT_RULES.repeatedLetters);
  apply(TEXT_RULES.repeatedPunctuation);
  apply(TEXT_RULES.tatweel);
  apply(TEXT_RULES.emoji);
  apply(TEXT_RULES.emptyQuotes);
  if (changes.size > 0) result = mendSeams(result);
  if (isSpacedWrong) changes.add(TEXT_RULES.spacing.name);
  if (changes.size === 0) return { outcome: 'rewritten', text, changes: [] };
  result = TEXT_RULES.spacing.apply(result);
  if (!/\p{L}/u.test(result)) return { outcome: 'left-out', reason: 'nothing-left' };
  return { outcome: 'rewritten', text: result, changes: RULE_NAMES.filter((name) => changes.has(name)) };
}

/** With each word goes a vocative or a hash sign before it. */
function removeHits(text: string, lexicon: Lexicon): string {
  let result = '';
  let from = 0;
  for (const [start, end] of lexicon.find(text)) {
    const before = text.slice(from, start).replace(/(?:(?<![\p{L}\p{M}])(?:يا+|ي|أيها|ايها)\s+|#_*)$/u, '');
    result += `${before} `;
    from = end;
  }
  return result + text.slice(from);
}

/** What a removed word leaves: punctuation at the start, doubled commas, a lone hash sign. */
const mendSeams = (text: string): string =>
  text
    .replace(/(?<!\S)#?_*(?!\S)/gu, '')
    .replace(/([،,؛])(?:\s*[،,؛])+/gu, '$1')
    .replace(/^[\s،,؛:.]+(?=\S)/u, '');
