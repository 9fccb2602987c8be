import { isPathParam, type NodeSpec, type Param, paramProblem, type Params, type ParamValues } from '../../../nodes/kit/index.ts';
import type { GraphEdge, GraphNode, Workflow } from '../../contract/graph.ts';
import { hubModel, isHubValue } from '../inference/resolveModel.ts';
import { resolveParams } from './resolveParams.ts';
import { topologicalOrder } from './topologicalOrder.ts';

/** One thing that keeps a workflow from running. */
export interface WorkflowProblem {
  /** One sentence. */
  readonly message: string;
  /** The node that it keeps from running; absent when it concerns the whole workflow. */
  readonly node?: string;
  readonly port?: string;
  readonly param?: string;
}

/** How the check looks at the disk; without it, path params are not followed. */
export interface SourceProbe {
  resolve(value: string): string;
  /** Throws the file system's error where it may not look. */
  kind(path: string): 'file' | 'folder' | 'device' | undefined;
}

export type NodeSpecs = ReadonlyMap<string, NodeSpec>;

/** Everything that is wrong with a workflow, problems of the whole before those of single nodes. */
export function checkWorkflow(workflow: Workflow, specs: NodeSpecs, probe?: SourceProbe): WorkflowProblem[] {
  return [...wholeProblems(workflow), ...workflow.nodes.flatMap((node) => nodeProblems(node, workflow, specs, probe))];
}

function wholeProblems({ nodes, edges }: Workflow): WorkflowProblem[] {
  const ids = new Set<string>();
  const problems: WorkflowProblem[] = [];
  for (const { id } of nodes) {
    if (ids.has(id)) problems.push({ message: `Two nodes have the id \`${id}\`; give one of them another.` });
    ids.add(id);
  }
  for (const edge of edges) {
    const missing = [edge.from.node, edge.to.node].find((id) => !ids.has(id));
    if (missing !== undefined)
      problems.push({ message: `The edge ${words(edge)} names the node \`${missing}\`, which is not in the workflow.` });
  }
  const { cycle } = topologicalOrder({ nodes, edges });
  if (cycle) problems.push({ message: `The nodes ${cycle.map(quote).join(' → ')} form a cycle; remove one of the edges between them.` });
  return problems;
}

function nodeProblems(node: GraphNode, workflow: Workflow, specs: NodeSpecs, probe: SourceProbe | undefined): WorkflowProblem[] {
  const spec = specs.get(node.type);
  if (!spec) {
    const known = [...specs.keys()].sort().map(quote).join(', ');
    return [{ node: node.id, message: `Node \`${node.id}\` is of the unknown type \`${node.type}\`; there are ${known}.` }];
  }
  if (node.version > spec.version) {
    const message = `Node \`${node.id}\` was saved with version ${node.version} of \`${node.type}\`, newer than the ${spec.version} here; update Nasaq.`;
    return [{ node: node.id, message }];
  }
  const connected = new Set(workflow.edges.filter(({ to }) => to.node === node.id).map(({ to }) => to.port));
  return [...paramProblems(node, spec, connected, probe), ...portProblems(node, spec, workflow, specs)];
}

