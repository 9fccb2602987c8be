import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { NasaqBridge } from '../../main/contract/api.ts';
import type { GraphState, GraphStore } from './graphStore.ts';
import type { NodeTypes } from './nodeTypes.ts';
import type { RunStore, RunStoreState } from './runStore.ts';
import type { Session } from './session.ts';
import type { ViewState, ViewStore } from './viewStore.ts';

export interface Stores {
  readonly bridge: NasaqBridge;
  readonly types: NodeTypes;
  readonly graph: GraphStore;
  readonly runs: RunStore;
  readonly view: ViewStore;
  readonly session: Session;
}

/** Set once by the entry point; the pure stores know nothing of React. */
export const StoresContext = createContext<Stores | undefined>(undefined);

export function useStores(): Stores {
  const stores = useContext(StoresContext);
  if (!stores) throw new Error('StoresContext is missing above this component');
  return stores;
}
export const useGraph = <T>(select: (state: GraphState) => T): T => useStore(useStores().graph, select);
export const useRuns = <T>(select: (state: RunStoreState) => T): T => useStore(useStores().runs, select);
export const useView = <T>(select: (state: ViewState) => T): T => useStore(useStores().view, select);
