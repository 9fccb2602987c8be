import fs from 'node:fs/promises';
import { UserError, type Cell, type ColumnType } from '../../../nodes/kit/index.ts';
import { fileProblem } from './fileProblem.ts';
import { openDuckDb, sqlName, sqlReadPath, type DuckDb } from './openDuckDb.ts';
import type { SourceFormat, SourceRecord } from './SourceFormat.ts';

const TYPES: Record<string, ColumnType> = {
  VARCHAR: 'string',
  BOOLEAN: 'boolean',
  TINYINT: 'integer',
  SMALLINT: 'integer',
  INTEGER: 'integer',
  UTINYINT: 'integer',
  USMALLINT: 'integer',
  UINTEGER: 'integer',
  FLOAT: 'number',
  DOUBLE: 'number',
};
/** Typed by their values: some do not fit a double. */
const WIDE_INTEGERS = new Set(['BIGINT', 'UBIGINT', 'HUGEINT', 'UHUGEINT']);

/** Lists, structs and maps become JSON text; dates, decimals and the like the text that DuckDB writes for them. */
export const parquetFormat = (file: string): SourceFormat => ({
  unit: 'row',
  typing: 'json',
  async declared() {
    const columns = await withFile(file, (database) => describe(database, file));
    return new Map(columns.flatMap(({ name, sql }) => (WIDE_INTEGERS.has(sql) ? [] : [[name, TYPES[sql] ?? 'string']])));
  },
  async *records(): AsyncGenerator<SourceRecord> {
    const database = await openDuckDb();
    try {
      await fs.access(file);
      const columns = await describe(database, file);
      const chosen = columns.map(({ name, sql }, at) => `${expression(sqlName(name), sql)} AS c${at}`).join(', ');
      const result = await database.connection.stream(`SELECT ${chosen} FROM read_parquet(${sqlReadPath(file)})`);
      let number = 0;
      for await (const chunk of result) {
        const values = chunk.getColumns();
        for (let index = 0; index < chunk.rowCount; index += 1) {
          number += 1;
          yield { number, fields: new Map(columns.map(({ name }, at) => [name, cell(values[at]![index])])) };
        }
      }
    } catch (error) {
      throw problem(error, file);
    } finally {
      database.close();
    }
  },
});

async function describe(database: DuckDb, file: string): Promise<{ name: string; sql: string }[]> {
  const result = await database.connection.run(`DESCRIBE SELECT * FROM read_parquet(${sqlReadPath(file)})`);
  return (await result.getRows()).map(([name, sql]) => ({ name: String(name), sql: String(sql) }));
}

function expression(name: string, sql: string): string {
  if (sql in TYPES || WIDE_INTEGERS.has(sql)) return name;
  return /^(STRUCT|MAP|UNION)\(|\]$/.test(sql) ? `CAST(to_json(${name}) AS VARCHAR)` : `CAST(${name} AS VARCHAR)`;
}

function cell(value: unknown): Cell {
  if (typeof value !== 'bigint') return typeof value === 'number' && !Number.isFinite(value) ? null : (value as Cell);
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);
}

async function withFile<T>(file: string, use: (database: DuckDb) => Promise<T>): Promise<T> {
  const database = await openDuckDb();
  try {
    await fs.access(file);
    return await use(database);
  } catch (error) {
    throw problem(error, file);
  } finally {
    database.close();
  }
}

function problem(error: unknown, file: string): unknown {
  const known = fileProblem(error, file);
  if (known !== error || !(error instanceof Error)) return known;
  return /parquet|magic bytes|too small|metadata|TProtocol|snappy|zstd|decompress|Invalid Input|IO Error|No files found/i.test(
    error.message,
  )
    ? new UserError(`${file}: this is not a whole Parquet file: fetch it again, or choose another.`, { cause: error })
    : error;
}
