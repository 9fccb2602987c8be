/** What a small model does wrong when it rewrites; a rewrite that a guard refuses is not used. */
export const GUARDS = ['empty', 'cut', 'looping', 'script', 'length'] as const;
export type Guard = (typeof GUARDS)[number];

export interface RewriteLimits {
  /** Characters of the rewrite per character of the raw text. */
  readonly minRatio: number;
  readonly maxRatio: number;
}
export interface Refusal {
  readonly guard: Guard;
  /** Completes "kept raw because the rewrite …". */
  readonly reason: string;
}

/** Below this many characters a share says little: one short word more or less is let pass. */
const SLACK = 12;
/** How far the share of the raw text's own script may fall. */
const SCRIPT_FALL = 0.2;

/** Why this rewrite may not replace the raw text; undefined when it may. `stopped`: how its generation ended. */
export function guardRewrite(
  raw: string,
  rewrite: { readonly text: string; readonly stopped: 'end' | 'length' },
  limits: RewriteLimits,
): Refusal | undefined {
  const { text, stopped } = rewrite;
  if (stopped === 'length') return { guard: 'cut', reason: 'was cut at its length limit' };
  if (text.trim() === '' && raw.trim() !== '') return { guard: 'empty', reason: 'is empty' };
  if (text === raw) return undefined;
  const loop = loopIn(text, raw);
  if (loop) return { guard: 'looping', reason: `repeats ${loop} over and over` };
  return scriptProblem(raw, text) ?? lengthProblem(raw, text, limits);
}

/** The words or characters that the text repeats in a row more than `raw` does; undefined when it does not. */
function loopIn(text: string, raw: string): string | undefined {
  const words = text.split(/\s+/u).filter(Boolean);
  const rawWords = raw.split(/\s+/u).filter(Boolean);
  for (let period = 1; period <= 12; period++) {
    // Said three times where it was said once or twice.
    const run = longestRun(words, period);
    if (run.length >= 2 * period && run.length > longestRun(rawWords, period).length) {
      return `“${words.slice(run.end - period, run.end).join(' ')}”`;
    }
  }
  const characters = [...text];
  const rawCharacters = [...raw];
  for (let period = 1; period <= 6; period++) {
    const run = longestRun(characters, period);
    if (run.length >= Math.max(8, 4 * period) && run.length > longestRun(rawCharacters, period).length) {
      return `“${characters.slice(run.end - period, run.end).join('')}”`;
    }
  }
  return undefined;
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

const SCRIPTS = ['Arabic', 'Latin', 'Cyrillic', 'Greek', 'Hebrew', 'Han', 'Hiragana', 'Katakana', 'Hangul', 'Devanagari', 'Thai'] as const;
const SCRIPT_PATTERNS = SCRIPTS.map((script) => [script, new RegExp(`(?=\\p{L})\\p{Script=${script}}`, 'gu')] as const);

function lettersByScript(text: string): Map<string, number> {
  const counts = SCRIPT_PATTERNS.map(([script, pattern]) => [script, text.match(pattern)?.length ?? 0] as const);
  return new Map(counts.filter(([, count]) => count > 0));
}

function scriptProblem(raw: string, text: string): Refusal | undefined {
  if (text.includes('\uFFFD') && !raw.includes('\uFFFD')) return { guard: 'script', reason: 'has broken characters' };
  const before = lettersByScript(raw);
  const after = lettersByScript(text);
  const foreign = [...after.keys()].find((script) => !before.has(script));
  if (foreign) return { guard: 'script', reason: `has ${foreign} letters, which the raw text has not` };
  const [main] = [...before].sort((a, b) => b[1] - a[1]);
  if (!main) return undefined;
  const share = (counts: Map<string, number>): number => (counts.get(main[0]) ?? 0) / Math.max(1, sum(counts.values()));
  return share(after) < share(before) - SCRIPT_FALL
    ? { guard: 'script', reason: `has a smaller share of ${main[0]} letters than the raw text` }
    : undefined;
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, value) => total + value, 0);

function lengthProblem(raw: string, text: string, { minRatio, maxRatio }: RewriteLimits): Refusal | undefined {
  const ratio = text.length / raw.length;
  const described = `is ${ratio.toFixed(2)} times as long as the raw text`;
  if (text.length > raw.length * maxRatio + SLACK) return { guard: 'length', reason: described };
  if (text.length + SLACK < raw.length * minRatio) return { guard: 'length', reason: described };
  return undefined;
}
