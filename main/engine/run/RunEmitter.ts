import type { RunEvent } from '../../contract/runEvents.ts';

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** An event without what the run adds to it. */
export type BareRunEvent = Without<RunEvent, 'run' | 'at'>;
export type BareNodeEvent = Without<Extract<BareRunEvent, { type: 'node-progress' | 'node-metric' | 'node-log' }>, 'node'>;

export type EmitRunEvent = (event: BareRunEvent) => void;
export type EmitNodeEvent = (event: BareNodeEvent) => void;
