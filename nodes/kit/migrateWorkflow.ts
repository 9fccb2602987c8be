import type { NodeSpec } from './defineNode.ts';

interface SavedNode {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly params: Readonly<Record<string, unknown>>;
}
interface SavedEnd {
  readonly node: string;
  readonly port: string;
}
interface SavedEdge {
  readonly from: SavedEnd;
  readonly to: SavedEnd;
}

/**
 * A workflow in the terms of the node types that there are now: the params of nodes that older versions saved are migrated,
 * and edges follow the ports that were renamed since. Nodes of unknown types and of newer versions stay as they are.
 */
export function migrateWorkflow<W extends { readonly nodes: readonly SavedNode[]; readonly edges: readonly SavedEdge[] }>(
  workflow: W,
  specOf: (type: string) => NodeSpec | undefined,
): W {
  const versions = new Map(workflow.nodes.map(({ id, type, version }) => [id, { version, spec: specOf(type) }]));
  const renamed = (side: 'inputs' | 'outputs', end: SavedEnd): SavedEnd => {
    const { version, spec } = versions.get(end.node) ?? {};
    return spec ? { ...end, port: migratePort(end.port, side, version!, spec) } : end;
  };
  const nodes = workflow.nodes.map((node) => {
    const spec = specOf(node.type);
    return spec && node.version < spec.version ? { ...node, version: spec.version, params: migrateParams(node, spec) } : node;
  });
  const edges = workflow.edges.map((edge) => ({ ...edge, from: renamed('outputs', edge.from), to: renamed('inputs', edge.to) }));
  return { ...workflow, nodes, edges };
}

/** A saved node's own params, brought from the version that wrote them to the spec's. */
export function migrateParams(node: Pick<SavedNode, 'version' | 'params'>, spec: NodeSpec): Record<string, unknown> {
  let params: Record<string, unknown> = { ...node.params };
  for (let version = node.version; version < spec.version; version++) params = spec.migrations?.[version]?.(params) ?? params;
  return params;
}

/** What the port that version `version` of a node type called `port` is called now. */
export function migratePort(port: string, side: 'inputs' | 'outputs', version: number, spec: NodeSpec): string {
  let name = port;
  for (let at = version; at < spec.version; at++) {
    const names = spec.renamedPorts?.[at]?.[side] ?? {};
    if (Object.hasOwn(names, name)) name = names[name]!;
  }
  return name;
}
