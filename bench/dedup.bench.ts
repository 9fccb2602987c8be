// Deduplication against its peers: npm run bench -- dedup [--json] [--only speed,recall,same,scale,parquet,fuzz] [--documents N] [--scale N]
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { UserError } from '../nodes/kit/index.ts';
import { benchCorpus } from './dedup/benchCorpus.ts';
import type { BenchContext } from './dedup/BenchContext.ts';
import { compareSpeed } from './dedup/compareSpeed.ts';
import { fuzzScanner } from './dedup/fuzzScanner.ts';
import { measureParquet } from './dedup/measureParquet.ts';
import { measureScaling } from './dedup/measureScaling.ts';
import { type Part, PARTS, readOptions } from './dedup/readOptions.ts';
import { recallOfCopies } from './dedup/recallOfCopies.ts';
import { sameResult } from './dedup/sameResult.ts';
import { type Figure, publish } from './figures.ts';

const folder = await mkdtemp(path.join(os.tmpdir(), 'nasaq-bench-'));
const clear = (): void => rmSync(folder, { recursive: true, force: true });
// Gigabytes lie there: they go also when someone has seen enough.
process.once('SIGINT', () => {
  clear();
  process.exit(130);
});
try {
  const { only, documents, scale } = readOptions(process.argv.slice(2));
  const measures: Record<Part, (context: BenchContext) => Promise<Figure[]>> = {
    speed: compareSpeed,
    recall: recallOfCopies,
    same: sameResult,
    scale: (context) => measureScaling(context, scale),
    parquet: measureParquet,
    fuzz: fuzzScanner,
  };
  const say = (line: string): void => console.log(line);
  const context: BenchContext = { corpus: await benchCorpus(documents), folder, say };
  const figures: Figure[] = [];
  for (const part of PARTS.filter((name) => only.includes(name))) {
    say(`\n== ${part}`);
    figures.push(...(await measures[part](context)));
  }
  say('');
  publish('dedup', figures);
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
} finally {
  clear();
}
