import fs from 'node:fs';
import path from 'node:path';
import { migrateWorkflow, type Params, UserError } from '../../../nodes/kit/index.ts';
import type { Workflow } from '../../contract/graph.ts';
import type { Plan } from '../../contract/plan.ts';
import type { RunRequest } from '../Engine.ts';
import type { EnginePaths } from '../EnginePaths.ts';
import { inferenceEnvironment } from '../inference/inferenceEnvironment.ts';
import { hubModel, locateModel, modelValue } from '../inference/resolveModel.ts';
import type { NodeTypes } from '../loadNodeTypes.ts';
import type { Ingredients } from '../plan/actionKey.ts';
import { checkWorkflow, type WorkflowProblem } from '../plan/checkWorkflow.ts';
import { makePlan, type PlanFacts } from '../plan/makePlan.ts';
import { type ResolvedNode, resolveGraph } from '../plan/resolveGraph.ts';
import { resolvePath } from '../plan/resolvePath.ts';
import type { Store } from '../store/openStore.ts';

export interface Preparation {
  readonly facts: PlanFacts;
  readonly plan: Plan;
  /** Where relative paths in params start. */
  readonly base: string;
  /** What keeps needed nodes from running. */
  readonly problems: readonly WorkflowProblem[];
}

/** Gathers what a plan needs from the disk and makes it. Throws UserError when the workflow as a whole is wrong. */
export async function prepareRun(request: RunRequest, store: Store, nodeTypes: NodeTypes, paths: EnginePaths): Promise<Preparation> {
  const { file, to, force = [] } = request;
  const base = file === undefined ? process.cwd() : path.dirname(path.resolve(file));
  const migrated = migrateWorkflow(request.workflow, (type) => nodeTypes.get(type)?.spec);
  const workflow = withHubModels(migrated, nodeTypes, base);
  const specs = new Map([...nodeTypes].map(([type, { spec }]) => [type, spec]));
  const probe = { resolve: (value: string) => resolvePath(value, base, paths.resources), kind: pathKind };
  const problems = checkWorkflow(workflow, specs, probe);
  const whole = problems.find(({ node }) => node === undefined);
  if (whole) throw new UserError(whole.message);
  checkNamed(request);

  const graph = resolveGraph(workflow, specs, to);
  const unneeded = force.find((id) => !graph.needed.has(id));
  if (unneeded !== undefined) throw new UserError(`Node \`${unneeded}\` cannot be forced: \`${to}\` does not need it.`);

  const contents = new Map<string, Ingredients['contents']>();
  const unfetched = new Map<string, readonly string[]>();
  const environments = new Map<string, Ingredients['environment']>();
  for (const node of graph.nodes) {
    const { id, type } = node.node;
    if (!graph.needed.has(id) || problems.some((problem) => problem.node === id)) continue;
    const missing = unfetchedModels(node);
    if (missing.length > 0) unfetched.set(id, missing);
    else {
      const read = await readContents(node, probe.resolve, store);
      if ('problem' in read) problems.push(read.problem);
      else contents.set(id, read.contents);
    }
    if (!environments.has(type)) environments.set(type, await readEnvironment(node, paths));
  }
  const facts: PlanFacts = {
    ...graph,
    problems,
    force: new Set(force),
    seed: workflow.seed,
    contents,
    unfetched,
    environments,
    index: store.actions.indexFor(file === undefined ? undefined : path.resolve(file)),
  };
  return { facts, plan: makePlan(facts), base, problems: problems.filter(({ node }) => graph.needed.has(node!)) };
}

/** With `hub:` before ids of models that are no folders here, so that from now on both can be told apart by themselves. */
function withHubModels(workflow: Workflow, nodeTypes: NodeTypes, base: string): Workflow {
  const nodes = workflow.nodes.map((node) => {
    const params: Params = nodeTypes.get(node.type)?.spec.params ?? {};
    const named = Object.entries(node.params).map(([name, value]) => {
      const param = Object.hasOwn(params, name) ? params[name] : undefined;
      return [name, param?.kind === 'folder' && param.hub && typeof value === 'string' ? modelValue(value, base) : value] as const;
    });
    return { ...node, params: Object.fromEntries(named) };
  });
  return { ...workflow, nodes };
}

/** Values of a node's params that name models of the hub which are not on this machine. */
export const unfetchedModels = ({ sources }: ResolvedNode): string[] =>
  Object.values(sources)
    .flat()
    .filter((value) => {
      const model = hubModel(value);
      return model !== undefined && locateModel(model) === undefined;
    });

function checkNamed({ workflow, to, force = [] }: RunRequest): void {
  const unknown = [...(to === undefined ? [] : [to]), ...force].find((id) => !workflow.nodes.some((node) => node.id === id));
  if (unknown === undefined) return;
  const known = workflow.nodes.map(({ id }) => `\`${id}\``).join(', ');
  throw new UserError(`There is no node \`${unknown}\` in the workflow; it has ${known || 'none'}.`);
}

/** Digests behind a node's path params, as they enter its key. */
export async function readContents(
  { node, sources }: ResolvedNode,
  resolve: (value: string) => string,
  store: Store,
): Promise<{ contents: Ingredients['contents'] } | { problem: WorkflowProblem }> {
  const contents: Record<string, string[]> = {};
  for (const [param, values] of Object.entries(sources)) {
    for (const value of values) {
      const target = resolve(value);
      try {
        const digest = await store.sources.digest(target);
        (contents[param] ??= []).push(pathKind(target) === 'folder' ? digest : `${digest} ${path.basename(target)}`);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === undefined || code.startsWith('SQLITE')) throw error;
        const message = `Node \`${node.id}\`: param \`${param}\` names ${target}, which cannot be read (${code}); check that it exists and its permissions.`;
        return { problem: { node: node.id, param, message } };
      }
    }
  }
  return { contents };
}

/** Devices and pipes have no content that could be read twice, some no end. */
function pathKind(target: string): 'file' | 'folder' | 'device' | undefined {
  const stat = fs.statSync(target, { throwIfNoEntry: false });
  return stat && (stat.isDirectory() ? 'folder' : stat.isFile() ? 'file' : 'device');
}

async function readEnvironment({ spec }: ResolvedNode, paths: EnginePaths): Promise<Ingredients['environment']> {
  const environment: Record<string, string> = {};
  if (spec.environment?.includes('onnx')) environment.onnx = inferenceEnvironment();
  if (spec.environment?.includes('python')) {
    environment.python = await (await import('../python/environment.ts')).pythonEnvironmentDigest(paths, spec.type);
  }
  return environment;
}
