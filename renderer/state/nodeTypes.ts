import type { NodeSpec } from '../../nodes/kit/index.ts';

export type NodeTypes = ReadonlyMap<string, NodeSpec>;

/** Finds node types by name; the order is that of the list. */
export const nodeTypesFrom = (specs: readonly NodeSpec[]): NodeTypes => new Map(specs.map((spec) => [spec.type, spec]));
