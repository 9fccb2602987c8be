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

export function StatusChip({ status, detail }: { status: NodeRun['status']; detail?: string | undefined }) {
  const { icon, word } = LOOKS[status];
  return (
    <span className="status-chip" data-status={status}>
      <Icon name={icon} size={11} />
      {word}
      {detail && <span className="status-chip__detail">{detail}</span>}
    </span>
  );
}
