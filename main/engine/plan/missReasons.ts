import type { CacheIndex, LastAction } from './CacheIndex.ts';
import type { Ingredients } from './actionKey.ts';

/** Ingredients while some inputs are still being made; those are left out. */
export type PartialIngredients = Omit<Ingredients, 'inputs'> & { readonly inputs: Readonly<Record<string, readonly string[] | undefined>> };

/** Why an action with known key is not in the cache, in words for people, most telling first. */
export function missReasons(key: string, ingredients: Ingredients, node: string, index: CacheIndex): string[] {
  const state = index.action(key)?.state;
  if (state === 'removed') return ['its result was removed from the cache'];
  if (state === 'damaged') return ['its result in the cache is damaged'];
  if (state === 'outdated') return ['people changed answers in its queue'];
  const attempt = index.lastAttempt(key);
  if (attempt === 'failed') return ['its last run failed'];
  if (attempt === 'cancelled') return ['its last run was cancelled'];
  if (attempt === 'running') return ['its last run was interrupted'];
  const last = index.last(node, ingredients.type);
  const changes = last ? differences(last, ingredients) : [];
  return changes.length > 0 ? changes : ['first run'];
}

/** What changed since the last action; empty when nothing known did. */
export function differences({ ingredients: before }: LastAction, now: PartialIngredients): string[] {
  const reasons: string[] = [];
  if (before.version !== now.version) reasons.push(`node type \`${now.type}\` is version ${now.version} now`);
  for (const name of keysOf(before.params, now.params)) {
    const [from, to] = [before.params[name], now.params[name]];
    if (!isEqual(from, to)) reasons.push(`param \`${name}\` changed${fromTo(from, to)}`);
  }
  for (const name of keysOf(before.contents, now.contents)) {
    const [from, to] = [before.contents[name] ?? [], now.contents[name] ?? []];
    if (!isEqual(from.map(digestPart), to.map(digestPart))) reasons.push(`the content of \`${name}\` changed`);
    else if (!isEqual(from, to)) reasons.push(`a file of \`${name}\` has another name`);
  }
  for (const port of keysOf(before.inputs, now.inputs)) {
    const isPending = port in now.inputs && now.inputs[port] === undefined;
    if (!isPending && !isEqual(before.inputs[port], now.inputs[port])) reasons.push(`input \`${port}\` changed`);
  }
  if (before.seed !== now.seed) reasons.push(`the seed changed${fromTo(before.seed, now.seed)}`);
  for (const part of keysOf(before.environment, now.environment)) {
    if (before.environment[part] !== now.environment[part])
      reasons.push(`${ENVIRONMENT_NAMES[part] ?? `the environment \`${part}\``} changed`);
  }
  return reasons;
}

const ENVIRONMENT_NAMES: Record<string, string> = { python: 'the Python environment', onnx: 'ONNX Runtime' };

const digestPart = (content: string): string => content.split(' ')[0]!;
const keysOf = (a: object, b: object): string[] => [...new Set([...Object.keys(a), ...Object.keys(b)])];
const isEqual = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Long values would hide the sentence that they stand in. */
function fromTo(from: unknown, to: unknown): string {
  if (from === undefined || to === undefined) return '';
  const [before, after] = [String(from), String(to)];
  return before.length > 40 || after.length > 40 || /\n/.test(before + after) ? '' : ` ${before || '(empty)'} → ${after || '(empty)'}`;
}
