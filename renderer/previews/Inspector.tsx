import { Button } from '../ui/Button.tsx';
import { formatBytes, formatCount } from '../ui/formatQuantity.ts';
import type { ArtifactSummary } from '../../main/contract/artifact.ts';
import { PortMark } from '../canvas/PortMark.tsx';
import { useGraph, useRuns, useStores, useView } from '../state/stores.ts';
import { PairTable } from './PairTable.tsx';
import { ReportView } from './ReportView.tsx';
import { RowTable } from './RowTable.tsx';
import './previews.css';

/** The bottom of the window: one output, and a way to the node's others. */
export function Inspector() {
  const { types, view, session } = useStores();
  const inspected = useView((state) => state.inspected);
  const node = useGraph(({ workflow }) => workflow.nodes.find(({ id }) => id === inspected?.node));
  const run = useRuns(({ current }) => (inspected ? current.nodes[inspected.node] : undefined));
  if (!inspected || !node) return null;
  const spec = types.get(node.type);
  const artifact = run?.outputs[inspected.port];

  return (
    <section className="inspector" aria-label="Output">
      <header className="inspector__header">
        <h2 className="inspector__title" dir="auto">
          {node.title ?? spec?.title ?? node.type}
        </h2>
        <div className="inspector__ports" role="tablist" aria-label="Outputs of the node">
          {Object.entries(spec?.outputs ?? {}).map(([port, { kind }]) => (
            <button
              key={port}
              type="button"
              role="tab"
              className="inspector__port"
              aria-selected={port === inspected.port}
              disabled={!run?.outputs[port]}
              onClick={() => view.getState().inspect({ node: node.id, port })}
            >
              <PortMark kind={kind} />
              {port}
              {run?.outputs[port]?.rows !== undefined && <span className="inspector__count">{formatCount(run.outputs[port].rows)}</span>}
            </button>
          ))}
        </div>
        <span className="inspector__space" />
        {artifact && (
          <>
            <span className="inspector__digest selectable" title={`SHA-256 of the content: ${artifact.digest}`}>
              {artifact.digest.slice(0, 12)} · {formatBytes(artifact.bytes)}
            </span>
            <Button
              icon="export"
              tone="quiet"
              small
              label="Export"
              onClick={() => void session.exportArtifact(artifact.digest, `${node.id}-${inspected.port}`)}
            />
          </>
        )}
        <Button icon="close" tone="quiet" small label="Close" onClick={() => view.getState().inspect(undefined)} />
      </header>
      <div className="inspector__body">
        {artifact ? (
          <ArtifactView key={artifact.digest} artifact={artifact} />
        ) : (
          <div className="empty">
            <p className="empty__title">Nothing here yet</p>
            <p>Run the node to see what comes out of it.</p>
          </div>
        )}
      </div>
    </section>
  );
}

function ArtifactView({ artifact }: { artifact: ArtifactSummary }) {
  switch (artifact.kind) {
    case 'pairs':
      return <PairTable artifact={artifact} />;
    case 'corpus':
    case 'scores':
      return <RowTable artifact={artifact} />;
    case 'report':
      return <ReportView digest={artifact.digest} />;
    case 'model':
      return (
        <div className="empty">
          <p className="empty__title">A model folder, {formatBytes(artifact.bytes)}</p>
          <p>Hugging Face layout with ONNX files beside the weights. Export it to use it elsewhere.</p>
        </div>
      );
  }
}
