import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import type { DuckDBAppender } from '@duckdb/node-api';
import { UserError, type Cell, type Column, type ColumnType, type Row } from '../../../nodes/kit/index.ts';
import { openDuckDb, raiseMemory, sqlName, sqlReadPath, sqlString, withDiskCode } from './openDuckDb.ts';
import { tableDigest } from './tableDigest.ts';

export interface WrittenTable {
  readonly rowCount: number;
  /** Size of the Parquet file. */
  readonly bytes: number;
  /** Of the canonical rows; see `tableDigest`. */
  readonly digest: string;
}

const SQL_TYPES: Record<ColumnType, string> = { string: 'VARCHAR', number: 'DOUBLE', integer: 'BIGINT', boolean: 'BOOLEAN' };

/** Small enough that a group of long documents fits the memory, and that a page costs little. */
const ROWS_PER_GROUP = 8192;
const CHARACTERS_PER_FLUSH = 4_000_000;
/** Longer rows, on average, want more memory than tables do otherwise. */
const LONG_ROW_CHARACTERS = 10_000;

/**
 * Writes a zstd Parquet file, whole or not at all: it grows in a folder beside the target and is then moved over it.
 * Throws a RangeError for a row that does not fit the columns (a defect of who made it), a UserError for text that
 * no UTF-8 file can hold, an error of code `ENOSPC` when the disk is full, and the signal's reason when aborted.
 */
