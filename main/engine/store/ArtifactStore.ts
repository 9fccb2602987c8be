import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { ArtifactKind, Column } from '../../../nodes/kit/index.ts';
import type { ArtifactSummary } from '../../contract/artifact.ts';
import { filesUnder } from './contentDigest.ts';
import type { Catalogue } from './openCatalogue.ts';

/** What lies in an artifact's folder: a table's Parquet, a report's JSON, or a model's folder. */
const CONTENT_NAMES: Record<ArtifactKind, string> = {
  corpus: 'table.parquet',
  pairs: 'table.parquet',
  scores: 'table.parquet',
  model: 'model',
  report: 'report.json',
};

/** An output that is written and waits in `folder`, holding what `CONTENT_NAMES` says. */
export interface StagedArtifact {
  readonly digest: string;
  readonly kind: ArtifactKind;
  readonly rows?: number;
  readonly columns?: readonly Column[];
  readonly folder: string;
}

interface ArtifactRow {
  digest: string;
  kind: ArtifactKind;
  rows: number | null;
  columns: string | null;
  bytes: number;
  damaged: number;
}

/** Artifacts in `artifacts/<digest>/`, immutable, and their entries in the catalogue. */
export class ArtifactStore {
  readonly #catalogue: Catalogue;
  readonly #artifacts: string;
  readonly #trash: string;

  constructor(catalogue: Catalogue, cacheFolder: string) {
    this.#catalogue = catalogue;
    this.#artifacts = path.join(cacheFolder, 'artifacts');
    this.#trash = path.join(cacheFolder, 'work', 'trash');
    fs.mkdirSync(this.#artifacts, { recursive: true });
    fs.mkdirSync(this.#trash, { recursive: true });
  }

  static contentName(kind: ArtifactKind): string {
    return CONTENT_NAMES[kind];
  }

  /** The Parquet file, the JSON document or the model's folder. */
  location(digest: string, kind: ArtifactKind): string {
    return path.join(this.#artifacts, digest, CONTENT_NAMES[kind]);
  }

  summary(digest: string): ArtifactSummary | undefined {
    const row = this.#row(digest);
    return row && toSummary(row);
  }

  /** Whether it is catalogued, not known to be damaged, and on disk in its whole size. */
  isPresent(digest: string): boolean {
    const row = this.#row(digest);
    return row !== undefined && !row.damaged && bytesIn(path.join(this.#artifacts, digest)) === row.bytes;
  }

  isDamaged(digest: string): boolean {
    return this.#row(digest)?.damaged === 1;
  }

  markDamaged(digest: string): void {
    this.#catalogue.prepare('UPDATE artifacts SET damaged = 1 WHERE digest = ?').run(digest);
  }

  touch(digest: string): void {
    this.#catalogue.prepare('UPDATE artifacts SET last_used = ? WHERE digest = ?').run(Date.now(), digest);
  }

  setPinned(digest: string, pinned: boolean): void {
    this.#catalogue.prepare('UPDATE artifacts SET pinned = ? WHERE digest = ?').run(pinned ? 1 : 0, digest);
  }

  /**
   * Moves synced outputs into place and catalogues them. Must run inside a write transaction: it keeps out a collection
   * by another process between the move and the entry.
   */
  adopt(staged: StagedArtifact): ArtifactSummary {
    const home = path.join(this.#artifacts, staged.digest);
    const exists = fs.existsSync(home);
    // Without an entry it was moved here whole by a run that died before its transaction ended: as good as ours.
    if (exists && this.#row(staged.digest) && !this.isPresent(staged.digest)) this.#discard(home);
    if (fs.existsSync(path.join(home, CONTENT_NAMES[staged.kind]))) this.#discard(staged.folder);
    else {
      if (fs.existsSync(home)) this.#discard(home);
      fs.renameSync(staged.folder, home);
    }
    const now = Date.now();
    this.#catalogue
      .prepare(
        `INSERT INTO artifacts (digest, kind, rows, columns, bytes, made, last_used) VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (digest) DO UPDATE SET bytes = excluded.bytes, last_used = excluded.last_used, damaged = 0`,
      )
      .run(
        staged.digest,
        staged.kind,
        staged.rows ?? null,
        staged.columns ? JSON.stringify(staged.columns) : null,
        bytesIn(home)!,
        now,
        now,
      );
    return { ...this.summary(staged.digest)!, kind: staged.kind };
  }

  /** Forgets an artifact; its files are deleted by `emptyTrash`. Must run inside a write transaction. */
  remove(digest: string): void {
    const home = path.join(this.#artifacts, digest);
    if (fs.existsSync(home)) this.#discard(home);
    this.#catalogue.prepare('DELETE FROM artifacts WHERE digest = ?').run(digest);
  }

  /** Folders that no entry speaks of: what runs left that died while publishing. */
  uncatalogued(): string[] {
    return fs.readdirSync(this.#artifacts).filter((digest) => !this.#row(digest));
  }

  emptyTrash(): void {
    for (const name of fs.readdirSync(this.#trash)) fs.rmSync(path.join(this.#trash, name), { recursive: true, force: true });
  }

  syncFolder(): void {
    syncEntry(this.#artifacts);
  }

  #discard(folder: string): void {
    fs.renameSync(folder, path.join(this.#trash, randomUUID()));
  }

  #row(digest: string): ArtifactRow | undefined {
    return this.#catalogue.prepare('SELECT * FROM artifacts WHERE digest = ?').get(digest) as ArtifactRow | undefined;
  }
}

export function toSummary(row: Pick<ArtifactRow, 'digest' | 'kind' | 'rows' | 'columns' | 'bytes'>): ArtifactSummary {
  return {
    digest: row.digest,
    kind: row.kind,
    bytes: row.bytes,
    ...(row.rows === null ? {} : { rows: row.rows }),
    ...(row.columns === null ? {} : { columns: JSON.parse(row.columns) as Column[] }),
  };
}

/** Bytes of all files in a folder; undefined when there is none. */
function bytesIn(folder: string): number | undefined {
  if (!fs.existsSync(folder)) return undefined;
  return filesUnder(folder).reduce((sum, relative) => sum + fs.statSync(path.join(folder, relative)).size, 0);
}

/** Brings files to the disk, so that the rename that follows cannot become durable before their bytes. */
export function syncFiles(folder: string): void {
  const folders = new Set([folder]);
  for (const relative of filesUnder(folder)) {
    const file = path.join(folder, relative);
    syncEntry(file);
    folders.add(path.dirname(file));
  }
  for (const each of folders) syncEntry(each);
}

function syncEntry(entry: string): void {
  // Windows opens no folders, and syncs files only through a handle that may write.
  const isFolder = fs.statSync(entry).isDirectory();
  if (process.platform === 'win32' && isFolder) return;
  const handle = fs.openSync(entry, process.platform === 'win32' ? 'r+' : 'r');
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}
