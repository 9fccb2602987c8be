import type { ArtifactKind } from '../../../nodes/kit/index.ts';
import type { Ingredients } from './actionKey.ts';

export interface ActionRecord {
  /** By port. */
  readonly outputs: Readonly<Record<string, { readonly digest: string; readonly kind: ArtifactKind }>>;
  readonly seconds: number;
  /** Of the worst of its outputs; `outdated`: people changed answers that went into them. */
  readonly state: 'present' | 'removed' | 'damaged' | 'outdated';
}
export interface LastAction {
  readonly key: string;
  readonly ingredients: Ingredients;
  readonly seconds: number;
}

/** What a plan asks the cache. */
export interface CacheIndex {
  action(key: string): ActionRecord | undefined;
  /** The latest action of this node that succeeded; of a node of the same id and type in another workflow if this one has none. */
  last(node: string, type: string): LastAction | undefined;
  /** Status of the latest attempt at an action: a NodeStatus, or `running` when its process died. */
  lastAttempt(key: string): string | undefined;
}
