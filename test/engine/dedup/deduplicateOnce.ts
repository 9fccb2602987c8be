/**
 * Deduplicates in a process that may be killed: prints a line for each step of progress, then `digest` and the result's digest.
 *
 *     node test/engine/dedup/deduplicateOnce.ts OPTIONS.json
 *
 * The file holds DedupOptions, with DedupSizes under `sizes`.
 */
import fs from 'node:fs';
import { deduplicate, type DedupSizes } from '../../../main/engine/dedup/deduplicate.ts';
import type { DedupOptions } from '../../../main/engine/dedup/DedupOptions.ts';
import { digestOf } from './digestOf.ts';

const { sizes, ...options } = JSON.parse(fs.readFileSync(process.argv[2]!, 'utf8')) as DedupOptions & { sizes: DedupSizes };
const result = await deduplicate(
  { ...options, onProgress: ({ stage, done, total }) => fs.writeSync(1, `${stage} ${done}/${total}\n`) },
  sizes,
);
fs.writeSync(1, `digest ${digestOf(result)}\n`);
