import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../../nodes/kit/index.ts';

/** What a model folder holds, as one digest: SHA-256 over the sorted `path\0sha256(content)\n` of its files (ARCHITECTURE.md). */
export async function folderDigest(folder: string): Promise<string> {
  let names;
  try {
    names = await filesUnder(folder);
  } catch {
    throw new UserError(`Model folder ${folder} cannot be read; choose a folder that exists.`);
  }
  const digest = createHash('sha256');
  for (const name of names.sort()) digest.update(`${name}\0${await fileDigest(path.join(folder, name))}\n`);
  return digest.digest('hex');
}

/** Paths relative to `folder`, `/` between names. Links are followed: the Hugging Face cache has nothing but links. */
async function filesUnder(folder: string, inside = ''): Promise<string[]> {
  const names = await fs.readdir(path.join(folder, inside));
  const found = await Promise.all(
    names.map(async (name) => {
      const relative = inside === '' ? name : `${inside}/${name}`;
      return (await fs.stat(path.join(folder, relative))).isDirectory() ? filesUnder(folder, relative) : [relative];
    }),
  );
  return found.flat();
}

/** SHA-256 of a file's bytes, in hex. */
export async function fileDigest(file: string): Promise<string> {
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(file)) digest.update(chunk as Buffer);
  return digest.digest('hex');
}
