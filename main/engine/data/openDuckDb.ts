import os from 'node:os';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

export interface DuckDb {
  readonly connection: DuckDBConnection;
  close(): void;
}

const MEMORY_BYTES = 512e6;
/** For tables with documents of many megabytes, of which DuckDB holds 2,048 at a time. */
const MOST_MEMORY_BYTES = Math.max(MEMORY_BYTES, Math.min(4e9, os.totalmem() / 6));
const megabytes = (bytes: number): string => `${Math.floor(bytes / 1e6)}MB`;

/**
 * An in-memory DuckDB of its own: at most 512 MB (`raiseMemory`: a sixth of the machine's memory), one thread (rows keep their order, the machine stays usable),
 * and no extensions from the network. Past its memory it spills into `spillFolder`; without one it may not.
 */
export async function openDuckDb(spillFolder?: string): Promise<DuckDb> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: megabytes(MEMORY_BYTES),
    threads: '1',
    autoinstall_known_extensions: 'false',
    temp_directory: spillFolder ?? '',
  });
  const connection = await instance.connect();
  return {
    connection,
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

export async function raiseMemory({ connection }: DuckDb): Promise<void> {
  await connection.run(`SET memory_limit = '${megabytes(MOST_MEMORY_BYTES)}'`);
}

export const sqlString = (text: string): string => `'${text.replaceAll("'", "''")}'`;
export const sqlName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** DuckDB takes `*`, `?` and `[` in paths that it reads for patterns. */
export const sqlReadPath = (file: string): string => sqlString(file.replace(/[*?[]/g, '[$&]'));

/** DuckDB tells of a full disk only in words; the rest of the engine knows it by its code. */
export function withDiskCode(error: unknown): unknown {
  if (
    error instanceof Error &&
    /no space left on device|disk full|not enough space on the disk|max_temp_directory_size/i.test(error.message)
  ) {
    return Object.assign(new Error(`ENOSPC: ${error.message}`, { cause: error }), { code: 'ENOSPC' });
  }
  return error;
}
