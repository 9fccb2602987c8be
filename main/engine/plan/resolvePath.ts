import path from 'node:path';
import { hubModel, isHubValue, locateModel, repoFolder } from '../inference/resolveModel.ts';

const RESOURCES = 'resources:';

/**
 * Where a path param's value points: `resources:` into what ships, `hub:` into the hub's cache, else absolute or relative to
 * `base`, the workflow file's folder. A model that was not fetched yet points to where it will be kept.
 */
export function resolvePath(value: string, base: string, resources: string): string {
  if (isHubValue(value)) {
    const model = hubModel(value);
    return model ? (locateModel(model) ?? repoFolder(model)) : value;
  }
  return value.startsWith(RESOURCES) ? path.join(resources, value.slice(RESOURCES.length)) : path.resolve(base, value);
}
