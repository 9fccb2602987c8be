import type { NodeSpec, Params } from '../../../nodes/kit/index.ts';
import type { GraphNode } from '../../contract/graph.ts';

/** A saved node's params in the terms of the spec's version, with defaults where it says nothing. Values are not checked. */
export function resolveParams(node: GraphNode, spec: NodeSpec): Record<string, unknown> {
  const defaults = Object.fromEntries(Object.entries(spec.params as Params).map(([name, param]) => [name, param.default]));
  return { ...defaults, ...migrateParams(node, spec) };
}

/** A saved node's own params, brought from the version that wrote them to the spec's. */
export function migrateParams(node: GraphNode, spec: NodeSpec): Record<string, unknown> {
  let params: Record<string, unknown> = { ...node.params };
  for (let version = node.version; version < spec.version; version++) params = spec.migrations?.[version]?.(params) ?? params;
  return params;
}
