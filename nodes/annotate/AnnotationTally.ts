import type { CodeOfConduct } from '../../main/engine/text/codeOfConduct.ts';
import type { ExpertAnswer } from '../../main/engine/text/Expert.ts';
import type { Report } from '../kit/index.ts';

const EXAMPLES = 12;
const EXAMPLE_LENGTH = 240;

const REASONS: Record<string, string> = {
  empty: 'without text',
  'nothing-left': 'nothing would be left',
  'no-pair': 'no pair in the file',
  'raw-text-differs': 'the file has another raw text under that id',
  'too-long': 'too long for the model',
  'cut-off': 'the answer was cut at its longest',
  filtered: 'the server filtered the answer',
  'no-answer': 'the answer was empty',
  refused: 'the expert declined',
  unanswered: 'the server gave no answer',
  leaked: 'the answer shows its instructions',
  rejected: 'rejected by people',
  skipped: 'skipped by people',
};

/** Counts an expert's answers as they come, and keeps a few to show. */
export class AnnotationTally {
  documents = 0;
  pairs = 0;
  #changed = 0;
  #lengthBefore = 0;
  #lengthAfter = 0;
  readonly #changes = new Map<string, number>();
  readonly #leftOut = new Map<string, number>();
  readonly #examples: [string, string, string][] = [];

  add(before: string, answer: ExpertAnswer): void {
    this.documents += 1;
    if (answer.outcome === 'left-out') {
      this.#leftOut.set(answer.reason, (this.#leftOut.get(answer.reason) ?? 0) + 1);
      return;
    }
    this.pairs += 1;
    this.#lengthBefore += before.length;
    this.#lengthAfter += answer.text.length;
    if (answer.changes.length === 0) return;
    this.#changed += 1;
    let isNew = false;
    for (const name of answer.changes) {
      const count = this.#changes.get(name) ?? 0;
      isNew ||= count < 2;
      this.#changes.set(name, count + 1);
    }
    if (isNew && this.#examples.length < EXAMPLES)
      this.#examples.push([before, answer.text, answer.changes.join(', ')].map(excerpt) as [string, string, string]);
  }

  reasons(): string {
    return [...this.#leftOut].map(([reason, count]) => `${count} ${REASONS[reason] ?? reason}`).join(', ');
  }

  /** @param notes sentences on what the answers took */
  report(code: CodeOfConduct, expert: string, notes: readonly string[]): Report {
    const share = (part: number, whole: number) => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`);
    return {
      title: 'Annotation',
      findings: [
        `${this.pairs} pairs of ${this.documents} documents; ${this.#changed} (${share(this.#changed, this.pairs)}) were changed, the others stay as they were.`,
        ...(this.#leftOut.size > 0 ? [`${this.documents - this.pairs} documents gave no pair: ${this.reasons()}.`] : []),
        `${share(this.#lengthAfter, this.#lengthBefore)} of the characters remain.`,
        ...notes,
        `Expert: ${expert}. Code of conduct: ${code.title}, version ${code.version}.`,
      ],
      tables: [
        {
          title: 'Changes',
          columns: ['Change', 'Documents', 'Share'],
          rows: [...this.#changes]
            .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
            .map(([name, count]) => [name, count, share(count, this.pairs)]),
        },
        { title: 'Examples', columns: ['Before', 'After', 'Changes'], rows: this.#examples },
      ],
      charts: [],
    };
  }
}

const excerpt = (text: string): string => {
  const letters = [...text];
  return letters.length > EXAMPLE_LENGTH ? `${letters.slice(0, EXAMPLE_LENGTH).join('')}…` : text;
};
