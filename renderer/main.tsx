import './forbidEval.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { NasaqBridge } from '../main/contract/api.ts';
import './ui/tokens.css';
import './ui/base.css';
import './ui/chart.css';
import { App } from './App.tsx';
import { nodeSpecs } from './nodeSpecs.ts';
import { followGraph } from './state/followGraph.ts';
import { followTheme, rememberedTheme } from './state/followTheme.ts';
import { createGraphStore } from './state/graphStore.ts';
import { nodeTypesFrom } from './state/nodeTypes.ts';
import { receiveRunEvents } from './state/receiveRunEvents.ts';
import { createRunStore } from './state/runStore.ts';
import { createSession } from './state/session.ts';
import { StoresContext } from './state/stores.ts';
import { createViewStore } from './state/viewStore.ts';

declare global {
  interface Window {
    readonly nasaq: NasaqBridge;
  }
}

const bridge = window.nasaq;
const types = nodeTypesFrom(nodeSpecs);
const graph = createGraphStore();
const runs = createRunStore();
const view = createViewStore(rememberedTheme());
const session = createSession({ bridge, types, graph, runs, view });

receiveRunEvents(runs);
followTheme(view);
followGraph(graph, runs, session);

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <StoresContext value={{ bridge, types, graph, runs, view, session }}>
      <App />
    </StoresContext>
  </StrictMode>,
);
void session.openLaunched();
