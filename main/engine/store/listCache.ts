import type { CacheEntry } from '../Engine.ts';
import { toSummary } from './ArtifactStore.ts';
import type { Catalogue } from './openCatalogue.ts';

type ListRow = Parameters<typeof toSummary>[0] & {
  node_type: string | null;
  made: number;
  last_used: number;
  seconds: number | null;
  pinned: number;
};

/** Every artifact with the latest action that made it, newest first. */
export function listCache(catalogue: Catalogue): CacheEntry[] {
  const rows = catalogue
    .prepare(
      // SQLite takes the other columns from the row of the maximum.
      `SELECT artifacts.*, node_type, seconds, max(actions.made) FROM artifacts
       LEFT JOIN action_outputs ON action_outputs.digest = artifacts.digest
       LEFT JOIN actions ON actions.key = action_outputs.action
       GROUP BY artifacts.digest ORDER BY artifacts.made DESC`,
    )
    .all() as ListRow[];
  return rows.map((row) => ({
    artifact: toSummary(row),
    nodeType: row.node_type ?? '',
    made: row.made,
    lastUsed: row.last_used,
    seconds: row.seconds ?? 0,
    pinned: row.pinned === 1,
  }));
}
