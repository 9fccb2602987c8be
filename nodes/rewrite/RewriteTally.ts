import { type Guard, GUARDS } from '../../main/engine/text/guardRewrite.ts';
import type { Report } from '../kit/index.ts';
import { type RewrittenDocument, VERDICTS } from './rewriteDocuments.ts';

const EXAMPLES = 12;
const EXAMPLES_PER_GUARD = 3;
const MEANINGS = {
  rewritten: 'changed, nothing refused in the end',
  unchanged: 'the worker left it as it was',
  'partly-raw': 'changed, something of it kept raw',
  'kept-raw': 'as it was, because rewrites were refused',
};
const FAULTS: Record<Guard, string> = {
  unreadable: 'half a character in the raw text; not asked',
  cut: 'reached its length limit',
  empty: 'nothing was left',
  refusal: 'declined to rewrite',
  leak: 'shows its instructions or the chat around it',
  looping: 'repeated itself over and over',
  doubled: 'said a word or passage twice',
  script: 'changed to another script',
  language: 'changed to another language',
  controls: 'put in invisible characters',
  length: 'far longer or shorter than the raw text',
  links: 'lost or invented an address',
  numbers: 'lost or invented a number',
  names: 'lost a probable name',
};

/** Counts what became of each row, for the report. No times: a report is the same whenever its rows are. */
export class RewriteTally {
  readonly #verdicts = new Map<string, number>();
  readonly #refusals = new Map<Guard, { refused: number; mended: number; partly: number }>();
  readonly #changes: [string, string, string][] = [];
  readonly #refused = new Map<Guard, [string, string, string, string, string, string][]>();
  #rows = 0;
  #segments = 0;
  #tokens = 0;
  #charactersBefore = 0;
  #charactersAfter = 0;

  add(id: string, before: string, document: RewrittenDocument): void {
    this.#rows += 1;
    this.#segments += document.segments;
    this.#tokens += document.tokens;
    this.#charactersBefore += before.length;
    this.#charactersAfter += document.after.length;
    this.#verdicts.set(document.verdict, (this.#verdicts.get(document.verdict) ?? 0) + 1);
    for (const guard of GUARDS) {
      const counts = document.refusals[guard];
      if (!counts) continue;
      const sum = this.#refusals.get(guard) ?? { refused: 0, mended: 0, partly: 0 };
      sum.refused += Object.values(counts).reduce((total, count) => total + count, 0);
      sum.mended += counts.mended ?? 0;
      sum.partly += counts.partly ?? 0;
      this.#refusals.set(guard, sum);
    }
    if (document.verdict === 'rewritten' && this.#changes.length < EXAMPLES) this.#changes.push([id, before, document.after]);
    for (const { guard, raw, rewrite, reason, retry = '' } of document.refused) {
      const known = this.#refused.get(guard) ?? [];
      this.#refused.set(guard, known);
      if (known.length < EXAMPLES_PER_GUARD) known.push([guard, id, raw, rewrite, reason, retry]);
    }
  }

  report(): Report {
    const count = (verdict: string): number => this.#verdicts.get(verdict) ?? 0;
    const changed = count('rewritten') + count('partly-raw');
    const passed = count('rewritten') + count('unchanged');
    const total = (field: 'refused' | 'mended' | 'partly'): number =>
      [...this.#refusals.values()].reduce((sum, each) => sum + each[field], 0);
    const refused = total('refused');
    return {
      title: 'Rewriting',
      findings: [
        `${changed} of ${this.#rows} documents were changed (${percent(changed, this.#rows)}), ${count('unchanged')} needed no change.`,
        `${percent(passed, this.#rows)} of the documents passed every guard in the end; ${refused} rewrites of segments or documents were refused, of ${this.#segments} segments` +
          (total('mended') + total('partly') > 0
            ? `, of which asking again in smaller pieces mended ${total('mended')} wholly and ${total('partly')} in part.`
            : '.'),
        ...(passed < 0.7 * this.#rows
          ? ['Fewer than 70 % of the documents passed: train the worker longer, on more pairs, or from a stronger base.']
          : []),
        `The worker's answers have ${this.#tokens} tokens, those to segments that documents share counted for each document; the corpus went from ${this.#charactersBefore} to ${this.#charactersAfter} characters.`,
      ],
      tables: [
        {
          title: 'Verdicts',
          columns: ['verdict', 'meaning', 'documents', 'share'],
          rows: VERDICTS.map((verdict) => [verdict, MEANINGS[verdict], count(verdict), percent(count(verdict), this.#rows)]),
        },
        {
          title: 'Refused rewrites',
          columns: ['guard', 'meaning', 'rewrites', 'mended by asking again', 'mended in part'],
          rows: GUARDS.map((guard) => {
            const { refused, mended, partly } = this.#refusals.get(guard) ?? { refused: 0, mended: 0, partly: 0 };
            return [guard, FAULTS[guard], refused, mended, partly];
          }),
        },
        { title: 'Examples of changes', columns: ['id', 'before', 'after'], rows: this.#changes },
        {
          title: 'Examples of refusals',
          columns: ['guard', 'id', 'raw text', 'refused rewrite', 'why', 'asked again'],
          rows: GUARDS.flatMap((guard) => this.#refused.get(guard) ?? []),
        },
      ],
      charts: [],
    };
  }
}

const percent = (part: number, whole: number): string => `${whole ? ((100 * part) / whole).toFixed(1) : '0.0'} %`;
