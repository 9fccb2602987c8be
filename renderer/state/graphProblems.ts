import { paramProblem, type Params, type ParamValues } from '../../nodes/kit/index.ts';
import type { Workflow } from '../../main/contract/graph.ts';
import type { NodeTypes } from './nodeTypes.ts';

/** Something that keeps a node from running, and where to show it. */
export interface GraphProblem {
  readonly node: string;
  readonly port?: string;
  readonly param?: string;
  /** Reads alone, in one sentence. */
  readonly sentence: string;
  /** Under the param's field, where the name stands already. */
  readonly short: string;
}

/** What is wrong with a workflow that can be told without looking at files. */
export function graphProblems(workflow: Workflow, types: NodeTypes): GraphProblem[] {
  const connected = new Set(workflow.edges.map(({ to }) => `${to.node}.${to.port}`));
  return workflow.nodes.flatMap((node): GraphProblem[] => {
    const spec = types.get(node.type);
    if (!spec) {
      const short = `This Nasaq has no node type \`${node.type}\``;
      return [{ node: node.id, sentence: `${short}; remove node \`${node.id}\` or install what brings it.`, short }];
    }
    const title = node.title ?? spec.title;
    const inputs = Object.entries(spec.inputs)
      .filter(([port, { optional }]) => !optional && !connected.has(`${node.id}.${port}`))
      .map(([port]) => ({ node: node.id, port, sentence: `${title} needs something on its input \`${port}\`.`, short: 'Not connected' }));
    const named = (param: string, problem: string): GraphProblem => ({
      node: node.id,
      param,
      sentence: `Param \`${param}\` of ${title} ${problem}.`,
      short: `${capitalised(problem)}.`,
    });
    const values = Object.fromEntries(Object.entries(spec.params).map(([key, param]) => [key, node.params[key] ?? param.default]));
    const params = Object.entries(spec.params).flatMap(([key, param]) => {
      const problem = paramProblem(param, values[key]);
      return problem ? [named(key, problem)] : [];
    });
    const inputPorts = new Set(Object.keys(spec.inputs).filter((port) => connected.has(`${node.id}.${port}`)));
    const together = params.length === 0 ? spec.paramsProblem?.(values as ParamValues<Params>, inputPorts) : undefined;
    return [...inputs, ...params, ...(together ? [named(together.param, together.problem)] : [])];
  });
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
