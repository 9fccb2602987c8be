import type { Params, ParamValues } from './params.ts';
import type { InputPorts, OutputPorts } from './ports.ts';
import type { ReportChart } from './RunContext.ts';

/**
 * What a run of the node may depend on beside its inputs and params:
 * `pure` nothing; `seeded` the seed; `nondeterministic` chance; `external` the world outside.
 * Only `pure` and `seeded` nodes promise the same artifact digests again.
 */
export type Effects = 'pure' | 'seeded' | 'nondeterministic' | 'external';

/** A method's type, so that specs of narrower params stay specs. */
export type EffectsOfParams<P extends Params> = { of(params: ParamValues<P>): Effects }['of'];

export const CATEGORIES = ['data', 'align', 'train', 'measure'] as const;
export type Category = (typeof CATEGORIES)[number];

export interface NodeSpec<I extends InputPorts = InputPorts, O extends OutputPorts = OutputPorts, P extends Params = Params> {
  /** The folder's name; what workflow files and the command line say. */
  readonly type: string;
  /** Goes up whenever the same inputs and params may give another output: it is part of the cache key. */
  readonly version: number;
  readonly title: string;
  readonly category: Category;
  /** One line for the palette. */
  readonly summary: string;
  /** A paragraph or two: what it does, how to choose, the source (paper, section). */
  readonly help: string;
  /** Drawn under `help`. */
  readonly helpChart?: ReportChart;
  /** A function of the params where it depends on them, such as on who answers. */
  readonly effects: Effects | EffectsOfParams<P>;
  /** Parts of the environment that enter the cache key: `python` the lock file and the trainers' sources, `onnx` ONNX Runtime and its execution provider. */
  readonly environment?: readonly ('python' | 'onnx')[];
  /** What it occupies while it runs; jobs on `accelerator` go one at a time per device. */
  readonly resource: 'cpu' | 'accelerator';
  readonly inputs: I;
  readonly outputs: O;
  readonly params: P;
  /** What is wrong with values that are right one by one; `problem` completes "param `x` …". `connected`: input ports with an edge. */
  paramsProblem?(
    params: ParamValues<P>,
    connected: ReadonlySet<string>,
  ): { readonly param: keyof P & string; readonly problem: string } | undefined;
  /** `migrations[n]` turns the params of a file saved by version n into those of n + 1; absent: unchanged. */
  readonly migrations?: Readonly<Record<number, (params: Record<string, unknown>) => Record<string, unknown>>>;
  /** `renamedPorts[n]`: what version n + 1 calls ports of version n. Only ever added to: edges in old files follow it. */
  readonly renamedPorts?: Readonly<Record<number, { readonly [side in 'inputs' | 'outputs']?: Readonly<Record<string, string>> }>>;
}

export const defineNode = <const I extends InputPorts, const O extends OutputPorts, const P extends Params>(
  spec: NodeSpec<I, O, P>,
): NodeSpec<I, O, P> => spec;

/** What a node with these params, all of them, may depend on. */
export const effectsOf = ({ effects }: Pick<NodeSpec, 'effects'>, params: Readonly<Record<string, unknown>>): Effects =>
  typeof effects === 'function' ? effects(params as ParamValues<Params>) : effects;
