import { Handle, Position, type NodeProps } from '@xyflow/react';
import { memo } from 'react';
import type { InputPort, OutputPort } from '../../nodes/kit/index.ts';
import { formatCount } from '../ui/formatQuantity.ts';
import { Icon } from '../ui/Icon.tsx';
import { graphProblems } from '../state/graphProblems.ts';
import type { NodeRun } from '../state/runState.ts';
import { useGraph, useRuns, useStores, useView } from '../state/stores.ts';
import { cardViews } from './nodeViews.ts';
import { PortMark } from './PortMark.tsx';
import { ProgressBar } from './ProgressBar.tsx';
import { StatusChip } from './StatusChip.tsx';

/** One node on the canvas. Reads what it shows from the stores by its id. */
export const NodeCard = memo(function NodeCard({ id, selected }: NodeProps) {
  const { types } = useStores();
  const node = useGraph(({ workflow }) => workflow.nodes.find((candidate) => candidate.id === id));
  const edges = useGraph(({ workflow }) => workflow.edges);
  const run = useRuns(({ current }) => current.nodes[id]);
  const plan = useRuns((state) => state.plan?.nodes.find((candidate) => candidate.node === id));
  if (!node) return null;
  const spec = types.get(node.type);
  const title = node.title ?? spec?.title ?? node.type;
  const alone = { nodes: [node], edges: edges.filter(({ to }) => to.node === id) };
  const problems = graphProblems({ nasaq: 1, title: '', seed: 0, ...alone }, types);
  const missing = new Set(problems.flatMap(({ port }) => port ?? []));
  const View = cardViews.get(node.type);

  return (
    <article
      className="node-card"
      data-category={spec?.category}
      data-status={run?.status ?? 'idle'}
      data-selected={selected || undefined}
      data-node={id}
      aria-label={title}
    >
      <header className="node-card__header">
        <span className="node-card__icon">
          <Icon name={spec?.category ?? 'alert'} />
        </span>
        <div className="node-card__titles">
          <h3 className="node-card__title" dir="auto">
            {title}
          </h3>
          <p className="node-card__type">{id}</p>
        </div>
        {run ? (
          <StatusChip status={run.status} seconds={run.seconds} />
        ) : (
          plan?.decision === 'reused' && <span className="node-card__plan">In cache</span>
        )}
      </header>
      <div className="node-card__ports">
        <ul>
          {Object.entries(spec?.inputs ?? {}).map(([port, input]) => (
            <InputRow key={port} port={port} input={input} missing={missing.has(port)} />
          ))}
        </ul>
        <ul>
          {Object.entries(spec?.outputs ?? {}).map(([port, output]) => (
            <OutputRow key={port} node={id} port={port} output={output} run={run} />
          ))}
        </ul>
      </div>
      {View && <View params={node.params} />}
      {run?.status === 'running' && <ProgressBar progress={run.progress} />}
      {run?.error && (
        <p className="node-card__note node-card__note--error nowheel" dir="auto" title={run.error}>
          {run.error}
        </p>
      )}
      {!run?.error && problems.length > 0 && (
        <p className="node-card__note" title={problems.map(({ sentence }) => sentence.replaceAll('`', '')).join('\n')}>
          <Icon name="alert" size={12} />
          {problems.length === 1 ? problems[0]!.sentence.replaceAll('`', '') : `${problems.length} things to set before it can run`}
        </p>
      )}
    </article>
  );
});

function InputRow({ port, input, missing }: { port: string; input: InputPort; missing: boolean }) {
  return (
    <li className="port port--in" data-missing={missing || undefined} title={input.help}>
      <Handle type="target" position={Position.Left} id={port} data-kind={input.kind} aria-label={`input ${port}`}>
        <PortMark kind={input.kind} />
      </Handle>
      <span className="port__name">{port}</span>
      {input.optional && <span className="port__hint">optional</span>}
      {input.many && <span className="port__hint">many</span>}
    </li>
  );
}

function OutputRow({ node, port, output, run }: { node: string; port: string; output: OutputPort; run: NodeRun | undefined }) {
  const { view } = useStores();
  const artifact = run?.outputs[port];
  const inspected = useView((state) => state.inspected?.node === node && state.inspected.port === port);
  return (
    <li className="port port--out" title={output.help}>
      {artifact ? (
        <button
          type="button"
          className="port__open nodrag"
          aria-pressed={inspected}
          aria-label={`Look at ${port} of ${node}`}
          onClick={() => view.getState().inspect({ node, port })}
        >
          {artifact.rows !== undefined && <span className="port__count">{formatCount(artifact.rows)}</span>}
          <span className="port__name">{port}</span>
        </button>
      ) : (
        <span className="port__name">{port}</span>
      )}
      <Handle type="source" position={Position.Right} id={port} data-kind={output.kind} aria-label={`output ${port}`}>
        <PortMark kind={output.kind} />
      </Handle>
    </li>
  );
}
