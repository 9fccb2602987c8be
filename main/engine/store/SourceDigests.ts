import fs from 'node:fs';
import path from 'node:path';
import { fileDigest, folderDigest } from './contentDigest.ts';
import type { Catalogue } from './openCatalogue.ts';

/** A file changed this short before it was hashed may change again without its times showing it. */
const RACY_MS = 2_000;

/** Content digests of people's files and folders, remembered while size, times and inode stay the same. */
export class SourceDigests {
  readonly #catalogue: Catalogue;

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  /** SHA-256 of a file's bytes, or the digest of a folder as of a model. Throws the file system's errors. */
  async digest(target: string): Promise<string> {
    return fs.statSync(target).isDirectory() ? folderDigest(target, (file) => this.#file(file)) : this.#file(target);
  }

  async #file(file: string): Promise<string> {
    const absolute = path.resolve(file);
    const stamp = stampOf(absolute);
    const known = this.#catalogue.prepare('SELECT digest FROM source_files WHERE path = ? AND stamp = ?').get(absolute, stamp.text) as
      { digest: string } | undefined;
    if (known) return known.digest;
    const hashedAt = Date.now();
    const digest = await fileDigest(absolute);
    if (stampOf(absolute).text === stamp.text && hashedAt - stamp.changedMs > RACY_MS) {
      this.#catalogue
        .prepare('INSERT OR REPLACE INTO source_files (path, stamp, digest) VALUES (?, ?, ?)')
        .run(absolute, stamp.text, digest);
    }
    return digest;
  }
}

function stampOf(file: string): { text: string; changedMs: number } {
  const { size, mtimeNs, ctimeNs, ino } = fs.statSync(file, { bigint: true });
  const latest = mtimeNs > ctimeNs ? mtimeNs : ctimeNs;
  return { text: `${size} ${mtimeNs} ${ctimeNs} ${ino}`, changedMs: Number(latest / 1_000_000n) };
}
