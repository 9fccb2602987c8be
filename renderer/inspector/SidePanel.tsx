import { Tabs } from '../ui/Tabs.tsx';
import { useGraph, useRuns, useStores, useView } from '../state/stores.ts';
import { LogPanel } from './LogPanel.tsx';
import { OutputsPanel } from './OutputsPanel.tsx';
import { ParamsPanel } from './ParamsPanel.tsx';
import { WorkflowPanel } from './WorkflowPanel.tsx';
import './panel.css';

/** The right side: the selected node's params, log and outputs, or the workflow when no single node is selected. */
export function SidePanel() {
  const { view } = useStores();
  const selected = useGraph(({ selection }) => (selection.nodes.size === 1 ? [...selection.nodes][0] : undefined));
  const node = useGraph(({ workflow }) => workflow.nodes.find(({ id }) => id === selected));
  const tab = useView((state) => state.tab);
  const lines = useRuns(({ current }) => (node ? current.nodes[node.id]?.log.length : undefined));
  const outputs = useRuns(({ current }) => (node ? current.nodes[node.id]?.outputs : undefined));

  if (!node) {
    return (
      <aside className="panel" aria-label="Workflow">
        <WorkflowPanel />
      </aside>
    );
  }
  return (
    <aside className="panel" aria-label="Selected node">
      <Tabs
        tabs={[
          { key: 'params', title: 'Params' },
          { key: 'log', title: 'Log', count: lines },
          { key: 'outputs', title: 'Outputs', count: outputs && Object.keys(outputs).length },
        ]}
        current={tab}
        onChange={view.getState().showTab}
      />
      <div className="panel__body" role="tabpanel" key={`${node.id} ${tab}`}>
        {tab === 'params' && <ParamsPanel node={node} />}
        {tab === 'log' && <LogPanel node={node.id} />}
        {tab === 'outputs' && <OutputsPanel node={node} />}
      </div>
    </aside>
  );
}
