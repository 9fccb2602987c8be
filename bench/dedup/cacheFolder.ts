import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

/** What benchmarks keep from run to run; safe to delete. */
export const cacheFolder = (): string => path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'nasaq-bench');

/**
 * The folder of what `make` put there when it last ran with the same `key`. `key`: JSON of all that decides what comes out,
 * the digests of the sources that make it among it.
 */
export async function cached(name: string, key: unknown, make: (folder: string) => Promise<void>): Promise<string> {
  const digest = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 12);
  const folder = path.join(cacheFolder(), `${name}-${digest}`);
  const marker = path.join(folder, 'complete');
  if (existsSync(marker)) return folder;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await make(folder);
  await writeFile(marker, '');
  return folder;
}

/** SHA-256 of the files' contents, in order. */
export async function digestFiles(files: readonly string[]): Promise<string> {
  const digests: string[] = [];
  for (const file of files) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(file), hash);
    digests.push(hash.digest('hex'));
  }
  return createHash('sha256').update(digests.join('\n')).digest('hex');
}
