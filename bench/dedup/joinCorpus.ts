// In a process of its own, whose memory goes when it ends: node joinCorpus.ts CORPUS WORDS THRESHOLD PAIRS
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { exactJoin } from './exactJoin.ts';
import { writePairs } from './pairsFile.ts';
import { ShingleSets } from './ShingleSets.ts';

const rowSchema = z.object({ text: z.string() });
const [corpus, size, threshold, pairs] = z
  .tuple([z.string(), z.coerce.number(), z.coerce.number(), z.string()])
  .parse(process.argv.slice(2));

const sets = new ShingleSets(size);
for await (const line of createInterface(createReadStream(corpus, 'utf8'))) sets.add(rowSchema.parse(JSON.parse(line)).text);
writePairs(pairs, exactJoin(sets, threshold));
