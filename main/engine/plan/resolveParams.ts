import { migrateParams, type NodeSpec, type Params } from '../../../nodes/kit/index.ts';
import type { GraphNode } from '../../contract/graph.ts';

/** A saved node's params in the terms of the spec's version, with defaults where it says nothing. Values are not checked. */
export function resolveParams(node: GraphNode, spec: NodeSpec): Record<string, unknown> {
  const defaults = Object.fromEntries(Object.entries(spec.params as Params).map(([name, param]) => [name, param.default]));
  return { ...defaults, ...migrateParams(node, spec) };
}
