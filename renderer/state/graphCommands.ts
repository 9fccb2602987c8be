import type { NodeSpec } from '../../nodes/kit/index.ts';
import type { GraphEdge, GraphNode, Workflow } from '../../main/contract/graph.ts';
import type { NodeTypes } from './nodeTypes.ts';

// Every command takes a workflow and gives a new one, or the same object when nothing changed.

export interface Position {
  readonly x: number;
  readonly y: number;
}
type Json = GraphNode['params'][string];

export const emptyWorkflow = (): Workflow => ({ nasaq: 1, title: 'Untitled', seed: 1, nodes: [], edges: [] });

/** Names an edge within its workflow: two edges never join the same two ports. */
export const edgeId = ({ from, to }: GraphEdge): string => `${from.node}.${from.port}→${to.node}.${to.port}`;

/** The node type's name, numbered from the second node of it on. */
export function freshId(workflow: Workflow, type: string, taken: ReadonlySet<string> = new Set()): string {
  const used = new Set(workflow.nodes.map(({ id }) => id));
  for (let count = 1; ; count++) {
    const id = count === 1 ? type : `${type}-${count}`;
    if (!used.has(id) && !taken.has(id)) return id;
  }
}

export function addNode(workflow: Workflow, spec: NodeSpec, position: Position): { workflow: Workflow; id: string } {
  const id = freshId(workflow, spec.type);
  const node: GraphNode = { id, type: spec.type, version: spec.version, params: {}, position: { ...position } };
  return { workflow: { ...workflow, nodes: [...workflow.nodes, node] }, id };
}

/** Removes nodes with their edges, and edges by their own ids. */
export function removeParts(workflow: Workflow, nodes: ReadonlySet<string>, edges: ReadonlySet<string>): Workflow {
  const keptNodes = workflow.nodes.filter(({ id }) => !nodes.has(id));
  const keptEdges = workflow.edges.filter((edge) => !nodes.has(edge.from.node) && !nodes.has(edge.to.node) && !edges.has(edgeId(edge)));
  if (keptNodes.length === workflow.nodes.length && keptEdges.length === workflow.edges.length) return workflow;
  return { ...workflow, nodes: keptNodes, edges: keptEdges };
}

export function moveNodes(workflow: Workflow, positions: ReadonlyMap<string, Position>): Workflow {
  let moved = false;
  const nodes = workflow.nodes.map((node) => {
    const position = positions.get(node.id);
    if (!position || (position.x === node.position.x && position.y === node.position.y)) return node;
    moved = true;
    return { ...node, position: { x: Math.round(position.x), y: Math.round(position.y) } };
  });
  return moved ? { ...workflow, nodes } : workflow;
}

/** Adds an edge; on an input that takes one edge it takes the place of the one that was there. */
export function connect(workflow: Workflow, edge: GraphEdge, types: NodeTypes): Workflow {
  const target = workflow.nodes.find(({ id }) => id === edge.to.node);
  const many = (target && types.get(target.type)?.inputs[edge.to.port]?.many) ?? false;
  if (workflow.edges.some((other) => edgeId(other) === edgeId(edge))) return workflow;
  const kept = many ? workflow.edges : workflow.edges.filter(({ to }) => to.node !== edge.to.node || to.port !== edge.to.port);
  return { ...workflow, edges: [...kept, edge] };
}

const changeNode = (workflow: Workflow, id: string, change: (node: GraphNode) => GraphNode): Workflow => ({
  ...workflow,
  nodes: workflow.nodes.map((node) => (node.id === id ? change(node) : node)),
});

/** Keeps only what differs from the default, so that files stay short and defaults can improve. */
export function setParam(workflow: Workflow, id: string, key: string, value: unknown, types: NodeTypes): Workflow {
  return changeNode(workflow, id, (node) => {
    const standard = types.get(node.type)?.params[key]?.default;
    const { [key]: _old, ...others } = node.params;
    const same = JSON.stringify(value) === JSON.stringify(standard);
    return { ...node, params: same ? others : { ...others, [key]: value as Json } };
  });
}

/** An empty title gives the node its type's title back. */
export function renameNode(workflow: Workflow, id: string, title: string): Workflow {
  return changeNode(workflow, id, ({ title: _old, ...node }) => (title.trim() ? { ...node, title } : node));
}

export const setDetails = (workflow: Workflow, details: Partial<Pick<Workflow, 'title' | 'notes' | 'seed'>>): Workflow => ({
  ...workflow,
  ...details,
});

/** What copying puts on the clipboard: nodes and the edges among them. */
export interface Fragment {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export function copyNodes(workflow: Workflow, ids: ReadonlySet<string>): Fragment {
  return {
    nodes: workflow.nodes.filter(({ id }) => ids.has(id)),
    edges: workflow.edges.filter(({ from, to }) => ids.has(from.node) && ids.has(to.node)),
  };
}

/** Adds a fragment under fresh ids, moved by `offset`; edges from outside it are not made again. */
export function pasteNodes(workflow: Workflow, fragment: Fragment, offset: Position): { workflow: Workflow; ids: string[] } {
  const names = new Map<string, string>();
  for (const node of fragment.nodes) names.set(node.id, freshId(workflow, node.type, new Set(names.values())));
  const nodes = fragment.nodes.map((node) => ({
    ...node,
    id: names.get(node.id)!,
    position: { x: node.position.x + offset.x, y: node.position.y + offset.y },
  }));
  // A clipboard may hold any text: edges to nodes that it lacks join nothing.
  const edges = fragment.edges
    .filter(({ from, to }) => names.has(from.node) && names.has(to.node))
    .map(({ from, to }) => ({
      from: { ...from, node: names.get(from.node)! },
      to: { ...to, node: names.get(to.node)! },
    }));
  return {
    workflow: { ...workflow, nodes: [...workflow.nodes, ...nodes], edges: [...workflow.edges, ...edges] },
    ids: nodes.map(({ id }) => id),
  };
}
