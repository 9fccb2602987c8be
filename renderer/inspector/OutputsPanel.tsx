import type { GraphNode } from '../../main/contract/graph.ts';
import { formatBytes, formatCount } from '../ui/formatQuantity.ts';
import { Button } from '../ui/Button.tsx';
import { useRuns, useStores, useView } from '../state/stores.ts';
import { PortMark } from '../canvas/PortMark.tsx';

/** What came out of a node: open it below, or export it. */
export function OutputsPanel({ node }: { node: GraphNode }) {
  const { types, view, session } = useStores();
  const run = useRuns(({ current }) => current.nodes[node.id]);
  const inspected = useView((state) => (state.inspected?.node === node.id ? state.inspected.port : undefined));
  const ports = Object.entries(types.get(node.type)?.outputs ?? {});
  return (
    <ul className="outputs">
      {ports.map(([port, output]) => {
        const artifact = run?.outputs[port];
        return (
          <li key={port} className="output" data-current={port === inspected || undefined}>
            <PortMark kind={output.kind} />
            <div className="output__words">
              <p className="output__title">{output.title}</p>
              <p className="output__detail">
                {artifact
                  ? [output.kind, artifact.rows !== undefined && `${formatCount(artifact.rows)} rows`, formatBytes(artifact.bytes)]
                      .filter(Boolean)
                      .join(' · ')
                  : `${output.kind} · not made yet`}
              </p>
              <p className="output__help">{output.help}</p>
            </div>
            {artifact && (
              <div className="output__actions">
                <Button small onClick={() => view.getState().inspect({ node: node.id, port })}>
                  Open
                </Button>
                <Button
                  icon="export"
                  tone="quiet"
                  small
                  label={`Export ${port}`}
                  onClick={() => void session.exportArtifact(artifact.digest, `${node.id}-${port}`)}
                />
              </div>
            )}
          </li>
        );
      })}
      {ports.length === 0 && <li className="panel__text">This node has no outputs.</li>}
    </ul>
  );
}
