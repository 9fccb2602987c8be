import { DedupKernel, type LineProblem } from '../../main/engine/dedup/DedupKernel.ts';
import { ALL_NORMALISATIONS } from '../../main/engine/text/normaliseArabic.ts';
import { type Figure, judged } from '../figures.ts';
import type { BenchContext } from './BenchContext.ts';
import { JsonLines } from './JsonLines.ts';

const CASES = 2_000_000;
const SEED = 11;

/** A line's text, why it has none, or neither for a blank line. */
export type LineReading = { readonly text: string } | { readonly problem: LineProblem | 'refused' } | undefined;

export interface FuzzedLines {
  readonly cases: number;
  readonly accepted: number;
  /** At most ten. */
  readonly disagreements: readonly { readonly line: string; readonly scanner: LineReading; readonly json: LineReading }[];
}

/** The kernel's scanner against `JSON.parse` on generated and damaged lines: the same text, or both refuse. */
export async function fuzzScanner({ say }: BenchContext): Promise<Figure[]> {
  say(`${CASES} lines`);
  const { cases, accepted, disagreements } = fuzzLines(SEED, CASES);
  for (const { line, scanner, json } of disagreements) say(`${line}: ${JSON.stringify(scanner)} against ${JSON.stringify(json)}`);
  return [
    judged('fuzzed lines', cases, 'lines', '>=', 1_000_000, 'generated and damaged, seeded'),
    { name: 'fuzzed lines with a text', value: accepted, unit: 'lines' },
    judged('fuzzed lines read otherwise than by JSON.parse', disagreements.length, 'lines', '<=', 0, 'JSON.parse; ends at the tenth'),
  ];
}

export function fuzzLines(seed: number, count: number): FuzzedLines {
  const kernel = new DedupKernel({
    textField: 'text',
    shingles: { of: 'words', size: 5 },
    normalisation: ALL_NORMALISATIONS,
    countsCharacters: false,
    seed: 1,
  });
  const lines = new JsonLines(seed);
  const disagreements: { line: string; scanner: LineReading; json: LineReading }[] = [];
  let accepted = 0;
  let cases = 0;
  while (cases < count && disagreements.length < 10) {
    const line = lines.next();
    const scanner = kernel.readLine(line);
    const json = readByJson(line);
    cases += 1;
    if (json && 'text' in json) accepted += 1;
    if (!agree(scanner, json)) disagreements.push({ line: line.toString('latin1'), scanner, json });
  }
  return { cases, accepted, disagreements };
}

/** Lines that are no JSON or no object may be refused for another reason, as long as they are refused. */
export function agree(scanner: LineReading, json: LineReading): boolean {
  if (!scanner || !json) return scanner === json;
  if ('text' in scanner || 'text' in json) return 'text' in scanner && 'text' in json && scanner.text === json.text;
  return json.problem === 'refused' || scanner.problem === json.problem;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What JSON.parse and a strict UTF-8 decoder make of a line. */
export function readByJson(line: Buffer): LineReading {
  let text: string;
  try {
    text = utf8.decode(line);
  } catch {
    return { problem: 'not-utf8' };
  }
  if (/^[ \t\r]*$/.test(text)) return undefined;
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch {
    return { problem: 'refused' };
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return { problem: 'not-object' };
  if (!Object.hasOwn(row, 'text')) return { problem: 'no-text' };
  const value = (row as { text: unknown }).text;
  if (typeof value !== 'string') return { problem: 'text-not-string' };
  return value.isWellFormed() ? { text: value } : { problem: 'half-surrogate' };
}
