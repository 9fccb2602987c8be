import type { RowResults } from '../../../nodes/kit/index.ts';
import { canonicalJson } from './canonicalJson.ts';
import { sha256 } from './contentDigest.ts';
import type { Catalogue } from './openCatalogue.ts';

export interface RowOperation {
  /** Key of the action that asks. */
  readonly action: string;
  readonly nodeType: string;
  /** Absent: results outlive it. */
  readonly version?: number;
  readonly operation: unknown;
  /** Ignore results made before this time (ms since the epoch): a forced node computes its rows anew. */
  readonly madeSince?: number;
}

/** Results of single rows under (operation digest, row key). */
export class RowResultStore {
  readonly #catalogue: Catalogue;

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  open<T>({ action, nodeType, version, operation, madeSince = 0 }: RowOperation): RowResults<T> {
    const digest = sha256(canonicalJson({ nodeType, version, operation }));
    const catalogue = this.#catalogue;
    catalogue
      .prepare(
        `INSERT INTO row_operations (operation, node_type, last_used) VALUES (?, ?, ?)
         ON CONFLICT (operation) DO UPDATE SET last_used = excluded.last_used`,
      )
      .run(digest, nodeType, Date.now());
    catalogue.prepare('INSERT OR IGNORE INTO action_operations (action, operation) VALUES (?, ?)').run(action, digest);
    const select = catalogue.prepare(
      // CROSS: the few that are wanted are looked up one by one; left to itself SQLite may scan all of the operation.
      `SELECT row, kept.value AS value FROM json_each(?) AS wanted
       CROSS JOIN row_results AS kept ON operation = ? AND row = wanted.value AND made >= ?`,
    );
    const insert = catalogue.prepare('INSERT OR REPLACE INTO row_results (operation, row, value, made) VALUES (?, ?, ?, ?)');
    const insertAll = catalogue.transaction((results: ReadonlyMap<string, T>) => {
      const made = Date.now();
      for (const [row, value] of results) insert.run(digest, row, JSON.stringify(value), made);
    });
    return {
      get: (rows) => {
        const found = select.all(JSON.stringify(rows), digest, madeSince) as { row: string; value: string }[];
        return new Map(found.map(({ row, value }) => [row, JSON.parse(value) as T]));
      },
      put: (results) => insertAll.immediate(results),
    };
  }
}
