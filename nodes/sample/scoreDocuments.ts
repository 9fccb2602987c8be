import { rowKey } from '../../main/engine/scoring/computeRows.ts';
import { type Fluency, fluencyWork, logPerplexity } from '../../main/engine/scoring/fluency.ts';
import { folderDigest } from '../../main/engine/scoring/folderDigest.ts';
import { keptResults } from '../../main/engine/scoring/keptResults.ts';
import { windowsOf } from '../../main/engine/scoring/windowsOf.ts';
import type { RunContext } from '../kit/index.ts';
import type { Document } from './readDocuments.ts';
import type spec from './spec.ts';

/** Of documents. Also the most that is computed twice after a crash. */
const WINDOW = { maxRows: 1024, maxSize: 4_000_000 };

export interface ScoredDocument extends Document {
  /** Natural logarithm; null: the document has no tokens. */
  readonly logPerplexity: number | null;
}

/** Documents with their perplexity, in order; results of earlier runs are used again. */
export async function* scoreDocuments(
  documents: AsyncIterable<Document>,
  { inputs, params, path, rowResults, inference, signal, progress }: RunContext<typeof spec>,
  total: number | undefined,
): AsyncGenerator<ScoredDocument> {
  const folder = inputs.fluency?.path ?? path(params.fluencyModel);
  const results = rowResults<Fluency>({ fluency: inputs.fluency?.digest ?? (await folderDigest(folder)) });
  const work = fluencyWork(results, () => inference.scorer(folder), signal);
  let done = 0;
  for await (const window of windowsOf(documents, { ...WINDOW, size: ({ text }) => text.length })) {
    const texts = window.map(({ text }) => text);
    const found = await keptResults(texts, texts.map(rowKey), work);
    for (const [place, document] of window.entries()) yield { ...document, logPerplexity: logPerplexity(found.results[place]) };
    progress((done += window.length), total, 'documents', 'Scoring');
  }
}
