import type { ArtifactKind } from './artifactKinds.ts';

export interface InputPort<K extends ArtifactKind = ArtifactKind, O extends boolean = boolean, M extends boolean = boolean> {
  readonly kind: K;
  readonly title: string;
  readonly help: string;
  /** May stay unconnected; `run` then gets undefined, or an empty list where it takes many. */
  readonly optional: O;
  /** Takes any number of edges, at least one unless `optional`; `run` gets their artifacts in the order of the edges in the file. */
  readonly many: M;
}
export interface OutputPort<K extends ArtifactKind = ArtifactKind> {
  readonly kind: K;
  readonly title: string;
  readonly help: string;
}

export type InputPorts = Record<string, InputPort>;
export type OutputPorts = Record<string, OutputPort>;

/** `optional` and `many` are taken from the literal alone: were they type parameters, `defineNode` would widen them to boolean. */
export function input<const K extends ArtifactKind, const P extends { title: string; help: string; optional?: boolean; many?: boolean }>(
  kind: K,
  port: P,
): InputPort<K, IsTrue<P, 'optional'>, IsTrue<P, 'many'>> {
  const { title, help, optional = false, many = false } = port;
  return { kind, title, help, optional, many } as InputPort<K, IsTrue<P, 'optional'>, IsTrue<P, 'many'>>;
}
type IsTrue<P, Key extends string> = P extends { readonly [K in Key]: true } ? true : false;

export const output = <const K extends ArtifactKind>(kind: K, port: { title: string; help: string }): OutputPort<K> => ({ kind, ...port });
