import path from 'node:path';
import { UserError } from '../../nodes/kit/index.ts';
import type { Engine } from '../engine/Engine.ts';
import { sourcePaths } from '../engine/EnginePaths.ts';
import { loadNodeTypes } from '../engine/loadNodeTypes.ts';

type NodeTypes = Awaited<ReturnType<typeof loadNodeTypes>>;

export const nodeTypesHere = async (): Promise<NodeTypes> => loadNodeTypes(sourcePaths().nodes);
export const defaultCache = (): string => path.join(sourcePaths().home, 'cache');

/** Opens an engine on a cache folder for as long as `use` takes. */
export async function withEngine<T>(
  cache: string | undefined,
  use: (engine: Engine, nodeTypes: NodeTypes, cacheFolder: string) => Promise<T>,
): Promise<T> {
  // As of `--cache "$UNSET"`: the current folder is not meant.
  if (cache === '') throw new UserError('--cache needs a folder: name one, or leave the option out.');
  const nodeTypes = await nodeTypesHere();
  const cacheFolder = cache === undefined ? defaultCache() : path.resolve(cache);
  // Only now: help and lists do without the databases behind it.
  const { openEngine } = await import('../engine/openEngine.ts');
  const engine = await openEngine({ paths: sourcePaths(), cacheFolder, nodeTypes });
  try {
    return await use(engine, nodeTypes, cacheFolder);
  } finally {
    await engine.close();
  }
}
