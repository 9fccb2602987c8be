import { createStore } from 'zustand/vanilla';
import type { Position } from '../state/graphCommands.ts';

/** What React Flow measures and where nodes are while they are being dragged; the graph gets a position when the drag ends. */
export interface CanvasState {
  readonly dragged: Readonly<Record<string, Position>>;
  readonly measured: Readonly<Record<string, { width: number; height: number }>>;
}
export const createCanvasStore = () => createStore<CanvasState>()(() => ({ dragged: {}, measured: {} }));
