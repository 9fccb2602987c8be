import { DuplicateFinder, type Duplicate, type DuplicateSearch } from '../../main/engine/dedup/DuplicateFinder.ts';
import type { Column, Row, RunContext, RunNode } from '../kit/index.ts';
import { normalisationOf, profileOf } from './profiles.ts';
import { dedupReport } from './dedupReport.ts';
import type spec from './spec.ts';

const DUPLICATE_COLUMNS: Column[] = [
  { name: 'id', type: 'string' },
  { name: 'duplicateOf', type: 'string' },
  { name: 'similarity', type: 'number' },
  { name: 'rule', type: 'string' },
  { name: 'text', type: 'string' },
];

const run: RunNode<typeof spec> = async (context) => {
  const { corpus } = context.inputs;
  const search = await findDuplicates(context);
  const byPosition = new Map(search.duplicates.map((duplicate) => [duplicate.position, duplicate]));
  const idOf = await idsAt(corpus.rows(), new Set(search.duplicates.map(({ duplicateOf }) => duplicateOf)));

  await context.writeTable(
    'kept',
    corpus.columns,
    selected(corpus.rows(), (position) => !byPosition.has(position)),
  );
  await context.writeTable('clusters', DUPLICATE_COLUMNS, described());
  await context.writeReport('report', await dedupReport(search, corpus.rows(), profileOf(context.params)));
  context.log(
    `${search.duplicates.length} of ${search.documents} documents are duplicates; ${search.verified} pairs were compared in full.`,
  );

  async function* described(): AsyncGenerator<Row> {
    let position = -1;
    for await (const row of corpus.rows()) {
      const duplicate = byPosition.get((position += 1));
      if (duplicate) yield describe(row, duplicate);
    }
  }
  function describe(row: Row, { duplicateOf, similarity, rule }: Duplicate): Row {
    return { id: row.id!, duplicateOf: idOf.get(duplicateOf)!, similarity, rule, text: row.text! };
  }
};
export default run;

async function findDuplicates(context: RunContext<typeof spec>): Promise<DuplicateSearch> {
  const { params, inputs, seed, signal } = context;
  const total = 2 * inputs.corpus.rowCount;
  const finder = new DuplicateFinder({ ...profileOf(params), keep: params.keep, normalisation: normalisationOf(params), seed });
  let done = 0;
  for await (const { text } of inputs.corpus.rows()) {
    finder.add(String(text));
    if ((done += 1) % 128 === 0) await pause();
  }
  const finding = finder.find();
  for (;;) {
    const step = finding.next();
    if (step.done) return step.value;
    done = inputs.corpus.rowCount + step.value;
    await pause();
  }

  /** Lets other work of the engine, and a cancel, have their turn. */
  async function pause(): Promise<void> {
    context.progress(done, total, 'steps');
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
  }
}

async function* selected(rows: AsyncIterable<Row>, isWanted: (position: number) => boolean): AsyncGenerator<Row> {
  let position = 0;
  for await (const row of rows) if (isWanted(position++)) yield row;
}

async function idsAt(rows: AsyncIterable<Row>, positions: ReadonlySet<number>): Promise<Map<number, string>> {
  const ids = new Map<number, string>();
  let position = 0;
  for await (const { id } of rows) {
    if (positions.has(position)) ids.set(position, String(id));
    position += 1;
  }
  return ids;
}
