import { useEffect, useState } from 'react';
import { Icon } from '../ui/Icon.tsx';
import { formatDuration } from '../ui/formatQuantity.ts';
import { Sentence } from '../ui/Sentence.tsx';
import { isActive, runShare } from '../state/runState.ts';
import { useGraph, useRuns, useStores } from '../state/stores.ts';
import './runs.css';

/** One line along the bottom: how the run is going, or how it ended. */
export function RunBar() {
  const { graph, types, view } = useStores();
  const run = useRuns(({ current }) => current);
  const workflow = useGraph((state) => state.workflow);
  const now = useNow(isActive(run));
  const ids = workflow.nodes.map(({ id }) => id).filter((id) => run.nodes[id]);
  const count = (status: string) => ids.filter((id) => run.nodes[id]?.status === status).length;
  const running = workflow.nodes.filter(({ id }) => run.nodes[id]?.status === 'running');
  const failed = workflow.nodes.find(({ id }) => run.nodes[id]?.status === 'failed');
  const titles = running.map((node) => node.title ?? types.get(node.type)?.title ?? node.type).join(', ');
  const elapsed = run.seconds ?? (run.startedAt === undefined ? undefined : (now - run.startedAt) / 1000);

  return (
    <footer className="run-bar" data-status={run.status} aria-label="Run">
      {isActive(run) && <progress className="run-bar__progress" max={1} value={runShare(run, ids)} aria-label="Progress of the run" />}
      <span className="run-bar__mark">
        <RunIcon status={run.status} />
      </span>
      <span className="run-bar__words" role="status">
        {run.status === 'idle' && (workflow.nodes.length === 0 ? 'No workflow open' : 'Ready')}
        {run.status === 'starting' && 'Starting…'}
        {run.status === 'running' && `Running ${titles || '…'}`}
        {run.status === 'done' && 'Done'}
        {run.status === 'cancelled' && 'Cancelled'}
        {run.status === 'failed' && (run.error ? <Sentence text={run.error} /> : 'Failed')}
      </span>
      {run.status === 'failed' && !run.error && failed && (
        <button
          type="button"
          className="run-bar__link"
          onClick={() => {
            graph.getState().select({ nodes: new Set([failed.id]) });
            view.getState().showTab('params');
          }}
        >
          {failed.title ?? types.get(failed.type)?.title ?? failed.type}
        </button>
      )}
      <span className="run-bar__space" />
      {run.status !== 'idle' && ids.length > 0 && (
        <span className="run-bar__counts">
          {(['ran', 'reused', 'failed', 'skipped', 'cancelled'] as const)
            .filter((status) => count(status) > 0)
            .map((status) => `${count(status)} ${status}`)
            .join(' · ')}
          {isActive(run) && ` ${count('ran') + count('reused')} of ${ids.length}`}
        </span>
      )}
      {elapsed !== undefined && run.status !== 'idle' && <span className="run-bar__time">{formatDuration(Math.max(0, elapsed))}</span>}
    </footer>
  );
}

function RunIcon({ status }: { status: string }) {
  if (status === 'done') return <Icon name="check" size={14} />;
  if (status === 'failed') return <Icon name="alert" size={14} />;
  if (status === 'cancelled') return <Icon name="ban" size={14} />;
  return <span className="run-bar__dot" />;
}

/** Milliseconds since the epoch, a few times a second while it matters. */
function useNow(ticking: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!ticking) return;
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [ticking]);
  return now;
}
