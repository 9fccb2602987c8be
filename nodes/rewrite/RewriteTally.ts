import { GUARDS } from '../../main/engine/text/guardRewrite.ts';
import type { Report } from '../kit/index.ts';
import { type RewrittenDocument, VERDICTS } from './rewriteDocuments.ts';

const EXAMPLES = 12;
const MEANINGS = {
  rewritten: 'changed, nothing refused',
  unchanged: 'the worker left it as it was',
  'partly-raw': 'changed, some segments refused',
  'kept-raw': 'as it was, because rewrites were refused',
};
const FAULTS = {
  empty: 'nothing was left',
  cut: 'reached its length limit',
  looping: 'repeated itself',
  script: 'changed to another script',
  length: 'far longer or shorter than the raw text',
};

/** Counts what became of each row, for the report. No times: a report is the same whenever its rows are. */
export class RewriteTally {
  readonly #verdicts = new Map<string, number>();
  readonly #refusals = new Map<string, number>();
  readonly #changes: [string, string, string][] = [];
  readonly #refused: [string, string, string][] = [];
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
    for (const [guard, count] of Object.entries(document.refusals)) this.#refusals.set(guard, (this.#refusals.get(guard) ?? 0) + count);
    if (document.verdict === 'rewritten' && this.#changes.length < EXAMPLES) this.#changes.push([id, before, document.after]);
    if (document.reason && this.#refused.length < EXAMPLES) this.#refused.push([id, before, document.reason]);
  }

  report(): Report {
    const count = (verdict: string): number => this.#verdicts.get(verdict) ?? 0;
    const changed = count('rewritten') + count('partly-raw');
    const refused = [...this.#refusals.values()].reduce((sum, value) => sum + value, 0);
    const passed = count('rewritten') + count('unchanged');
    return {
      title: 'Rewriting',
      findings: [
        `${changed} of ${this.#rows} documents were changed (${percent(changed, this.#rows)}), ${count('unchanged')} needed no change.`,
        `${percent(passed, this.#rows)} of the documents passed every guard; ${refused} rewrites of segments or documents were refused, of ${this.#segments} segments.`,
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
          columns: ['guard', 'meaning', 'rewrites'],
          rows: GUARDS.map((guard) => [guard, FAULTS[guard], this.#refusals.get(guard) ?? 0]),
        },
        { title: 'Examples of changes', columns: ['id', 'before', 'after'], rows: this.#changes },
        { title: 'Examples of refusals', columns: ['id', 'raw text', 'reason'], rows: this.#refused },
      ],
      charts: [],
    };
  }
}

const percent = (part: number, whole: number): string => `${whole ? ((100 * part) / whole).toFixed(1) : '0.0'} %`;
