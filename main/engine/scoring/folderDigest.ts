import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../../nodes/kit/index.ts';

/** What a model folder holds, as one digest: SHA-256 over the sorted `path\0sha256(content)\n` of its files (ARCHITECTURE.md). */
export async function folderDigest(folder: string): Promise<string> {
  let entries;
  try {
    entries = await fs.readdir(folder, { recursive: true, withFileTypes: true });
  } catch {
    throw new UserError(`Model folder ${folder} cannot be read; choose a folder that exists.`);
  }
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  const names = files.map((file) => file.split(path.sep).join('/')).sort();
  const digest = createHash('sha256');
  for (const name of names) digest.update(`${name}\0${await fileDigest(path.join(folder, name))}\n`);
  return digest.digest('hex');
}

/** SHA-256 of a file's bytes, in hex. */
export async function fileDigest(file: string): Promise<string> {
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(file)) digest.update(chunk as Buffer);
  return digest.digest('hex');
}
