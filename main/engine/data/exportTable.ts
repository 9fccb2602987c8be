import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { UserError, type Column, type Row } from '../../../nodes/kit/index.ts';
import { writeTable } from './tableFile.ts';

const LINES_PER_WRITE = 512;

/** Writes rows as JSONL or Parquet, by the target's extension; an existing file is replaced at once or not at all. */
export async function exportTable(
  target: string,
  columns: readonly Column[],
  rows: Iterable<Row> | AsyncIterable<Row>,
  { signal }: { signal?: AbortSignal } = {},
): Promise<{ rowCount: number }> {
  const extension = path.extname(target).toLowerCase();
  if (extension === '.parquet') return writeTable(target, columns, rows, { signal });
  if (extension === '.jsonl') return writeJsonLines(target, columns, rows, signal);
  throw new UserError(`${target}: a table can be written as .jsonl or .parquet: choose a name that ends so.`);
}

async function writeJsonLines(
  target: string,
  columns: readonly Column[],
  rows: Iterable<Row> | AsyncIterable<Row>,
  signal: AbortSignal | undefined,
): Promise<{ rowCount: number }> {
  const names = columns.map(({ name }) => name);
  const grown = path.join(path.dirname(target), `.${path.basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  const handle = await fs.open(grown, 'wx');
  try {
    let rowCount = 0;
    let lines: string[] = [];
    for await (const row of rows) {
      lines.push(`${JSON.stringify(Object.fromEntries(names.map((name) => [name, row[name] ?? null])))}\n`);
      rowCount += 1;
      if (lines.length >= LINES_PER_WRITE) {
        signal?.throwIfAborted();
        await handle.write(lines.join(''));
        lines = [];
      }
    }
    await handle.write(lines.join(''));
    await handle.sync();
    await handle.close();
    signal?.throwIfAborted();
    await fs.rename(grown, target);
    return { rowCount };
  } catch (error) {
    await handle.close().catch(() => undefined);
    await fs.rm(grown, { force: true });
    throw error;
  }
}
