import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { NodeSpec, RunNode } from '../../nodes/kit/index.ts';

export interface NodeType {
  readonly spec: NodeSpec;
  /** Loaded when the node first runs: what it imports may be heavy. */
  loadRun(): Promise<RunNode<NodeSpec>>;
}
/** By type, in alphabetical order. */
export type NodeTypes = ReadonlyMap<string, NodeType>;

interface SpecModule {
  readonly default: NodeSpec;
}
interface RunModule {
  readonly default: RunNode<NodeSpec>;
}

/** Every folder with a `spec.ts` under `nodes/`, from source: for the command line and tests. */
export async function loadNodeTypes(folder: string): Promise<NodeTypes> {
  const types = fs
    .readdirSync(folder)
    .filter((name) => fs.existsSync(path.join(folder, name, 'spec.ts')))
    .sort();
  const load = async (type: string, file: string): Promise<unknown> =>
    import(/* @vite-ignore */ pathToFileURL(path.join(folder, type, file)).href);
  return new Map(
    await Promise.all(
      types.map(async (type): Promise<[string, NodeType]> => {
        const { default: spec } = (await load(type, 'spec.ts')) as SpecModule;
        return [type, nodeType(type, spec, async () => (await load(type, 'run.ts')) as RunModule)];
      }),
    ),
  );
}

/**
 * From what `import.meta.glob` gives in the bundled engine: `nodes/*\/spec.ts` with `{eager: true}` and `nodes/*\/run.ts`.
 * Keys are paths whose last folder is the type.
 */
export function nodeTypesFromModules(specs: Record<string, unknown>, runs: Record<string, () => Promise<unknown>>): NodeTypes {
  const typeOf = (file: string): string => file.split('/').at(-2)!;
  const runByType = new Map(Object.entries(runs).map(([file, load]) => [typeOf(file), load]));
  const types = Object.entries(specs).map(([file, module]): [string, NodeType] => {
    const type = typeOf(file);
    return [type, nodeType(type, (module as SpecModule).default, async () => (await runByType.get(type)!()) as RunModule)];
  });
  return new Map(types.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function nodeType(type: string, spec: NodeSpec, load: () => Promise<RunModule>): NodeType {
  if (spec?.type !== type) throw new Error(`nodes/${type}/spec.ts must export by default a spec of type "${type}"`);
  return { spec, loadRun: async () => (await load()).default };
}
