// Deduplicates from file to file, to be measured as a whole process: node runNasaq.ts JOB.json
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { deduplicate } from '../../main/engine/dedup/deduplicate.ts';
import type { DedupResult } from '../../main/engine/dedup/DedupOptions.ts';
import { type NasaqCounts, nasaqJobSchema, normalisationOf } from './nasaqJob.ts';
import { writePairs } from './pairsFile.ts';
import { StageClock } from './StageClock.ts';

const clock = new StageClock('starting');
const job = nasaqJobSchema.parse(JSON.parse(readFileSync(process.argv[2]!, 'utf8')));
// What an earlier run left would make this one start at its end.
rmSync(job.workFolder, { recursive: true, force: true });
mkdirSync(job.workFolder, { recursive: true });

const result = await deduplicate(
  {
    corpora: [{ name: 'benchmark', files: job.files }],
    textField: 'text',
    shingles: { of: 'words', size: job.words },
    threshold: job.threshold,
    keep: 'first',
    normalisation: normalisationOf(job),
    seed: 1,
    threads: job.threads,
    memoryBudget: job.memoryBudget,
    workFolder: job.workFolder,
    allPairs: job.allPairs,
    onProgress: ({ stage }) => clock.enter(stage),
  },
  { blockBytes: job.blockBytes },
);
clock.enter('writing');
writeFileSync(job.kept, keptRows(result));
writePairs(job.duplicates, duplicates(result));
if (job.allPairs) writePairs(job.pairs, result.pairs());
const { documents, textBytes, removed, verified, crowdedBuckets } = result;
clock.enter('ended');
const counts: NasaqCounts = {
  documents,
  textBytes,
  removed: removed.exact + removed.normalised + removed.near,
  verified,
  crowdedBuckets,
  stages: clock.stages,
};
writeFileSync(job.counts, JSON.stringify(counts));
rmSync(job.workFolder, { recursive: true, force: true });

function keptRows(result: DedupResult): Uint32Array {
  const { exact, normalised, near } = result.removed;
  const rows = new Uint32Array(result.documents - exact - normalised - near);
  let count = 0;
  for (let row = 0; row < result.documents; row += 1) if (result.isKept(row)) rows[count++] = row;
  if (count !== rows.length) throw new Error(`${count} documents stay, but ${rows.length} were counted.`);
  return rows;
}

function* duplicates(result: DedupResult): Generator<{ a: number; b: number; similarity: number }> {
  for (const { position, duplicateOf, similarity } of result.duplicates()) yield { a: position, b: duplicateOf, similarity };
}
