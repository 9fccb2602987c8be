import { readFileSync } from 'node:fs';
import { rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../nodes/kit/index.ts';
import { type Figure, judged } from '../figures.ts';
import type { BenchContext } from './BenchContext.ts';
import { readNews } from './benchCorpus.ts';
import { type Cost, measure } from './measure.ts';
import { nasaqCommand, nasaqCountsSchema, nasaqJob } from './nasaqJob.ts';
import { planPaperRun } from './planPaperRun.ts';
import { ShortDocuments } from './ShortDocuments.ts';

const SEED = 5;
const THREADS = 2;
const BUDGET = 2e9;
/** Node itself, the kernel and its buffers. */
const FIXED_MEMORY = 200e6;
/** A document on disk, and as much again for what is spilled. */
const DISK_PER_DOCUMENT = 1200;
/** The node's default profile. */
const BALANCED = { words: 3, threshold: 0.7, normalised: true, memoryBudget: BUDGET, allPairs: false };

interface Run {
  readonly documents: number;
  readonly bytes: number;
  readonly cost: Cost;
}

/** Documents of at most 600 bytes, a hundredth of `largest`, a tenth, and all: cost, memory, and what follows for the paper's corpus. */
export async function measureScaling({ corpus, folder, say }: BenchContext, largest: number): Promise<Figure[]> {
  await checkDisk(folder, largest);
  const documents = new ShortDocuments(await readNews(), SEED);
  const figures: Figure[] = [];
  const runs: Run[] = [];
  let onOneThread: Cost | undefined;
  for (const count of [largest / 100, largest / 10, largest]) {
    const file = path.join(folder, 'short.jsonl');
    const bytes = documents.write(file, count);
    const run = async (threads: number): Promise<Cost> => {
      const job = nasaqJob(`short-${count}-${threads}`, folder, { ...BALANCED, files: [file], threads });
      const cost = await measure(nasaqCommand(job));
      const { removed, verified, crowdedBuckets, stages } = nasaqCountsSchema.parse(JSON.parse(readFileSync(job.counts, 'utf8')));
      say(
        `${count} short documents, ${threads} threads: ${cost.cpuSeconds.toFixed(1)} CPU s, ${cost.wallSeconds.toFixed(1)} s, ` +
          `${(cost.peakBytes / 1e6).toFixed(0)} MB, load ${cost.load.toFixed(2)}; ${removed} removed, ${verified} pairs verified, ${crowdedBuckets} crowded buckets`,
      );
      const shares = Object.entries(stages).map(([stage, { cpuSeconds, wallSeconds }]) => {
        return `${stage} ${cpuSeconds.toFixed(2)} CPU s in ${wallSeconds.toFixed(2)} s`;
      });
      say(`  ${shares.join(', ')}`);
      return cost;
    };
    let cost = await run(THREADS);
    if (count === largest / 10) {
      // What a second thread gains is judged by two wall times: each the better of two, taken in turns.
      onOneThread = await run(1);
      cost = quicker(cost, await run(THREADS));
      onOneThread = quicker(onOneThread, await run(1));
    }
    await rm(file);
    runs.push({ documents: count, bytes, cost });
    const name = `${count / 1e6} M short documents`;
    const against = `${(bytes / 1e9).toFixed(2)} GB, ${THREADS} threads, load before ${cost.load.toFixed(2)}`;
    figures.push(
      { name, value: cost.cpuSeconds, unit: 'CPU s', against },
      { name: `${name}: wall time`, value: cost.wallSeconds, unit: 's', against },
      judged(`${name}: peak memory`, cost.peakBytes / 1e9, 'GB', '<', BUDGET / 1e9, 'memory budget'),
    );
  }
  const [small, middle, large] = runs as [Run, Run, Run];
  const memoryPerDocument = Math.max(0, large.cost.peakBytes - FIXED_MEMORY) / large.documents;
  figures.push(
    { name: 'cost growth, first tenfold', value: exponent(small, middle), unit: 'exponent', against: 'with the fixed cost of a start' },
    judged('cost growth, second tenfold', exponent(middle, large), 'exponent', '<=', 1.1, 'processor time against documents'),
    judged('memory a document beyond 200 MB', memoryPerDocument, 'bytes', '<=', 150, 'goal of the deduplication'),
  );

  const long = await measure(nasaqCommand(nasaqJob('long', folder, { ...BALANCED, files: [corpus.file], threads: THREADS })));
  const plan = planPaperRun({
    long: { documents: corpus.documents, bytes: corpus.bytes, cpuSeconds: long.cpuSeconds },
    short: { documents: large.documents, bytes: large.bytes, cpuSeconds: large.cost.cpuSeconds },
    exponent: exponent(middle, large),
    twoThreads: onOneThread!.wallSeconds / middle.cost.wallSeconds,
    memoryPerDocument,
  });
  say('plan for 59.2 million rows, 139 GB, on 16 cores:');
  for (const line of plan.arithmetic) say(`  ${line}`);
  return [
    ...figures,
    judged('plan for 59.2 M rows, 139 GB, 16 cores', plan.seconds / 60, 'minutes', '<', 10, 'computed from the figures above'),
  ];
}

const quicker = (a: Cost, b: Cost): Cost => (a.wallSeconds < b.wallSeconds ? a : b);
const exponent = (a: Run, b: Run): number => Math.log(b.cost.cpuSeconds / a.cost.cpuSeconds) / Math.log(b.documents / a.documents);

async function checkDisk(folder: string, documents: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const needed = documents * DISK_PER_DOCUMENT;
  if (bavail * bsize >= needed) return;
  throw new UserError(
    `${folder} has ${((bavail * bsize) / 1e9).toFixed(1)} GB left and ${documents} documents need ${(needed / 1e9).toFixed(1)}: free some, set TMPDIR, or choose fewer with --scale.`,
  );
}
