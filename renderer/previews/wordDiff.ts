import { diffArrays } from 'diff';

export interface DiffPart {
  readonly text: string;
  readonly changed: boolean;
}
export interface WordDiff {
  readonly before: readonly DiffPart[];
  readonly after: readonly DiffPart[];
  readonly unchanged: boolean;
}

// Arabic first; for scripts that use spaces the locale makes no difference to word breaks.
const words = new Intl.Segmenter('ar', { granularity: 'word' });
const segments = (text: string): string[] => Array.from(words.segment(text), ({ segment }) => segment);

/** Texts that differ in more words than this are shown as replaced whole: finer marks would say nothing. */
const MAX_EDITS = 4_000;

/** Which words of two texts differ. The parts of each side, joined, are that text. */
export function wordDiff(before: string, after: string): WordDiff {
  if (before === after) return { before: [{ text: before, changed: false }], after: [{ text: after, changed: false }], unchanged: true };
  const changes = diffArrays(segments(before), segments(after), { maxEditLength: MAX_EDITS });
  if (!changes) return { before: [{ text: before, changed: true }], after: [{ text: after, changed: true }], unchanged: false };
  const parts = (other: 'added' | 'removed'): DiffPart[] =>
    changes.filter((change) => !change[other]).map((change) => ({ text: change.value.join(''), changed: change.added || change.removed }));
  return { before: parts('added'), after: parts('removed'), unchanged: false };
}
