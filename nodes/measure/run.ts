import { computeRows, rowKey, rowsWithResults } from '../../main/engine/scoring/computeRows.ts';
import { folderDigest } from '../../main/engine/scoring/folderDigest.ts';
import type { Column, Row, RowResults, RunNode } from '../kit/index.ts';
import { UserError } from '../kit/index.ts';
import { measureReport, type MeasuredPair } from './measureReport.ts';
import type spec from './spec.ts';
import { bitsPerCharacter, perplexity, scoreTexts, type TextScore } from './TextScore.ts';

const BATCH = { maxRows: 256, maxSize: 64_000 };

const COLUMNS: readonly Column[] = [
  { name: 'id', type: 'string' },
  { name: 'changed', type: 'boolean' },
  ...['toxicityBefore', 'toxicityAfter', 'perplexityBefore', 'perplexityAfter', 'bitsPerCharacterBefore', 'bitsPerCharacterAfter'].map(
    (name): Column => ({ name, type: 'number' }),
  ),
];

const run: RunNode<typeof spec> = async (context) => {
  const { pairs, fluency } = context.inputs;
  const { classifier, fluencyModel } = context.params;
  if (!fluency && !fluencyModel) throw new UserError('No fluency model: connect one to port `fluency` or set param `fluencyModel`.');
  const classifierFolder = context.path(classifier);
  const fluencyFolder = fluency?.path ?? context.path(fluencyModel);
  const results = context.rowResults<TextScore>({
    classifier: await folderDigest(classifierFolder),
    fluency: fluency?.digest ?? (await folderDigest(fluencyFolder)),
  });

  await computeRows({
    rows: () => textsOf(pairs.rows()),
    key: rowKey,
    size: (text) => text.length,
    ...BATCH,
    results,
    folder: context.workFolder(),
    name: 'measure',
    signal: context.signal,
    compute: async (texts) =>
      scoreTexts(
        texts,
        await context.inference.classifier(classifierFolder),
        await context.inference.scorer(fluencyFolder),
        context.signal,
      ),
    onProgress: (done, total) => context.progress(done, total, 'texts'),
  });

  const measured: MeasuredPair[] = [];
  for await (const pair of scoredPairs(pairs.rows(), results)) measured.push(pair);
  await context.writeTable('scores', COLUMNS, measured.map(scoreRow));
  await context.writeReport('report', measureReport(measured, context.seed));
};
export default run;

/** Both texts of every pair; equal ones are computed once. */
async function* textsOf(pairs: AsyncIterable<Row>): AsyncIterable<string> {
  for await (const { before, after } of pairs) {
    yield String(before ?? '');
    yield String(after ?? '');
  }
}

async function* scoredPairs(pairs: AsyncIterable<Row>, results: RowResults<TextScore>): AsyncIterable<MeasuredPair> {
  const ids: string[] = [];
  async function* texts(): AsyncIterable<string> {
    for await (const row of pairs) {
      ids.push(String(row.id));
      yield String(row.before ?? '');
      yield String(row.after ?? '');
    }
  }
  let before: [string, TextScore] | undefined;
  for await (const scored of rowsWithResults(texts(), rowKey, results)) {
    if (!before) {
      before = scored;
      continue;
    }
    yield { id: ids.shift()!, textBefore: before[0], textAfter: scored[0], before: before[1], after: scored[1] };
    before = undefined;
  }
}

const scoreRow = ({ id, textBefore, textAfter, before, after }: MeasuredPair): Row => ({
  id,
  changed: textBefore !== textAfter,
  toxicityBefore: before.toxicity,
  toxicityAfter: after.toxicity,
  perplexityBefore: perplexity(before),
  perplexityAfter: perplexity(after),
  bitsPerCharacterBefore: bitsPerCharacter(before),
  bitsPerCharacterAfter: bitsPerCharacter(after),
});
