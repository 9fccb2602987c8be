import { z } from 'zod';

interface Described<T> {
  /** Name beside the field; the param's key is used in files and on the command line. */
  readonly title: string;
  /** One or two sentences under the field. */
  readonly help: string;
  readonly default: T;
  /** Shown under "More" in the panel. */
  readonly advanced?: boolean;
  /** false: the outputs are the same whatever its value, as with a number of threads; it does not enter the cache key. */
  readonly affectsResult?: false;
}

export interface NumberParam extends Described<number> {
  readonly kind: 'number';
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  readonly integer?: boolean;
  readonly unit?: string;
}
export interface TextParam extends Described<string> {
  readonly kind: 'text';
  readonly multiline?: boolean;
  readonly optional?: boolean;
}
export interface ChoiceParam<C extends string = string> extends Described<C> {
  readonly kind: 'choice';
  readonly choices: readonly { readonly value: C; readonly title: string }[];
}
export interface ToggleParam extends Described<boolean> {
  readonly kind: 'toggle';
}
/** A path: absolute, relative to the workflow file, or `resources:…` for what ships with Nasaq. Empty: not set. */
export interface FileParam extends Described<string> {
  readonly kind: 'file';
  readonly extensions: readonly string[];
  readonly optional?: boolean;
}
export interface FilesParam extends Described<readonly string[]> {
  readonly kind: 'files';
  readonly extensions: readonly string[];
}
/** A folder, such as a model in Hugging Face layout; paths as for `file`. */
export interface FolderParam extends Described<string> {
  readonly kind: 'folder';
  /**
   * A model of the hub may stand here too, as `organisation/name` or `hub:organisation/name@revision`: it is fetched into the
   * hub's cache before the node runs, and `context.path` gives its folder there.
   */
  readonly hub?: boolean;
  readonly optional?: boolean;
}

export type Param = NumberParam | TextParam | ChoiceParam | ToggleParam | FileParam | FilesParam | FolderParam;
export type Params = Record<string, Param>;

export type ParamValue<P extends Param> = P extends { kind: 'number' }
  ? number
  : P extends ChoiceParam<infer C>
    ? C
    : P extends { kind: 'toggle' }
      ? boolean
      : P extends { kind: 'files' }
        ? readonly string[]
        : string;
export type ParamValues<P extends Params> = { [K in keyof P]: ParamValue<P[K]> };

export const number = (param: Omit<NumberParam, 'kind'>): NumberParam => ({ kind: 'number', ...param });
export const text = (param: Omit<TextParam, 'kind'>): TextParam => ({ kind: 'text', ...param });
export const choice = <const C extends string>(param: Omit<ChoiceParam<C>, 'kind'>): ChoiceParam<C> => ({ kind: 'choice', ...param });
export const toggle = (param: Omit<ToggleParam, 'kind'>): ToggleParam => ({ kind: 'toggle', ...param });
export const file = (param: Omit<FileParam, 'kind'>): FileParam => ({ kind: 'file', ...param });
export const files = (param: Omit<FilesParam, 'kind'>): FilesParam => ({ kind: 'files', ...param });
export const folder = (param: Omit<FolderParam, 'kind'>): FolderParam => ({ kind: 'folder', ...param });

/** Params that name files or folders: the content behind them, not the path, enters the cache key. */
export const isPathParam = (param: Param): param is FileParam | FilesParam | FolderParam =>
  param.kind === 'file' || param.kind === 'files' || param.kind === 'folder';

/** Checks one value; the messages complete the sentence "param `x` …". */
export function paramSchema(param: Param): z.ZodType {
  switch (param.kind) {
    case 'number': {
      let schema = z.number({ error: 'must be a number' });
      if (param.integer) schema = schema.int({ error: 'must be a whole number' });
      if (param.min !== undefined) schema = schema.min(param.min, { error: `must be at least ${param.min}` });
      if (param.max !== undefined) schema = schema.max(param.max, { error: `must be at most ${param.max}` });
      return schema;
    }
    case 'text':
      return param.optional
        ? z.string({ error: 'must be text' })
        : z.string({ error: 'must be text' }).min(1, { error: 'must not be empty' });
    case 'choice':
      return z.enum(param.choices.map(({ value }) => value) as [string, ...string[]], {
        error: `must be one of ${param.choices.map(({ value }) => `\`${value}\``).join(', ')}`,
      });
    case 'toggle':
      return z.boolean({ error: 'must be true or false' });
    case 'file':
    case 'folder':
      return param.optional
        ? z.string({ error: 'must be a path' })
        : z.string({ error: 'must be a path' }).min(1, { error: `must name a ${param.kind}` });
    case 'files':
      return z
        .array(z.string({ error: 'must be a list of paths' }).min(1, { error: 'must not have an empty path in its list' }), {
          error: 'must be a list of paths',
        })
        .min(1, { error: 'must name at least one file' });
  }
}

/** What is wrong with a value, completing "param `x` …"; undefined when nothing is. */
export function paramProblem(param: Param, value: unknown): string | undefined {
  const result = paramSchema(param).safeParse(value);
  return result.success ? undefined : result.error.issues[0]!.message;
}
