import fs from 'node:fs/promises';
import { computeRows, rowKey, rowsWithResults } from '../../main/engine/scoring/computeRows.ts';
import { folderDigest } from '../../main/engine/scoring/folderDigest.ts';
import { parseCodeOfConduct } from '../../main/engine/text/codeOfConduct.ts';
import { endpointOperation, endpointSettings, type Row, type RunContext, type RunNode } from '../kit/index.ts';
import { type RewriteOptions, type RewrittenDocument, rewriteDocuments } from './rewriteDocuments.ts';
import { RewriteTally } from './RewriteTally.ts';
import { endpointWorker, modelWorker, type RewriteWorker } from './RewriteWorker.ts';
import type spec from './spec.ts';

/** A crash costs one batch at most: a few seconds of a small worker. */
const BATCH = { maxRows: 64, maxSize: 16_000 };
const PAIR_COLUMNS = ['id', 'before', 'after', 'verdict', 'reason', 'guards', 'retry'].map((name) => ({ name, type: 'string' as const }));

type Context = RunContext<typeof spec>;

const run: RunNode<typeof spec> = async (context) => {
  const { corpus } = context.inputs;
  const { open, instructions, operation } = await chooseWorker(context);
  const { minRatio, maxRatio, links, numbers, names, retry, segmentLength } = context.params;
  const options: RewriteOptions = { minRatio, maxRatio, links, numbers, names, retry, segmentLength, instructions };
  const results = context.rowResults<RewrittenDocument>({ worker: operation, ...options });
  const textOf = (row: Row): string => String(row.text ?? '');
  const keyOf = (row: Row): string => rowKey(textOf(row));

  const started = performance.now();
  let tokens = 0;
  let worker: RewriteWorker | undefined;
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
      worker ??= await open(() => spentBefore(rowsWithKnown()));
      const rewritten = await rewriteDocuments(rows.map(textOf), worker, options, context.signal);
      tokens += rewritten.tokens;
      return rewritten.documents;
    },
    onProgress: (done, total) => context.progress(done, total, 'documents'),
  });
  const seconds = (performance.now() - started) / 1000;
  if (tokens > 0) context.log(`Wrote ${tokens} tokens in ${seconds.toFixed(1)} s: ${Math.round(tokens / seconds)} a second.`);
  const guesses = worker?.guesses?.();
  if (guesses) context.log(guesses);
  context.log(`${computed} distinct documents had to be rewritten; the others were known.`);

  const rewritten = () => rowsWithResults(corpus.rows(), keyOf, results);
  await context.writeTable(
    'aligned',
    corpus.columns,
    map(rewritten(), ([row, { after }]) => ({ ...row, text: after })),
  );
  const tally = new RewriteTally();
  await context.writeTable(
    'pairs',
    PAIR_COLUMNS,
    map(rewritten(), ([row, document]) => {
      const before = textOf(row);
      tally.add(String(row.id), before, document);
      return { id: row.id!, before, after: document.after, verdict: document.verdict, reason: document.reason, ...refusalsOf(document) };
    }),
  );
  await context.writeReport('report', tally.report());

  async function* rowsWithKnown(): AsyncIterable<RewrittenDocument> {
    const asked = new Set<string>();
    for await (const row of corpus.rows(['text'])) {
      const key = keyOf(row);
      if (asked.has(key)) continue;
      asked.add(key);
      const known = results.get([key]).get(key);
      if (known) yield known;
    }
  }
};
export default run;

/** The worker that the params name; opened only when something has to be rewritten. */
async function chooseWorker(
  context: Context,
): Promise<{ open(spentBefore: () => Promise<number>): Promise<RewriteWorker>; instructions: string; operation: unknown }> {
  const { params, inputs } = context;
  if (params.worker === 'endpoint') {
    const settings = endpointSettings(params, 'endpoint');
    const file = context.path(params.codeOfConduct);
    const instructions = parseCodeOfConduct(await fs.readFile(file, 'utf8'), file).body;
    const open = async (spentBefore: () => Promise<number>): Promise<RewriteWorker> => {
      const endpoint = context.endpoint(settings);
      if (settings.budget > 0) endpoint.addSpent(await spentBefore());
      return endpointWorker(endpoint, instructions);
    };
    return { open, instructions, operation: endpointOperation(settings) };
  }
  const folder = inputs.worker?.path ?? context.path(params.workerModel);
  const open = async (): Promise<RewriteWorker> => modelWorker(await context.inference.generator(folder), params.maxRatio);
  return { open, instructions: '', operation: inputs.worker?.digest ?? (await folderDigest(folder)) };
}

async function spentBefore(known: AsyncIterable<RewrittenDocument>): Promise<number> {
  let sum = 0;
  for await (const { cost } of known) sum += cost;
  return sum;
}

/** Cells that say which guards refused something, and what asking again did, for the worst where there were several. */
function refusalsOf({ refusals }: RewrittenDocument): { guards: string; retry: string } {
  const retries = new Set(Object.values(refusals).flatMap((counts) => Object.keys(counts)));
  const retry = ['failed', 'too-short', 'partly', 'mended'].find((outcome) => retries.has(outcome)) ?? '';
  return { guards: Object.keys(refusals).join(', '), retry };
}

async function* map<T, U>(items: AsyncIterable<T>, change: (item: T) => U): AsyncIterable<U> {
  for await (const item of items) yield change(item);
}
