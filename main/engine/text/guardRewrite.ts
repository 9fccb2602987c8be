import { addressesOf, EMAIL, namesOf, numbersOf } from './factsOf.ts';
import { leakIn, refusalIn } from './refusedAnswer.ts';
import { doublingIn, loopIn } from './repetition.ts';
import { languageChange, scriptChange } from './scriptChange.ts';
import { TEXT_RULES } from './textRules.ts';
import { foldedForSearch, wordsOf } from './wordsOf.ts';

/** What a model does wrong when it rewrites; a rewrite that a guard refuses is not used. In the order in which they look. */
export const GUARDS = [
  'unreadable',
  'cut',
  'empty',
  'refusal',
  'leak',
  'looping',
  'doubled',
  'links',
  'script',
  'language',
  'controls',
  'length',
  'numbers',
  'names',
] as const;
export type Guard = (typeof GUARDS)[number];

export interface RewriteLimits {
  /** Characters of the rewrite per character of the raw text; what may be taken out of it does not count against the least. */
  readonly minRatio: number;
  readonly maxRatio: number;
  /** Links and e-mail addresses of the raw text. New ones are always refused. */
  readonly links: 'may-go' | 'must-stay';
  /** Whether a number that is lost or new is refused. */
  readonly numbers: boolean;
  /** Which names may not be lost; see `namesOf`. */
  readonly names: 'off' | 'marked' | 'repeated';
  /** What the worker was told beside the text; empty: nothing. */
  readonly instructions: string;
}
export interface Refusal {
  readonly guard: Guard;
  /** Completes "kept raw because the rewrite …". */
  readonly reason: string;
}

/** Below this many characters a share says little: one short word more is let pass. */
const SLACK = 12;
/** And so much of a short text less. */
const SLACK_SHARE = 0.1;

/**
 * Why this rewrite may not replace the raw text; undefined when it may. `stopped`: how its generation ended. A rewrite that
 * is the raw text passes whatever it is. Links, mentions and advertising may be taken out (but see `links`): numbers and names in them are not missed.
 */
export function guardRewrite(
  raw: string,
  rewrite: { readonly text: string; readonly stopped: 'end' | 'length' | 'filtered' },
  limits: RewriteLimits,
): Refusal | undefined {
  const { text, stopped } = rewrite;
  if (text === raw) return undefined;
  if (stopped === 'length') return { guard: 'cut', reason: 'was cut at its length limit' };
  if (stopped === 'filtered') return { guard: 'refusal', reason: "was withheld by the server's content filter" };
  if (text.trim() === '') return raw.trim() === '' ? undefined : { guard: 'empty', reason: 'is empty' };
  const fit = fitPart(raw, limits);
  const [refusal, leak, loop] = [refusalIn(text, raw), leakIn(text, raw, limits.instructions), loopIn(text, raw)];
  if (refusal) return { guard: 'refusal', reason: `declines: “${refusal}”` };
  if (leak) return { guard: 'leak', reason: leak };
  if (loop) return { guard: 'looping', reason: `repeats “${loop}” over and over` };
  const doubling = doublingIn(text, [raw, fit]);
  if (doubling) return { guard: 'doubled', reason: `says “${doubling}” twice, and the raw text once` };
  const address = addressProblem(raw, fit, text, limits);
  if (address) return address;
  const script = scriptChange(raw, fit, text);
  if (script) return { guard: 'script', reason: script };
  const language = languageChange(raw, text);
  if (language) return { guard: 'language', reason: language };
  return controlProblem(raw, text) ?? lengthProblem(raw, fit, text, limits) ?? factProblem(raw, fit, text, limits);
}

/** What of a text no code of conduct takes out by its form alone. */
function fitPart(raw: string, { links }: RewriteLimits): string {
  const rules = links === 'may-go' ? [TEXT_RULES.links, TEXT_RULES.mentions, TEXT_RULES.advertising] : [TEXT_RULES.advertising];
  const left = rules.reduce((text, { apply }) => apply(text), raw);
  return (links === 'may-go' ? left.replace(EMAIL, ' ') : left).trim();
}

/** Without U+200C and U+200D: they shape letters and join emoji. */
const CONTROLS =
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u2064\u2066-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu;

function controlProblem(raw: string, text: string): Refusal | undefined {
  const before = countOf(raw.match(CONTROLS) ?? []);
  for (const [character, count] of countOf(text.match(CONTROLS) ?? [])) {
    if (count <= (before.get(character) ?? 0)) continue;
    const name = `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
    return { guard: 'controls', reason: `has the invisible character ${name} where the raw text has none` };
  }
  return undefined;
}

function lengthProblem(raw: string, fit: string, text: string, { minRatio, maxRatio }: RewriteLimits): Refusal | undefined {
  const described = `is ${(text.length / raw.length).toFixed(2)} times as long as the raw text`;
  if (text.length > raw.length * maxRatio + SLACK) return { guard: 'length', reason: described };
  const slack = Math.min(SLACK, SLACK_SHARE * fit.length);
  return text.length + slack < fit.length * minRatio ? { guard: 'length', reason: described } : undefined;
}

function addressProblem(raw: string, fit: string, text: string, { links }: RewriteLimits): Refusal | undefined {
  const invented = addressesOf(text).find((address) => !raw.includes(address));
  if (invented) return { guard: 'links', reason: `has the address ${invented}, which the raw text has not` };
  const dropped = links === 'must-stay' ? addressesOf(fit).find((address) => !text.includes(address)) : undefined;
  if (dropped) return { guard: 'links', reason: `lost the address ${dropped}` };
  return undefined;
}

function factProblem(raw: string, fit: string, text: string, { numbers, names }: RewriteLimits): Refusal | undefined {
  if (numbers) {
    const [before, kept, after] = [numbersOf(raw), numbersOf(fit), numbersOf(text)];
    const added = [...after].find((number) => !before.has(number));
    if (added !== undefined) return { guard: 'numbers', reason: `has the number ${added}, which the raw text has not` };
    const lost = [...kept].find((number) => !after.has(number));
    if (lost !== undefined) return { guard: 'numbers', reason: `lost the number ${lost}` };
  }
  if (names === 'off') return undefined;
  const there = new Set(wordsOf(text).map(({ folded }) => folded));
  const searched = foldedForSearch(text).replace(/(\p{L})\1+/gu, '$1');
  const lost = [...namesOf(fit, names === 'repeated')].find((name) => !there.has(name) && !searched.includes(name));
  return lost === undefined ? undefined : { guard: 'names', reason: `lost the name “${lost}”` };
}

function countOf(items: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}
