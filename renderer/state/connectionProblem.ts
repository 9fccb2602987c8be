import type { GraphEdge, Workflow } from '../../main/contract/graph.ts';
import type { NodeTypes } from './nodeTypes.ts';

const ARTICLE: Record<string, string> = { corpus: 'a corpus', pairs: 'pairs', model: 'a model', scores: 'scores', report: 'a report' };

/** Why an edge cannot be drawn, in one sentence; undefined when it can. */
export function connectionProblem(workflow: Workflow, edge: GraphEdge, types: NodeTypes): string | undefined {
  const source = workflow.nodes.find(({ id }) => id === edge.from.node);
  const target = workflow.nodes.find(({ id }) => id === edge.to.node);
  const sourceSpec = source && types.get(source.type);
  const targetSpec = target && types.get(target.type);
  const from = sourceSpec?.outputs[edge.from.port];
  const to = targetSpec?.inputs[edge.to.port];
  if (!source || !target || !from || !to) return 'An edge goes from an output on the right of a node to an input on the left of another.';

  const targetTitle = target.title ?? targetSpec!.title;
  const refusal = `\`${edge.from.port}\` cannot go into \`${edge.to.port}\` of ${targetTitle}`;
  if (from.kind !== to.kind) return `${refusal}: it takes ${ARTICLE[to.kind]}, and that is ${ARTICLE[from.kind]}.`;
  if (source.id === target.id) return `${refusal}: a node cannot feed itself.`;
  if (reaches(workflow, target.id, source.id)) {
    return `${refusal}: ${source.title ?? sourceSpec!.title} already depends on ${targetTitle}, so it would be a cycle.`;
  }
  return undefined;
}

/** Whether artifacts of one node flow, over any number of edges, into another. */
export function reaches(workflow: Workflow, from: string, to: string): boolean {
  const seen = new Set<string>();
  const waiting = [from];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node === to) return true;
    if (seen.has(node)) continue;
    seen.add(node);
    for (const edge of workflow.edges) if (edge.from.node === node) waiting.push(edge.to.node);
  }
  return false;
}
