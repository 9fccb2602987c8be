import { characterClass, CLASSES } from '../characterClass.ts';
import type { BoilerplateList } from './BoilerplateList.ts';
import { documentWords } from './documentWords.ts';

export const LINE_FAULTS = ['upper-case', 'numbers', 'counter', 'one-word', 'boilerplate'] as const;
export type LineFault = (typeof LINE_FAULTS)[number];

export interface LineRules {
  /** Lines of which more than half of the letters are capitals. */
  readonly upperCase: boolean;
  /** Lines with digits and without letters. */
  readonly numbers: boolean;
  /** Lines that are a number and what is counted ("3 likes"), from the list. */
  readonly counters: boolean;
  readonly oneWord: boolean;
  /** Where none, no counters are found either. */
  readonly phrases: BoilerplateList | undefined;
  /** Phrases are looked for in lines of at most so many words. */
  readonly phraseLineWords: number;
}

export interface CutLine {
  readonly fault: LineFault;
  /** What was cut: the line or a part of it. */
  readonly text: string;
}
export interface CorrectedText {
  readonly text: string;
  readonly cut: readonly CutLine[];
  /** Words of what was cut. */
  readonly cutWords: number;
}

/**
 * Cuts lines that are no prose, with the newline behind them, and leaves all else as it is. The line-wise corrections of RefinedWeb (Penedo et
 * al. 2023, appendix G.2).
 */
export function correctLines(text: string, rules: LineRules): CorrectedText {
  const cut: CutLine[] = [];
  let cutWords = 0;
  const kept: string[] = [];
  for (const line of text.split('\n')) {
    const found = lineFault(line, rules);
    if (!found) {
      kept.push(line);
      continue;
    }
    cut.push({ fault: found.fault, text: found.cut.trim() });
    cutWords += documentWords(found.cut).words;
    if (found.rest !== '') kept.push(found.rest);
  }
  return cut.length === 0 ? { text, cut, cutWords } : { text: kept.join('\n').trim(), cut, cutWords };
}

interface FoundFault {
  readonly fault: LineFault;
  readonly cut: string;
  /** Empty: the whole line goes. */
  readonly rest: string;
}

function lineFault(line: string, rules: LineRules): FoundFault | undefined {
  if (line.trim() === '') return undefined;
  const whole = (fault: LineFault): FoundFault => ({ fault, cut: line, rest: '' });
  const { letters, capitals, digits } = lettersOf(line);
  if (rules.upperCase && capitals > letters / 2) return whole('upper-case');
  if (rules.numbers && digits > 0 && letters === 0) return whole('numbers');
  const { tokens, words } = documentWords(line);
  if (rules.phrases && words <= rules.phraseLineWords) {
    const found = rules.phrases.find(tokens);
    if (found?.all && (!found.isCounter || rules.counters)) return whole(found.isCounter ? 'counter' : 'boilerplate');
    if (found && !found.all) return partOf(line, tokens, found.first, found.end);
  }
  return rules.oneWord && words === 1 ? whole('one-word') : undefined;
}

function partOf(line: string, tokens: readonly string[], first: number, end: number): FoundFault {
  let from = 0;
  let place = 0;
  for (; place < first; place++) from = line.indexOf(tokens[place]!, from) + tokens[place]!.length;
  let to = from;
  for (; place < end; place++) to = line.indexOf(tokens[place]!, to) + tokens[place]!.length;
  const rest = first === 0 ? line.slice(to).trimStart() : line.slice(0, from);
  return { fault: 'boilerplate', cut: line.slice(from, to), rest };
}

function lettersOf(line: string): { letters: number; capitals: number; digits: number } {
  let letters = 0;
  let capitals = 0;
  let digits = 0;
  for (const character of line) {
    const kind = characterClass(character.codePointAt(0)!);
    if (kind === CLASSES.digit) digits += 1;
    else if (kind === CLASSES.arabicLetter) letters += 1;
    else if (kind === CLASSES.latinLetter || kind === CLASSES.otherLetter) {
      letters += 1;
      if (character !== character.toLowerCase()) capitals += 1;
    }
  }
  return { letters, capitals, digits };
}
