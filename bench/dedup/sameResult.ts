import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Figure, judged } from '../figures.ts';
import type { BenchContext } from './BenchContext.ts';
import { measure } from './measure.ts';
import { nasaqCommand, nasaqJob } from './nasaqJob.ts';

const NEWLINE = 0x0a;
/** More than ten, so that the natural order of their names is not the alphabetical one. */
const SHARDS = 12;

/** The same documents on other numbers of threads, in other amounts of memory, blocks and shards, with shards listed backwards: one result. */
export async function sameResult({ corpus, folder, say }: BenchContext): Promise<Figure[]> {
  const shards = splitLines(corpus.file, path.join(folder, 'shard'));
  const whole = { files: [corpus.file], threads: 1, memoryBudget: 1e9, allPairs: false };
  const ways = {
    'one thread': whole,
    'two threads': { ...whole, threads: 2 },
    'four threads': { ...whole, threads: 4 },
    'a quarter of the memory': { ...whole, memoryBudget: 2.5e8 },
    'blocks of 100 kB': { ...whole, blockBytes: 1e5, threads: 2 },
    'blocks of 50 MB': { ...whole, blockBytes: 5e7, threads: 2 },
    'all pairs told': { ...whole, allPairs: true },
    shards: { ...whole, files: shards },
    'shards listed backwards': { ...whole, files: shards.toReversed(), threads: 2 },
  };
  const results = new Map<string, string>();
  for (const [way, settings] of Object.entries(ways)) {
    const job = nasaqJob(way.replaceAll(' ', '-'), folder, { ...settings, words: 3, threshold: 0.7, normalised: true });
    await measure(nasaqCommand(job));
    const digests = [job.kept, job.duplicates].map((file) => createHash('sha256').update(readFileSync(file)).digest('hex'));
    say(`${way}: kept ${digests[0]!.slice(0, 12)}, clusters ${digests[1]!.slice(0, 12)}`);
    results.set(way, digests.join(' '));
  }
  const against = Object.keys(ways).join(', ');
  return [judged('different results of the same documents', new Set(results.values()).size, 'results', '<=', 1, against)];
}

/** Files of whole lines that together are the file, no two of a size. */
function splitLines(file: string, prefix: string): string[] {
  const bytes = readFileSync(file);
  const shares = (SHARDS * (SHARDS + 1)) / 2;
  let start = 0;
  return Array.from({ length: SHARDS }, (_, shard) => {
    const aim = start + ((shard + 1) / shares) * bytes.length;
    const end = shard === SHARDS - 1 ? bytes.length : bytes.indexOf(NEWLINE, aim) + 1;
    const name = `${prefix}-${shard + 1}.jsonl`;
    writeFileSync(name, bytes.subarray(start, end));
    start = end;
    return name;
  });
}
