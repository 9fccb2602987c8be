import type { Workflow } from '../../contract/graph.ts';

/**
 * Node ids so that each comes after those it takes from; among equals, in the order of the file.
 * With a cycle: `cycle` has the ids around it, the first one again at the end.
 */
export function topologicalOrder({ nodes, edges }: Pick<Workflow, 'nodes' | 'edges'>): { order: string[]; cycle?: string[] } {
  const sources = new Map(nodes.map(({ id }) => [id, new Set<string>()]));
  for (const { from, to } of edges) if (sources.has(from.node)) sources.get(to.node)?.add(from.node);
  const order: string[] = [];
  const done = new Set<string>();
  while (done.size < sources.size) {
    const ready = [...sources].filter(([id, needs]) => !done.has(id) && [...needs].every((need) => done.has(need)));
    if (ready.length === 0) return { order, cycle: findCycle(sources, done) };
    for (const [id] of ready) {
      order.push(id);
      done.add(id);
    }
  }
  return { order };
}

/** Every node left has a source that is left: going back from any of them must meet one twice. */
function findCycle(sources: ReadonlyMap<string, ReadonlySet<string>>, done: ReadonlySet<string>): string[] {
  const path = [[...sources.keys()].find((id) => !done.has(id))!];
  for (;;) {
    const next = [...sources.get(path.at(-1)!)!].find((id) => !done.has(id))!;
    const met = path.indexOf(next);
    path.push(next);
    if (met >= 0) return path.slice(met).reverse();
  }
}
