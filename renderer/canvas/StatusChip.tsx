import { formatDuration } from '../ui/formatQuantity.ts';
import { Icon, type IconName } from '../ui/Icon.tsx';
import type { NodeRun } from '../state/runState.ts';

const LOOKS: Record<NodeRun['status'], { icon: IconName; word: string }> = {
  queued: { icon: 'clock', word: 'Queued' },
  running: { icon: 'play', word: 'Running' },
  ran: { icon: 'check', word: 'Ran' },
  reused: { icon: 'reuse', word: 'Reused' },
  failed: { icon: 'alert', word: 'Failed' },
  skipped: { icon: 'skip', word: 'Skipped' },
  cancelled: { icon: 'ban', word: 'Cancelled' },
};

/** A node that ran shows how long it took in place of the word. */
export function StatusChip({ status, seconds }: { status: NodeRun['status']; seconds: number | undefined }) {
  const { icon, word } = LOOKS[status];
  const took = status === 'ran' && seconds !== undefined ? formatDuration(seconds) : undefined;
  return (
    <span className="status-chip" data-status={status} title={took && `Ran in ${took}`}>
      <Icon name={icon} size={11} />
      {took ?? word}
    </span>
  );
}
