import type { ArtifactKind } from './artifactKinds.ts';

export interface InputPort<K extends ArtifactKind = ArtifactKind, O extends boolean = boolean, M extends boolean = boolean> {
  readonly kind: K;
  readonly title: string;
  readonly help: string;
  /** May stay unconnected; `run` then gets undefined. */
  readonly optional: O;
  /** Takes any number of edges; `run` gets their artifacts in the order of the edges in the file. */
  readonly many: M;
}
export interface OutputPort<K extends ArtifactKind = ArtifactKind> {
  readonly kind: K;
  readonly title: string;
  readonly help: string;
}

export type InputPorts = Record<string, InputPort>;
export type OutputPorts = Record<string, OutputPort>;

export function input<const K extends ArtifactKind, const O extends boolean = false, const M extends boolean = false>(
  kind: K,
  port: { title: string; help: string; optional?: O; many?: M },
): InputPort<K, O, M> {
  return { kind, title: port.title, help: port.help, optional: (port.optional ?? false) as O, many: (port.many ?? false) as M };
}
export const output = <const K extends ArtifactKind>(kind: K, port: { title: string; help: string }): OutputPort<K> => ({ kind, ...port });
