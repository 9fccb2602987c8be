// Deduplication against its peers: npm run bench -- dedup [--json] [--only speed,recall,same,scale,parquet,fuzz] [--documents N] [--scale N]
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { benchCorpus } from './dedup/benchCorpus.ts';
import type { BenchContext } from './dedup/BenchContext.ts';
import { compareSpeed } from './dedup/compareSpeed.ts';
import { fuzzScanner } from './dedup/fuzzScanner.ts';
import { measureParquet } from './dedup/measureParquet.ts';
import { measureScaling } from './dedup/measureScaling.ts';
import { recallOfCopies } from './dedup/recallOfCopies.ts';
import { sameResult } from './dedup/sameResult.ts';
import { type Figure, publish } from './figures.ts';

const parts = {
  speed: compareSpeed,
  recall: recallOfCopies,
  same: sameResult,
  scale: (context: BenchContext) => measureScaling(context, options.scale),
  parquet: measureParquet,
  fuzz: fuzzScanner,
};

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { json: { type: 'boolean' }, only: text, documents: text, scale: text } });
const options = z
  .object({
    only: z
      .string()
      .default(Object.keys(parts).join(','))
      .transform((names) => names.split(',')),
    documents: z.coerce.number().int().min(1000).default(100_000),
    scale: z.coerce.number().int().multipleOf(100).min(100_000).default(10_000_000),
  })
  .parse(values);

const folder = await mkdtemp(path.join(os.tmpdir(), 'nasaq-bench-'));
try {
  const say = (line: string): void => console.log(line);
  const context: BenchContext = { corpus: await benchCorpus(options.documents), folder, say };
  const figures: Figure[] = [];
  for (const [name, measure] of Object.entries(parts)) {
    if (!options.only.includes(name)) continue;
    say(`\n== ${name}`);
    figures.push(...(await measure(context)));
  }
  publish('dedup', figures);
} finally {
  await rm(folder, { recursive: true, force: true });
}
