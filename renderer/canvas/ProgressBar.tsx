import { formatAmount, formatDuration, formatRate } from '../ui/formatQuantity.ts';
import type { NodeRun } from '../state/runState.ts';

export function ProgressBar({ progress }: { progress: NodeRun['progress'] }) {
  const share = progress?.total ? Math.min(1, progress.done / progress.total) : undefined;
  return (
    <div className="progress">
      <progress className="progress__bar" max={1} value={share} aria-label="Progress" />
      {progress && (
        <div className="progress__words">
          <span>
            {progress.stage !== undefined && `${progress.stage} `}
            {formatAmount(progress.done, progress.total, progress.unit)}
          </span>
          <span>
            {progress.rate !== undefined && formatRate(progress.rate, progress.unit)}
            {progress.etaSeconds !== undefined && ` · ${formatDuration(progress.etaSeconds)} left`}
          </span>
        </div>
      )}
    </div>
  );
}
