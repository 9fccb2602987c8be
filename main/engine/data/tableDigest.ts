import { createHash } from 'node:crypto';
import type { Column, Row } from '../../../nodes/kit/index.ts';

export interface TableDigest {
  add(row: Row): void;
  /** SHA-256 in lower-case hexadecimal; ends the digest. */
  finish(): string;
}

/** The SHA-256 of a table's canonical rows: the JSON of its columns, then a JSON array a row, each line ended by a newline. */
export function tableDigest(columns: readonly Column[]): TableDigest {
  const hash = createHash('sha256');
  hash.update(`${JSON.stringify(columns.map(({ name, type }) => ({ name, type })))}\n`);
  const names = columns.map(({ name }) => name);
  return {
    add: (row) => void hash.update(`${JSON.stringify(names.map((name) => row[name] ?? null))}\n`),
    finish: () => hash.digest('hex'),
  };
}