function paramProblems(node: GraphNode, spec: NodeSpec, connected: ReadonlySet<string>, probe: SourceProbe | undefined): WorkflowProblem[] {
  const params = spec.params as Params;
  const problems: WorkflowProblem[] = [];
  const report = (param: string, rest: string): void => {
    problems.push({ node: node.id, param, message: `Node \`${node.id}\`: param \`${param}\` ${rest}.` });
  };
  const values = resolveParams(node, spec);
  for (const [name, value] of Object.entries(values)) {
    const param = own(params, name);
    if (!param) {
      const known = Object.keys(params).map(quote).join(', ');
      report(name, `is not one of \`${node.type}\`, which has ${known || 'none'}`);
      continue;
    }
    const problem = paramProblem(param, value);
    if (problem) {
      report(name, problem);
      continue;
    }
    if (!probe || !isPathParam(param)) continue;
    const wanted = param.kind === 'folder' ? 'folder' : 'file';
    for (const source of sourcePaths(value)) {
      if (isHubValue(source)) {
        const unfit = hubProblem(source, param);
        if (unfit) report(name, unfit);
        continue;
      }
      const target = probe.resolve(source);
      let found: ReturnType<SourceProbe['kind']>;
      try {
        found = probe.kind(target);
      } catch (error) {
        const { code } = error as { code?: string };
        if (code === undefined) throw error;
        report(name, `names the ${wanted} ${target}, which cannot be reached (${code}); check the path and the permissions of its folders`);
        continue;
      }
      if (!found) report(name, `names the ${wanted} ${target}, which does not exist`);
      else if (found !== wanted) report(name, `names ${target}, which is a ${found}, not a ${wanted}`);
    }
  }
  const together = problems.length === 0 ? spec.paramsProblem?.(values as ParamValues<Params>, connected) : undefined;
  if (together) report(together.param, together.problem);
  return problems;
}

function hubProblem(value: string, param: Param): string | undefined {
  if (param.kind !== 'folder' || !param.hub) return `names \`${value}\`, a model of the hub, but takes what is on this machine`;
  return hubModel(value)
    ? undefined
    : `names \`${value}\`, which does not read as \`hub:organisation/name\` or \`hub:organisation/name@revision\``;
}

/** The paths in a path param's value; none when it is empty. */
export function sourcePaths(value: unknown): string[] {
  const values = Array.isArray(value) ? (value as string[]) : [value as string];
  return values.filter((each) => each !== '');
}

function portProblems(node: GraphNode, spec: NodeSpec, workflow: Workflow, specs: NodeSpecs): WorkflowProblem[] {
  const problems: WorkflowProblem[] = [];
  const incoming = workflow.edges.filter((edge) => edge.to.node === node.id);
  for (const edge of incoming) {
    const port = own(spec.inputs, edge.to.port);
    const report = (message: string): void => void problems.push({ node: node.id, port: edge.to.port, message });
    if (!port) {
      const known = Object.keys(spec.inputs).map(quote).join(', ');
      report(`Node \`${node.id}\` has no input \`${edge.to.port}\`; \`${node.type}\` takes ${known || 'none'}.`);
      continue;
    }
    const sourceNode = workflow.nodes.find(({ id }) => id === edge.from.node);
    const sourceSpec = sourceNode && specs.get(sourceNode.type);
    if (!sourceSpec) continue;
    const output = own(sourceSpec.outputs, edge.from.port);
    if (!output) {
      const known = Object.keys(sourceSpec.outputs).map(quote).join(', ');
      report(`Node \`${edge.from.node}\` has no output \`${edge.from.port}\`; \`${sourceNode.type}\` gives ${known || 'none'}.`);
    } else if (output.kind !== port.kind) {
      report(
        `The edge ${words(edge)} carries \`${output.kind}\`, but input \`${edge.to.port}\` of node \`${node.id}\` takes \`${port.kind}\`.`,
      );
    }
  }
  for (const [name, port] of Object.entries(spec.inputs)) {
    const edges = incoming.filter((edge) => edge.to.port === name);
    if (edges.length === 0 && !port.optional) {
      problems.push({
        node: node.id,
        port: name,
        message: `Node \`${node.id}\`: input \`${name}\` is not connected; it takes \`${port.kind}\`.`,
      });
    } else if (edges.length > 1 && !port.many) {
      problems.push({
        node: node.id,
        port: name,
        message: `Node \`${node.id}\`: input \`${name}\` has ${edges.length} edges but takes one.`,
      });
    }
  }
  return problems;
}

/** A file may name `constructor`, which every object has. */
const own = <T>(members: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(members, name) ? members[name] : undefined;

const quote = (name: string): string => `\`${name}\``;
const words = ({ from, to }: GraphEdge): string => `\`${from.node}.${from.port}\` → \`${to.node}.${to.port}\``;
