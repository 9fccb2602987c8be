import { BaseEdge, getBezierPath, getSmoothStepPath, type EdgeProps } from '@xyflow/react';
import { memo } from 'react';
import { useGraph, useRuns, useStores } from '../state/stores.ts';

/** An edge in the colour of what flows along it; it moves while its target runs. */
export const KindEdge = memo(function KindEdge(props: EdgeProps) {
  const { id, source, target, sourceHandleId, selected } = props;
  const { types } = useStores();
  const kind = useGraph(({ workflow }) => {
    const type = workflow.nodes.find((node) => node.id === source)?.type ?? '';
    return types.get(type)?.outputs[sourceHandleId ?? '']?.kind;
  });
  const flowing = useRuns(({ current }) => current.nodes[target]?.status === 'running');
  // Back to the left, as from the end of one row of nodes to the start of the next: around the cards, not behind them.
  const back = props.targetX < props.sourceX + 24;
  const [path] = back ? getSmoothStepPath({ ...props, borderRadius: 14, offset: 26 }) : getBezierPath({ ...props, curvature: 0.32 });
  const classes = ['kind-edge', selected && 'kind-edge--selected', flowing && 'kind-edge--flowing'].filter(Boolean).join(' ');
  return (
    <g className={classes} data-kind={kind}>
      <BaseEdge id={id} path={path} interactionWidth={18} />
    </g>
  );
});
