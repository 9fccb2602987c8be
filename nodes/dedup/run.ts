import path from 'node:path';
import { deduplicate } from '../../main/engine/dedup/deduplicate.ts';
import type { DedupResult, DedupStage } from '../../main/engine/dedup/DedupOptions.ts';
import { idsClash } from '../../main/engine/dedup/idsClash.ts';
import { type Row, type RunContext, type RunNode, uniteColumns } from '../kit/index.ts';
import { checkDiskSpace } from './checkDiskSpace.ts';
import { clusterColumns, clusterRows, type ClusterSources } from './clusterRows.ts';
import { ClusterStatistics } from './ClusterStatistics.ts';
import { dedupReport } from './dedupReport.ts';
import { FLAG_COLUMNS, RepeatedPieces } from './RepeatedPieces.ts';
import { keepRuleOf, likenessOf, memoryBudgetOf, normalisationOf, piecesOf, threadsOf } from './settings.ts';
import { SpooledDocuments } from './SpooledDocuments.ts';
import { type Spool, spoolInputs, type Spools } from './spoolInputs.ts';
import type spec from './spec.ts';

type Context = RunContext<typeof spec>;

const STAGES: Record<DedupStage, string> = {
  reading: 'Reading',
  identical: 'Finding equal texts',
  candidates: 'Finding candidates',
  comparing: 'Comparing',
  pieces: 'Finding pieces',
};

const run: RunNode<typeof spec> = async (context) => {
  await checkDiskSpace(context);
  const spools = await spoolInputs(context, path.join(context.workFolder(), 'spool'));
  const result = await search(context, spools);
  const prefixed = context.inputs.corpus.length > 1 && (await idsClash(context.inputs.corpus.map((table) => table.rows(['id']))));
  if (prefixed) context.log('Inputs share ids, so every id starts with the number of its input.');
  const pieces = await writeKept(context, result, prefixed);

  const documents = await SpooledDocuments.open(spools.corpora, context.signal);
  const against = await SpooledDocuments.open(spools.against, context.signal);
  try {
    const duplicates = Object.values(result.removed).reduce((sum, count) => sum + count, 0);
    const statistics = new ClusterStatistics(result.documents, result.againstDocuments);
    const idOf = (position: number): string => {
      const { id } = documents.read(position);
      return prefixed ? `${documents.fileOf(position) + 1}/${id}` : id;
    };
    const several = spools.corpora.length > 1 || spools.against.length > 1;
    const sources: ClusterSources = { documents, against, several, idOf };
    const onProgress = (rows: number): void => context.progress(rows, duplicates, 'documents', 'Writing clusters');
    await context.writeTable('clusters', clusterColumns(several), clusterRows(result.duplicates(), sources, statistics, onProgress));
    await context.writeReport(
      'report',
      dedupReport({ params: context.params, result, statistics, sources, pieces, unordered: spools.unordered }),
    );
    context.log(`${duplicates} of ${result.documents} documents are duplicates; ${result.verified} pairs were compared in full.`);
  } finally {
    documents.close();
    against.close();
  }
};
export default run;

function search({ params, seed, signal, progress, workFolder }: Context, { corpora, against }: Spools): Promise<DedupResult> {
  const named = (name: string, spools: readonly Spool[]) => spools.map((spool, at) => ({ name: `${name} ${at + 1}`, files: [spool.path] }));
  return deduplicate({
    ...likenessOf(params),
    corpora: named('corpus', corpora),
    against: named('against', against),
    textField: 'text',
    keep: keepRuleOf(params),
    ...(corpora.some(({ hasOrder }) => hasOrder) && { orderField: 'order' }),
    normalisation: normalisationOf(params),
    pieces: piecesOf(params),
    seed,
    threads: threadsOf(params),
    memoryBudget: memoryBudgetOf(params),
    workFolder: path.join(workFolder(), 'search'),
    signal,
    onProgress: ({ stage, done, total, unit }) => progress(done, total, unit, STAGES[stage]),
  });
}

/** Writes the documents that stay, flagged or cut where that is asked for. */
async function writeKept({ inputs, params, progress, writeTable }: Context, result: DedupResult, prefixed: boolean) {
  const tables = inputs.corpus;
  const united = uniteColumns(
    tables.map(({ columns }) => columns),
    tables.length > 1 ? { name: 'corpus', type: 'integer' } : undefined,
  );
  const pieces = params.pieces === 'off' ? undefined : new RepeatedPieces(result.repeatedPieces(), params.pieces, params.pieceAction);
  const flags = pieces && params.pieceAction === 'flag' ? FLAG_COLUMNS : [];
  const columns = [...united.columns.filter(({ name }) => !flags.some((flag) => flag.name === name)), ...flags];
  await writeTable('kept', columns, rows());
  return pieces;

  async function* rows(): AsyncGenerator<Row> {
    let position = -1;
    for (const [at, table] of tables.entries()) {
      for await (const found of table.rows()) {
        position += 1;
        if (position % 1000 === 0) progress(position, result.documents, 'documents', 'Writing what stays');
        if (!result.isKept(position)) continue;
        const row = united.row(at, found, at + 1);
        if (prefixed) row.id = `${at + 1}/${String(row.id)}`;
        yield pieces ? pieces.apply(position, row) : row;
      }
    }
  }
}
