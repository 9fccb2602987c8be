import { isPathParam, type NodeSpec, type Params } from '../../../nodes/kit/index.ts';
import type { GraphNode, Workflow } from '../../contract/graph.ts';
import type { NodeSpecs } from './checkWorkflow.ts';
import { sourcePaths } from './checkWorkflow.ts';
import { resolveParams } from './resolveParams.ts';
import { topologicalOrder } from './topologicalOrder.ts';

export interface ResolvedNode {
  readonly node: GraphNode;
  readonly spec: NodeSpec;
  readonly params: Readonly<Record<string, unknown>>;
  /** By path param: its paths as written. */
  readonly sources: Readonly<Record<string, readonly string[]>>;
  /** By connected input port, in the order of the edges. */
  readonly inputs: Readonly<Record<string, readonly { readonly node: string; readonly port: string }[]>>;
}

/** The nodes of known type in topological order; `needed`: those that `to` (or, without it, anything) takes from. */
export function resolveGraph(
  workflow: Workflow,
  specs: NodeSpecs,
  to?: string,
): { nodes: ResolvedNode[]; order: string[]; needed: Set<string> } {
  const { order } = topologicalOrder(workflow);
  const nodes = order.flatMap((id) => {
    const node = workflow.nodes.find((each) => each.id === id)!;
    const spec = specs.get(node.type);
    if (!spec) return [];
    const params = resolveParams(node, spec);
    const sources = Object.fromEntries(
      Object.entries(spec.params as Params)
        .filter(([, param]) => isPathParam(param))
        .map(([name]) => [name, sourcePaths(params[name])]),
    );
    const edges = workflow.edges.filter(({ to: end }) => end.node === id && Object.hasOwn(spec.inputs, end.port));
    const inputs: Record<string, { node: string; port: string }[]> = {};
    for (const edge of edges) (inputs[edge.to.port] ??= []).push(edge.from);
    return [{ node, spec, params, sources, inputs }];
  });
  return { nodes, order, needed: new Set(to === undefined ? order : upstream(workflow, to)) };
}

function upstream({ edges }: Workflow, to: string): string[] {
  const found = [to];
  for (const id of found) {
    for (const edge of edges) if (edge.to.node === id && !found.includes(edge.from.node)) found.push(edge.from.node);
  }
  return found;
}