export async function writeTable(
  file: string,
  columns: readonly Column[],
  rows: Iterable<Row> | AsyncIterable<Row>,
  { signal }: { signal?: AbortSignal } = {},
): Promise<WrittenTable> {
  checkColumns(columns);
  signal?.throwIfAborted();
  const folder = path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  await fs.mkdir(folder);
  try {
    const database = await openDuckDb(path.join(folder, 'spill'));
    const interrupt = () => database.connection.interrupt();
    signal?.addEventListener('abort', interrupt);
    try {
      const declared = columns.map(({ name, type }, index) => ({ inner: `c${index}`, name, type: SQL_TYPES[type] }));
      await database.connection.run(`CREATE TABLE t (${declared.map(({ inner, type }) => `${inner} ${type}`).join(', ')})`);
      const appender = await database.connection.createAppender('t');
      const digest = tableDigest(columns);
      let rowCount = 0;
      let pending = 0;
      let flushed = 0;
      for await (const row of rows) {
        if (rowCount % 256 === 0) signal?.throwIfAborted();
        for (const column of columns) pending += appendCell(appender, column, row[column.name], rowCount + 1);
        appender.endRow();
        digest.add(row);
        rowCount += 1;
        if (pending > CHARACTERS_PER_FLUSH) {
          if (pending / (rowCount - flushed) > LONG_ROW_CHARACTERS) await raiseMemory(database);
          flushed = rowCount;
          appender.flushSync();
          pending = 0;
        }
      }
      appender.closeSync();
      signal?.throwIfAborted();
      const grown = path.join(folder, 'table.parquet');
      // Columns get their names only here: inside DuckDB `Text` and `text` would be the same one.
      await database.connection.run(
        `COPY (SELECT ${declared.map(({ inner, name }) => `${inner} AS ${sqlName(name)}`).join(', ')} FROM t)
         TO ${sqlString(grown)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROWS_PER_GROUP})`,
      );
      signal?.throwIfAborted();
      await sync(grown);
      const { size } = await fs.stat(grown);
      await fs.rename(grown, file);
      return { rowCount, bytes: size, digest: digest.finish() };
    } finally {
      signal?.removeEventListener('abort', interrupt);
      database.close();
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw withDiskCode(error);
  } finally {
    await fs.rm(folder, { recursive: true, force: true });
  }
}

/** The rows of a file that `writeTable` wrote with these columns, in order, a few thousand in memory at a time; `only` those columns. */
export async function* readTable(file: string, columns: readonly Column[], only?: readonly string[]): AsyncGenerator<Row, void, undefined> {
  yield* readQuery(file, columns, '', only);
}

/** Bytes of columns before compression, as the file's own directory has them. */
export async function tableColumnBytes(file: string, names: readonly string[]): Promise<number> {
  await fs.access(file);
  const database = await openDuckDb();
  try {
    const sizes = await database.connection.runAndReadAll(
      `SELECT path_in_schema, sum(total_uncompressed_size)::DOUBLE FROM parquet_metadata(${sqlReadPath(file)}) GROUP BY 1`,
    );
    return sizes.getRows().reduce((sum, [name, bytes]) => (names.includes(String(name)) ? sum + Number(bytes) : sum), 0);
  } finally {
    database.close();
  }
}

/** `read_parquet` with its columns called c0, c1, …: by their own names `Text` and `text` would be the same one. */
export const sqlTable = (file: string, columns: readonly Column[]): string =>
  `read_parquet(${sqlReadPath(file)}) AS t(${columns.map((_, at) => `c${at}`).join(', ')})`;

/** At most `limit` rows from the zero-based `offset` on; fewer, or none, past the end. */
export async function readTablePage(file: string, columns: readonly Column[], offset: number, limit: number): Promise<Row[]> {
  const page: Row[] = [];
  for await (const row of readQuery(file, columns, ` LIMIT ${Math.trunc(limit)} OFFSET ${Math.trunc(offset)}`)) page.push(row);
  return page;
}

async function* readQuery(
  file: string,
  columns: readonly Column[],
  clause: string,
  only?: readonly string[],
): AsyncGenerator<Row, void, undefined> {
  const chosen = only ? columns.filter(({ name }) => only.includes(name)) : columns;
  const selection = only ? chosen.map((column) => `c${columns.indexOf(column)}`).join(', ') : '*';
  await fs.access(file);
  const database = await openDuckDb();
  try {
    // Rows that were read are not kept: only long documents take the memory.
    await raiseMemory(database);
    const result = await database.connection.stream(
      `SELECT ${selection} FROM ${only ? sqlTable(file, columns) : `read_parquet(${sqlReadPath(file)})`}${clause}`,
    );
    if (result.columnCount !== chosen.length) {
      throw new RangeError(`${file} has ${result.columnCount} columns, not the ${chosen.length} expected`);
    }
    for await (const chunk of result) {
      const values = chunk.getColumns();
      for (let index = 0; index < chunk.rowCount; index += 1) {
        const row: Row = {};
        chosen.forEach(({ name }, at) => {
          const value = values[at]![index];
          row[name] = typeof value === 'bigint' ? Number(value) : (value as Cell);
        });
        yield row;
      }
    }
  } finally {
    database.close();
  }
}

function checkColumns(columns: readonly Column[]): void {
  if (columns.length === 0) throw new RangeError('a table needs at least one column');
  const seen = new Set<string>();
  for (const { name } of columns) {
    if (name === '' || name === '__proto__') throw new RangeError(`a column cannot be called "${name}"`);
    if (seen.has(name)) throw new RangeError(`two columns are called "${name}"`);
    seen.add(name);
  }
}

/** Returns roughly how many characters it took. */
function appendCell(appender: DuckDBAppender, { name, type }: Column, value: Cell | undefined, row: number): number {
  if (value === null || value === undefined) {
    appender.appendNull();
    return 1;
  }
  if (type === 'string' && typeof value === 'string') {
    if (!value.isWellFormed()) {
      throw new UserError(
        `Row ${row}, column "${name}": the text has half of a surrogate pair, which no UTF-8 file can hold: repair it in the source.`,
      );
    }
    appender.appendVarchar(value);
    return value.length;
  }
  if (type === 'number' && typeof value === 'number' && Number.isFinite(value)) appender.appendDouble(value);
  else if (type === 'integer' && Number.isSafeInteger(value)) appender.appendBigInt(BigInt(value));
  else if (type === 'boolean' && typeof value === 'boolean') appender.appendBoolean(value);
  else throw new RangeError(`row ${row}, column "${name}": ${typeof value} ${String(value).slice(0, 40)} is not a value of type ${type}`);
  return 8;
}

async function sync(file: string): Promise<void> {
  const handle = await fs.open(file, 'r+');
  await handle.sync();
  await handle.close();
}
