import Database from 'better-sqlite3';
import { UserError } from '../../../nodes/kit/index.ts';
import catalogue from './migrations/0001_catalogue.ts';
import queues from './migrations/0002_queues.ts';

export type Catalogue = Database.Database;

/** `MIGRATIONS[n]` turns schema n into n + 1; the schema's number is SQLite's `user_version`. */
const MIGRATIONS: readonly string[] = [catalogue, queues];

/** Opens (creates, migrates) the catalogue. Several processes may have it open: WAL, and writers wait for each other. */
export function openCatalogue(file: string): Catalogue {
  const database = new Database(file, { timeout: 30_000 });
  try {
    switchToWal(database);
    database.pragma('synchronous = NORMAL');
    database.pragma('foreign_keys = ON');
    migrate(database, file);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The switch needs the file for itself and does not heed the timeout, so a start beside another process may be refused. */
function switchToWal(database: Catalogue): void {
  for (let attempt = 1; ; attempt++) {
    try {
      database.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== 'SQLITE_BUSY' || attempt === 100) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
  }
}

function migrate(database: Catalogue, file: string): void {
  const version = (): number => database.pragma('user_version', { simple: true }) as number;
  if (version() > MIGRATIONS.length) {
    throw new UserError(`The cache ${file} was written by a newer Nasaq; update this one or choose another cache folder.`);
  }
  if (version() === MIGRATIONS.length) return;
  database
    .transaction(() => {
      for (let from = version(); from < MIGRATIONS.length; from++) {
        database.exec(MIGRATIONS[from]!);
        database.pragma(`user_version = ${from + 1}`);
      }
    })
    .immediate();
}
