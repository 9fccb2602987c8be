import { computeRows, rowKey, rowsWithResults } from '../../main/engine/scoring/computeRows.ts';
import type { Row, RunNode } from '../kit/index.ts';
import { type RewrittenDocument, rewriteDocuments } from './rewriteDocuments.ts';
import { RewriteTally } from './RewriteTally.ts';
import type spec from './spec.ts';

/** A crash costs one batch at most: a few seconds of a small worker. */
const BATCH = { maxRows: 64, maxSize: 16_000 };

const run: RunNode<typeof spec> = async (context) => {
  const { corpus, worker } = context.inputs;
  const { minRatio, maxRatio, segmentLength } = context.params;
  const options = { minRatio, maxRatio, segmentLength };
  const results = context.rowResults<RewrittenDocument>({ worker: worker.digest, ...options });
  const textOf = (row: Row): string => String(row.text ?? '');
  const keyOf = (row: Row): string => rowKey(textOf(row));

  const started = performance.now();
  let tokens = 0;
  const computed = await computeRows({
    rows: () => corpus.rows(),
    key: keyOf,
    size: (row) => textOf(row).length,
    ...BATCH,
    results,
    folder: context.workFolder(),
    name: 'rewrite',
    signal: context.signal,
    async compute(rows) {
      const generator = await context.inference.generator(worker.path);
      const rewritten = await rewriteDocuments(rows.map(textOf), generator, options, context.signal);
      tokens += rewritten.tokens;
      return rewritten.documents;
    },
    onProgress: (done, total) => context.progress(done, total, 'documents'),
  });
  const seconds = (performance.now() - started) / 1000;
  if (tokens > 0) context.log(`Wrote ${tokens} tokens in ${seconds.toFixed(1)} s: ${Math.round(tokens / seconds)} a second.`);
  context.log(`${computed} distinct documents had to be rewritten; the others were known.`);

  const rewritten = () => rowsWithResults(corpus.rows(), keyOf, results);
  await context.writeTable(
    'aligned',
    corpus.columns,
    map(rewritten(), ([row, { after }]) => ({ ...row, text: after })),
  );
  const tally = new RewriteTally();
  const pairColumns = ['id', 'before', 'after', 'verdict', 'reason'].map((name) => ({ name, type: 'string' as const }));
  await context.writeTable(
    'pairs',
    pairColumns,
    map(rewritten(), ([row, document]) => {
      const before = textOf(row);
      tally.add(String(row.id), before, document);
      return { id: row.id!, before, after: document.after, verdict: document.verdict, reason: document.reason };
    }),
  );
  await context.writeReport('report', tally.report());
};
export default run;

async function* map<T, U>(items: AsyncIterable<T>, change: (item: T) => U): AsyncIterable<U> {
  for await (const item of items) yield change(item);
}
