import type { ArtifactKind } from '../../../nodes/kit/index.ts';
import type { ArtifactSummary } from '../../contract/artifact.ts';
import type { ActionRecord, CacheIndex, LastAction } from '../plan/CacheIndex.ts';
import type { Ingredients } from '../plan/actionKey.ts';
import { type ArtifactStore, type StagedArtifact, syncFiles } from './ArtifactStore.ts';
import { canonicalJson } from './canonicalJson.ts';
import type { Catalogue } from './openCatalogue.ts';

export interface FinishedAction {
  readonly key: string;
  readonly ingredients: Ingredients;
  readonly seconds: number;
  /** By port. */
  readonly outputs: ReadonlyMap<string, StagedArtifact>;
}

/** What each action key gave, and what went into it. */
export class ActionStore {
  readonly #catalogue: Catalogue;
  readonly #artifacts: ArtifactStore;

  constructor(catalogue: Catalogue, artifacts: ArtifactStore) {
    this.#catalogue = catalogue;
    this.#artifacts = artifacts;
  }

  /** The cache as seen from one workflow file: its own history explains misses before that of others. */
  indexFor(file: string | undefined): CacheIndex {
    return {
      action: (key) => this.#action(key),
      last: (node, type) => this.#last(file, node, type),
      lastAttempt: (key) => this.#lastAttempt(key),
    };
  }

  /** Publishes all outputs of an action or none. */
  publish(action: FinishedAction): Record<string, ArtifactSummary> {
    for (const staged of action.outputs.values()) syncFiles(staged.folder);
    const published = this.#catalogue
      .transaction(() => {
        const outputs: Record<string, ArtifactSummary> = {};
        this.#catalogue.prepare('DELETE FROM actions WHERE key = ?').run(action.key);
        this.#catalogue
          .prepare('INSERT INTO actions (key, node_type, ingredients, seconds, made) VALUES (?, ?, ?, ?, ?)')
          .run(action.key, action.ingredients.type, canonicalJson(action.ingredients), action.seconds, Date.now());
        const insert = this.#catalogue.prepare('INSERT INTO action_outputs (action, port, kind, digest) VALUES (?, ?, ?, ?)');
        for (const [port, staged] of action.outputs) {
          outputs[port] = this.#artifacts.adopt(staged);
          insert.run(action.key, port, staged.kind, staged.digest);
        }
        return outputs;
      })
      .immediate();
    this.#artifacts.syncFolder();
    return published;
  }

  /** Outputs of a present action, marked as used. Undefined when one of them is gone. */
  use(key: string): Record<string, ArtifactSummary> | undefined {
    return this.#catalogue
      .transaction(() => {
        const record = this.#action(key);
        if (record?.state !== 'present') return undefined;
        const outputs: Record<string, ArtifactSummary> = {};
        for (const [port, { digest, kind }] of Object.entries(record.outputs)) {
          this.#artifacts.touch(digest);
          outputs[port] = { ...this.#artifacts.summary(digest)!, kind };
        }
        this.#catalogue
          .prepare('UPDATE row_operations SET last_used = ? WHERE operation IN (SELECT operation FROM action_operations WHERE action = ?)')
          .run(Date.now(), key);
        return outputs;
      })
      .immediate();
  }

  #action(key: string): ActionRecord | undefined {
    const action = this.#catalogue.prepare('SELECT seconds, outdated FROM actions WHERE key = ?').get(key) as
      { seconds: number; outdated: number } | undefined;
    if (!action) return undefined;
    const outputs: Record<string, { digest: string; kind: ArtifactKind }> = {};
    let state: ActionRecord['state'] = action.outdated ? 'outdated' : 'present';
    const rows = this.#catalogue.prepare('SELECT port, kind, digest FROM action_outputs WHERE action = ?').all(key);
    for (const { port, kind, digest } of rows as { port: string; kind: ArtifactKind; digest: string }[]) {
      outputs[port] = { digest, kind };
      if (!this.#artifacts.isPresent(digest)) state = this.#artifacts.isDamaged(digest) ? 'damaged' : 'removed';
    }
    return { outputs, seconds: action.seconds, state };
  }

  #last(file: string | undefined, node: string, type: string): LastAction | undefined {
    const row = this.#catalogue
      .prepare(
        `SELECT actions.key, ingredients, actions.seconds FROM node_runs
         JOIN runs ON runs.id = node_runs.run JOIN actions ON actions.key = node_runs.key
         WHERE node = ? AND type = ? AND status IN ('ran', 'reused')
         ORDER BY runs.file IS ? DESC, sequence DESC LIMIT 1`,
      )
      .get(node, type, file ?? null) as { key: string; ingredients: string; seconds: number } | undefined;
    return row && { key: row.key, ingredients: JSON.parse(row.ingredients) as Ingredients, seconds: row.seconds };
  }

  #lastAttempt(key: string): string | undefined {
    const row = this.#catalogue.prepare('SELECT status FROM node_runs WHERE key = ? ORDER BY sequence DESC LIMIT 1').get(key) as
      { status: string } | undefined;
    return row?.status;
  }
}
