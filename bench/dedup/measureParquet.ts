import { statSync } from 'node:fs';
import path from 'node:path';
import type { Figure } from '../figures.ts';
import type { BenchContext } from './BenchContext.ts';
import { measure } from './measure.ts';
import { nasaqCommand, nasaqJob } from './nasaqJob.ts';

/** What the node adds to the deduplication itself: the documents that stay, read once more and written as Parquet. */
export async function measureParquet({ corpus, folder, say }: BenchContext): Promise<Figure[]> {
  say('writing the documents that stay');
  const settings = { files: [corpus.file], words: 3, threshold: 0.7, normalised: true, threads: 2, memoryBudget: 1e9, allPairs: false };
  const job = nasaqJob('parquet', folder, settings);
  await measure(nasaqCommand(job));
  const parquet = path.join(folder, 'kept.parquet');
  const script = path.join(import.meta.dirname, 'writeKeptParquet.ts');
  const cost = await measure({ program: process.execPath, args: [script, corpus.file, job.kept, parquet] });
  const documents = statSync(job.kept).size / 4;
  return [
    { name: 'Parquet writing', value: cost.cpuSeconds, unit: 'CPU s', against: `${documents} documents; not part of the figures above` },
    { name: 'Parquet writing: wall time', value: cost.wallSeconds, unit: 's' },
    { name: 'Parquet writing: peak memory', value: cost.peakBytes / 1e6, unit: 'MB' },
    { name: 'Parquet file', value: statSync(parquet).size / 1e6, unit: 'MB' },
  ];
}
