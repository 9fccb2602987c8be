import { CLEANING_RULES, type CleaningLimits, type DropReason } from './cleaningRules.ts';
import { correctLines, type CutLine, type LineRules } from './correctLines.ts';
import { DocumentFacts } from './DocumentFacts.ts';
import type { WordList } from './WordList.ts';

export interface CleaningSettings {
  readonly limits: CleaningLimits;
  readonly stopWordLists: readonly WordList[];
  /** Undefined: lines are left alone. */
  readonly lines: LineRules | undefined;
  /** Most words of a document, as a share, that may be cut with lines; undefined: any. */
  readonly cutLines: number | undefined;
}

export interface Failure {
  readonly rule: DropReason;
  readonly value: number;
  readonly limit: number;
}
export interface CleanedDocument {
  /** Without the lines that were cut; as it came when the document is dropped. */
  readonly text: string;
  readonly words: number;
  /** Of the rules that the document fails, in their order; empty: it stays. */
  readonly failures: readonly Failure[];
  /** Empty where a rule about the whole document fails: its lines are not looked at. */
  readonly cut: readonly CutLine[];
}

/** Judges a document by the rules that have limits, and cuts lines from one that passes. */
export function cleanDocument(text: string, { limits, stopWordLists, lines, cutLines }: CleaningSettings): CleanedDocument {
  const facts = new DocumentFacts(text, stopWordLists);
  const words = facts.words.words;
  const most = limits['too-many-words'];
  // A document that is dropped for its length may have any: what takes long for such is not looked at.
  const rules = most !== undefined && words > most ? CLEANING_RULES.slice(0, 2) : CLEANING_RULES;
  const failures = rules.flatMap(({ name, bound, value }): Failure[] => {
    const limit = limits[name];
    const found = limit === undefined ? undefined : value(facts);
    if (limit === undefined || found === undefined) return [];
    return (bound === 'least' ? found < limit : found > limit) ? [{ rule: name, value: found, limit }] : [];
  });
  if (failures.length > 0 || !lines) return { text, words, failures, cut: [] };
  const corrected = correctLines(text, lines);
  const share = words === 0 ? 0 : corrected.cutWords / words;
  if (cutLines !== undefined && share > cutLines) {
    return { text, words, failures: [{ rule: 'cut-lines', value: share, limit: cutLines }], cut: corrected.cut };
  }
  if (corrected.cut.length > 0 && corrected.text === '') {
    return { text, words, failures: [{ rule: 'nothing-left', value: 0, limit: 1 }], cut: corrected.cut };
  }
  return { text: corrected.text, words, failures, cut: corrected.cut };
}
