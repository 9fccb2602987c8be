import type { CleanedDocument } from '../../main/engine/text/cleaning/cleanDocument.ts';
import type { DropReason } from '../../main/engine/text/cleaning/cleaningRules.ts';
import { type LineFault } from '../../main/engine/text/cleaning/correctLines.ts';
import { excerpt } from '../../main/engine/text/excerpt.ts';

const EXAMPLES = 3;
const LINE_EXAMPLES = 5;
/** Lines of which it is told how often they were cut; what is beyond is counted by its fault alone. */
const MOST_LINES = 10_000;

export interface RuleCounts {
  /** Documents of which it is the first rule that they fail: the sum is that of the documents dropped. */
  first: number;
  failing: number;
  /** Documents that fail no other rule. */
  alone: number;
  /** Those nearest to the limit. */
  readonly examples: {
    readonly id: string;
    readonly value: number;
    readonly limit: number;
    readonly text: string;
    readonly distance: number;
  }[];
}

/** Counts what cleaning did, in memory that does not grow with the documents. */
export class CleaningTally {
  documents = 0;
  dropped = 0;
  words = 0;
  droppedWords = 0;
  cutDocuments = 0;
  readonly rules = new Map<DropReason, RuleCounts>();
  readonly faults = new Map<LineFault, { lines: number; readonly texts: Map<string, number> }>();
  /** By log2 of the number of words, rounded down; index 0: no words. */
  readonly keptSizes: number[] = [];
  readonly droppedSizes: number[] = [];
  #texts = 0;

  add(id: string, { text, words, failures, cut }: CleanedDocument): void {
    this.documents += 1;
    this.words += words;
    const sizes = failures.length > 0 ? this.droppedSizes : this.keptSizes;
    const size = words === 0 ? 0 : 1 + Math.floor(Math.log2(words));
    sizes[size] = (sizes[size] ?? 0) + 1;
    for (const [at, { rule, value, limit }] of failures.entries()) {
      const counts = this.#countsOf(rule);
      counts.failing += 1;
      if (failures.length === 1) counts.alone += 1;
      if (at > 0) continue;
      counts.first += 1;
      const distance = Math.abs(value - limit) / (limit || 1);
      if (counts.examples.length === EXAMPLES && distance >= counts.examples.at(-1)!.distance) continue;
      counts.examples.push({ id, value, limit, text: excerpt(text), distance });
      counts.examples.sort((a, b) => a.distance - b.distance);
      counts.examples.length = Math.min(counts.examples.length, EXAMPLES);
    }
    if (failures.length > 0) {
      this.dropped += 1;
      this.droppedWords += words;
      return;
    }
    if (cut.length > 0) this.cutDocuments += 1;
    for (const { fault, text: line } of cut) this.#addLine(fault, line);
  }

  /** Most frequent first; of equal ones the first that came. */
  commonLines(fault: LineFault): readonly (readonly [string, number])[] {
    const texts = this.faults.get(fault)?.texts ?? new Map<string, number>();
    return [...texts].sort((a, b) => b[1] - a[1]).slice(0, LINE_EXAMPLES);
  }

  #countsOf(rule: DropReason): RuleCounts {
    let counts = this.rules.get(rule);
    if (!counts) this.rules.set(rule, (counts = { first: 0, failing: 0, alone: 0, examples: [] }));
    return counts;
  }

  #addLine(fault: LineFault, line: string): void {
    let found = this.faults.get(fault);
    if (!found) this.faults.set(fault, (found = { lines: 0, texts: new Map() }));
    found.lines += 1;
    const text = excerpt(line);
    const count = found.texts.get(text);
    if (count === undefined && this.#texts++ >= MOST_LINES) return;
    found.texts.set(text, (count ?? 0) + 1);
  }
}
