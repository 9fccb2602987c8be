import { ReactFlowProvider } from '@xyflow/react';
import { Canvas } from './canvas/Canvas.tsx';
import { Palette } from './canvas/Palette.tsx';
import { SidePanel } from './inspector/SidePanel.tsx';
import { Inspector } from './previews/Inspector.tsx';
import { RunBar } from './runs/RunBar.tsx';
import { useStores, useView } from './state/stores.ts';
import { Splitter } from './ui/Splitter.tsx';
import { Toasts } from './ui/Toasts.tsx';
import { TopBar } from './TopBar.tsx';
import { useCommands } from './useCommands.ts';
import './app.css';

export function App() {
  return (
    <ReactFlowProvider>
      <Window />
    </ReactFlowProvider>
  );
}

function Window() {
  const { view } = useStores();
  const toasts = useView((state) => state.toasts);
  const inspected = useView((state) => state.inspected);
  const run = useCommands();
  return (
    <div className="app">
      <TopBar run={run} />
      <Palette />
      <main className="app__middle">
        <div className="app__canvas">
          <Canvas />
          <Toasts toasts={toasts} onDismiss={view.getState().dismiss} />
        </div>
        {inspected && (
          <Splitter name="inspector" initial={320} least={160} most={0.7} label="Height of the output">
            <Inspector />
          </Splitter>
        )}
      </main>
      <SidePanel />
      <RunBar />
    </div>
  );
}
