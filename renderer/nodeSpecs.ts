import { CATEGORIES, type NodeSpec } from '../nodes/kit/index.ts';

const modules = import.meta.glob<Record<string, unknown>>('../nodes/*/spec.ts', { eager: true });

const isSpec = (value: unknown): value is NodeSpec => typeof value === 'object' && value !== null && 'type' in value && 'params' in value;

/** Every node type there is, in the order of the palette: by category, then by title. */
export const nodeSpecs: readonly NodeSpec[] = Object.values(modules)
  .flatMap((module) => Object.values(module).find(isSpec) ?? [])
  .sort((a, b) => CATEGORIES.indexOf(a.category) - CATEGORIES.indexOf(b.category) || a.title.localeCompare(b.title));
