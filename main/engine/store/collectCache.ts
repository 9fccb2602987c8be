import fs from 'node:fs';
import path from 'node:path';
import type { Store } from './openStore.ts';

const DAY_MS = 86_400_000;

/**
 * Removes artifacts last used before `keepDays` days ago (and before the oldest run that still goes on began), those first
 * whose remaking takes the fewest seconds a byte; with `maxBytes`, only until no more than that is left.
 */
export function collectCache(
  store: Store,
  { keepDays, maxBytes = 0 }: { keepDays: number; maxBytes?: number },
): { removed: number; bytes: number } {
  const { catalogue, artifacts } = store;
  const cutoff = Math.min(Date.now() - keepDays * DAY_MS, store.runs.oldestLiveStart() ?? Infinity);
  const collected = catalogue
    .transaction(() => {
      let left = catalogue.prepare('SELECT coalesce(sum(bytes), 0) FROM artifacts').pluck().get() as number;
      let removed = 0;
      let bytes = 0;
      for (const candidate of candidates(store, cutoff)) {
        if (left <= maxBytes && maxBytes > 0) break;
        artifacts.remove(candidate.digest);
        removed += 1;
        bytes += candidate.bytes;
        left -= candidate.bytes;
      }
      for (const digest of artifacts.uncatalogued()) artifacts.remove(digest);
      catalogue
        .prepare('DELETE FROM row_results WHERE operation IN (SELECT operation FROM row_operations WHERE last_used < ?)')
        .run(cutoff);
      catalogue.prepare('DELETE FROM row_operations WHERE last_used < ?').run(cutoff);
      return { removed, bytes };
    })
    .immediate();
  artifacts.emptyTrash();
  removeOldWork(store, cutoff);
  return collected;
}

function candidates({ catalogue }: Store, cutoff: number): { digest: string; bytes: number }[] {
  return catalogue
    .prepare(
      `SELECT artifacts.digest, bytes FROM artifacts
       LEFT JOIN action_outputs ON action_outputs.digest = artifacts.digest
       LEFT JOIN actions ON actions.key = action_outputs.action
       WHERE last_used < ? AND NOT pinned
       GROUP BY artifacts.digest
       ORDER BY coalesce(max(seconds), 0) / max(bytes, 1), last_used`,
    )
    .all(cutoff) as { digest: string; bytes: number }[];
}

/** Work folders of actions that nobody came back to. */
function removeOldWork({ folder, locks }: Store, cutoff: number): void {
  const work = path.join(folder, 'work');
  for (const name of fs.readdirSync(work)) {
    const key = /^([0-9a-f]{64})(\.out)?$/.exec(name)?.[1];
    if (!key || locks.isHeld(key) || fs.statSync(path.join(work, name)).mtimeMs >= cutoff) continue;
    fs.rmSync(path.join(work, name), { recursive: true, force: true });
  }
}
