import { canonicalJson } from '../store/canonicalJson.ts';
import { sha256 } from '../store/contentDigest.ts';

/** All that an action's result may depend on; equal ingredients, equal key. */
export interface Ingredients {
  readonly type: string;
  readonly version: number;
  /** Resolved, without path params and those that do not affect the result. */
  readonly params: Readonly<Record<string, unknown>>;
  /** By path param: a folder's digest, or a file's with its name behind a space, because that tells the format and may go into ids. */
  readonly contents: Readonly<Record<string, readonly string[]>>;
  /** By input port: digests in the order of the edges. */
  readonly inputs: Readonly<Record<string, readonly string[]>>;
  /** `seeded` nodes only. */
  readonly seed?: number;
  readonly environment: Readonly<Record<string, string>>;
}

export const actionKey = (ingredients: Ingredients): string => sha256(canonicalJson(ingredients));
