import type { ComponentType } from 'react';

/** What a node type may add to its card: the default export of its `view.tsx`. */
export interface CardViewProps {
  /** As in the workflow file: only what differs from the defaults. */
  readonly params: Readonly<Record<string, unknown>>;
}

const modules = import.meta.glob<{ default: ComponentType<CardViewProps> }>('../../nodes/*/view.tsx', { eager: true });

/** By node type, which is the folder's name. */
export const cardViews: ReadonlyMap<string, ComponentType<CardViewProps>> = new Map(
  Object.entries(modules).map(([path, module]) => [path.split('/').at(-2)!, module.default]),
);
