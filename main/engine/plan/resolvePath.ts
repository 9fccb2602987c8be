import path from 'node:path';

const RESOURCES = 'resources:';

/** Where a path param's value points: `resources:` into what ships, else absolute or relative to `base`, the workflow file's folder. */
export function resolvePath(value: string, base: string, resources: string): string {
  return value.startsWith(RESOURCES) ? path.join(resources, value.slice(RESOURCES.length)) : path.resolve(base, value);
}
