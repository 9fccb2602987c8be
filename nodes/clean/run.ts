import { setImmediate as nextTurn } from 'node:timers/promises';
import { roundTo } from '../../main/engine/scoring/roundTo.ts';
import { cleanDocument } from '../../main/engine/text/cleaning/cleanDocument.ts';
import type { Column, Row, RunNode } from '../kit/index.ts';
import { CleaningTally } from './CleaningTally.ts';
import { cleanReport } from './cleanReport.ts';
import { cleaningSettings } from './settings.ts';
import type spec from './spec.ts';

const PAUSE_EVERY_MS = 20;
const CUT_COLUMN: Column = { name: 'cutLines', type: 'integer' };

const DROPPED_COLUMNS: readonly Column[] = [
  { name: 'id', type: 'string' },
  { name: 'rule', type: 'string' },
  { name: 'value', type: 'number' },
  { name: 'limit', type: 'number' },
  { name: 'rules', type: 'string' },
  { name: 'text', type: 'string' },
];

const run: RunNode<typeof spec> = async (context) => {
  const { corpus } = context.inputs;
  const settings = await cleaningSettings(context.params, (value) => context.path(value));
  const tally = new CleaningTally();
  /** One bit a document: judging the few that are dropped twice costs less than keeping what was said of them. */
  const isDropped = new Uint8Array(Math.ceil(corpus.rowCount / 8));
  const columns = settings.lines ? [...corpus.columns.filter(({ name }) => name !== CUT_COLUMN.name), CUT_COLUMN] : corpus.columns;

  await context.writeTable('kept', columns, kept());
  await context.writeTable('dropped', DROPPED_COLUMNS, dropped());
  await context.writeReport('report', cleanReport(tally, settings));

  async function* rows(stage: string): AsyncGenerator<[Row, number]> {
    let position = 0;
    let paused = performance.now();
    for await (const row of corpus.rows()) {
      yield [row, position];
      position += 1;
      if (performance.now() - paused < PAUSE_EVERY_MS) continue;
      context.progress(position, corpus.rowCount, 'documents', stage);
      await nextTurn();
      context.signal.throwIfAborted();
      paused = performance.now();
    }
    context.progress(position, corpus.rowCount, 'documents', stage);
  }

  async function* kept(): AsyncGenerator<Row> {
    for await (const [row, position] of rows('Cleaning')) {
      const cleaned = cleanDocument(String(row.text ?? ''), settings);
      tally.add(String(row.id), cleaned);
      if (cleaned.failures.length > 0) isDropped[position >> 3]! |= 1 << (position & 7);
      else yield settings.lines ? { ...row, text: cleaned.text, [CUT_COLUMN.name]: cleaned.cut.length } : row;
    }
  }

  async function* dropped(): AsyncGenerator<Row> {
    for await (const [row, position] of rows('Listing what was dropped')) {
      if (!(isDropped[position >> 3]! & (1 << (position & 7)))) continue;
      const { failures } = cleanDocument(String(row.text ?? ''), settings);
      const [{ rule, value, limit }] = failures as [(typeof failures)[number]];
      yield {
        id: String(row.id),
        rule,
        value: roundTo(value, 6),
        limit,
        rules: failures.map((failure) => failure.rule).join(' '),
        text: String(row.text ?? ''),
      };
    }
  }
};
export default run;
