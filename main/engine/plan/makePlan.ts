import type { Params } from '../../../nodes/kit/index.ts';
import { effectsOf, isPathParam } from '../../../nodes/kit/index.ts';
import type { Plan, PlanNode } from '../../contract/plan.ts';
import type { CacheIndex } from './CacheIndex.ts';
import { actionKey, type Ingredients } from './actionKey.ts';
import type { WorkflowProblem } from './checkWorkflow.ts';
import { differences, missReasons, type PartialIngredients } from './missReasons.ts';
import type { ResolvedNode } from './resolveGraph.ts';

export interface PlanFacts {
  readonly nodes: readonly ResolvedNode[];
  /** All node ids, those of unknown types too, in topological order. */
  readonly order: readonly string[];
  readonly needed: ReadonlySet<string>;
  readonly problems: readonly WorkflowProblem[];
  readonly force: ReadonlySet<string>;
  readonly seed: number;
  /** By node, by path param: what the contents are; see `Ingredients.contents`. Filled further when models are fetched. */
  readonly contents: Map<string, Ingredients['contents']>;
  /** By node: models of the hub that are not on this machine yet, so that its contents are unknown. */
  readonly unfetched: Map<string, readonly string[]>;
  /** By node type: the parts of the environment that its spec names. */
  readonly environments: ReadonlyMap<string, Ingredients['environment']>;
  readonly index: CacheIndex;
}

/** Digests by output port. */
export type OutputDigests = Readonly<Record<string, string>>;

/** Decides for every node, following outputs through the cache as far as they are known. */
export function makePlan(facts: PlanFacts): Plan {
  const known = new Map<string, OutputDigests>();
  const blocked = new Set<string>();
  const resolved = new Map(facts.nodes.map((each) => [each.node.id, each]));
  const nodes = facts.order.map((id): PlanNode => {
    const node = resolved.get(id);
    if (!facts.needed.has(id)) return { node: id, decision: 'skipped', reasons: ['the target does not need it'] };
    const obstacles = obstaclesOf(id, node, facts.problems, blocked);
    if (obstacles.length > 0 || !node) {
      blocked.add(id);
      return { node: id, decision: 'blocked', reasons: obstacles };
    }
    const { decision, reasons, key } = decide(node, facts, known);
    if (decision === 'reused') {
      const outputs = facts.index.action(key!)!.outputs;
      known.set(id, Object.fromEntries(Object.entries(outputs).map(([port, { digest }]) => [port, digest])));
    }
    const lastSeconds = facts.index.last(id, node.spec.type)?.seconds;
    return { node: id, decision, reasons, ...(key === undefined ? {} : { key }), ...(lastSeconds === undefined ? {} : { lastSeconds }) };
  });
  return { nodes };
}

function obstaclesOf(
  id: string,
  node: ResolvedNode | undefined,
  problems: readonly WorkflowProblem[],
  blocked: ReadonlySet<string>,
): string[] {
  const own = problems.filter((problem) => problem.node === id).map(({ message }) => message);
  const sources = new Set(Object.values(node?.inputs ?? {}).flatMap((edges) => edges.map((edge) => edge.node)));
  const waits = [...sources].filter((source) => blocked.has(source)).map((source) => `it waits for \`${source}\`, which cannot run`);
  return [...own, ...waits];
}

/** What becomes of a node now; inputs whose source is not in `known` are still being made. */
export function decide(
  node: ResolvedNode,
  facts: Pick<PlanFacts, 'seed' | 'contents' | 'unfetched' | 'environments' | 'index' | 'force'>,
  known: ReadonlyMap<string, OutputDigests>,
): { decision: 'reused' | 'run' | 'pending'; reasons: string[]; key?: string; ingredients?: Ingredients } {
  const forced = facts.force.has(node.node.id) ? ['forced'] : [];
  const unfetched = facts.unfetched.get(node.node.id) ?? [];
  if (unfetched.length > 0) {
    const reasons = unfetched.map((model) => `the model \`${model}\` is fetched first`);
    return { decision: forced.length > 0 ? 'run' : 'pending', reasons: [...forced, ...reasons] };
  }
  const ingredients = ingredientsOf(node, facts, known);
  if (!isComplete(ingredients)) {
    const last = facts.index.last(node.node.id, node.spec.type);
    const own = forced.length > 0 ? forced : last ? differences(last, ingredients) : ['first run'];
    const pending = Object.keys(node.inputs).filter((port) => ingredients.inputs[port] === undefined);
    const waits = pending.map((port) => `input \`${port}\` is being made again`);
    return own.length > 0 ? { decision: 'run', reasons: own } : { decision: 'pending', reasons: waits };
  }
  const key = actionKey(ingredients);
  if (forced.length > 0) return { decision: 'run', reasons: forced, key, ingredients };
  if (facts.index.action(key)?.state === 'present') return { decision: 'reused', reasons: [], key, ingredients };
  return { decision: 'run', reasons: missReasons(key, ingredients, node.node.id, facts.index), key, ingredients };
}

function ingredientsOf(
  { node, spec, params, inputs }: ResolvedNode,
  { seed, contents, environments }: Pick<PlanFacts, 'seed' | 'contents' | 'environments'>,
  known: ReadonlyMap<string, OutputDigests>,
): PartialIngredients {
  const enters = (name: string): boolean => {
    const param = (spec.params as Params)[name]!;
    return !isPathParam(param) && param.affectsResult !== false;
  };
  const digests = (edges: ResolvedNode['inputs'][string]): string[] | undefined => {
    const found = edges.map((edge) => known.get(edge.node)?.[edge.port]);
    return found.every((digest) => digest !== undefined) ? found : undefined;
  };
  return {
    type: spec.type,
    version: spec.version,
    params: Object.fromEntries(Object.entries(params).filter(([name]) => enters(name))),
    contents: contents.get(node.id) ?? {},
    inputs: Object.fromEntries(Object.entries(inputs).map(([port, edges]) => [port, digests(edges)])),
    // What depends on the world outside may draw by the seed too.
    ...(effectsOf(spec, params) === 'pure' ? {} : { seed }),
    environment: environments.get(spec.type) ?? {},
  };
}

const isComplete = (ingredients: PartialIngredients): ingredients is Ingredients =>
  Object.values(ingredients.inputs).every((digests) => digests !== undefined);
