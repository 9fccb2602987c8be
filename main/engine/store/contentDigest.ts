import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** SHA-256 of a file's bytes, in hex. */
export async function fileDigest(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of fs.createReadStream(file, { highWaterMark: 1 << 20, signal })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Paths of all files under a folder, relative, `/` between names, sorted by code unit. Links are followed. */
export function filesUnder(folder: string): string[] {
  const found: string[] = [];
  const walk = (relative: string): void => {
    for (const name of fs.readdirSync(path.join(folder, relative))) {
      const inside = relative ? `${relative}/${name}` : name;
      if (fs.statSync(path.join(folder, inside)).isDirectory()) walk(inside);
      else found.push(inside);
    }
  };
  walk('');
  return found.sort((a, b) => (a < b ? -1 : 1));
}

/** A model's digest: SHA-256 over the sorted list of `path\0sha256(content)\n`. `digestOf` lets callers remember files. */
export async function folderDigest(folder: string, digestOf: (file: string) => Promise<string> = fileDigest): Promise<string> {
  const hash = createHash('sha256');
  for (const relative of filesUnder(folder)) hash.update(`${relative}\0${await digestOf(path.join(folder, relative))}\n`);
  return hash.digest('hex');
}
