/**
 * Deduplicates in a process that may be killed: prints a line for each step of progress, then `digest` with the result's digest
 * or `error` with a message, and `memory` with the most bytes that were resident.
 *
 *     node test/engine/dedup/deduplicateOnce.ts OPTIONS.json
 *
 * The file holds DedupOptions, with DedupSizes under `sizes`.
 */
import fs from 'node:fs';
import { deduplicate, type DedupSizes } from '../../../main/engine/dedup/deduplicate.ts';
import type { DedupOptions } from '../../../main/engine/dedup/DedupOptions.ts';
import { digestOf } from './digestOf.ts';

const { sizes, ...options } = JSON.parse(fs.readFileSync(process.argv[2]!, 'utf8')) as DedupOptions & { sizes?: DedupSizes };
const say = (line: string): void => void fs.writeSync(1, `${line}\n`);
try {
  const onProgress: DedupOptions['onProgress'] = ({ stage, done, total }) => say(`${stage} ${done}/${total}`);
  say(`digest ${digestOf(await deduplicate({ ...options, onProgress }, sizes))}`);
} catch (error) {
  say(`error ${(error as Error).message}`);
}
say(`memory ${1024 * process.resourceUsage().maxRSS}`);
