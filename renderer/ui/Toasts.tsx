import { useEffect } from 'react';
import { Button } from './Button.tsx';
import { Icon } from './Icon.tsx';
import { Sentence } from './Sentence.tsx';

export interface ToastItem {
  readonly id: number;
  readonly tone: 'refused' | 'failed' | 'done';
  readonly sentence: string;
}
const SECONDS = { refused: 6, failed: 12, done: 5 };

export function Toasts({ toasts, onDismiss }: { toasts: readonly ToastItem[]; onDismiss: (id: number) => void }) {
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <Toast key={toast.id} toast={toast} onDismiss={onDismiss} />
      ))}
    </div>
  );
}

function Toast({ toast: { id, tone, sentence }, onDismiss }: { toast: ToastItem; onDismiss: (id: number) => void }) {
  useEffect(() => {
    const timer = setTimeout(() => onDismiss(id), SECONDS[tone] * 1000);
    return () => clearTimeout(timer);
  }, [id, tone, onDismiss]);
  return (
    <div className="toast" data-tone={tone}>
      <Icon name={tone === 'done' ? 'check' : tone === 'refused' ? 'ban' : 'alert'} />
      <Sentence text={sentence} />
      <Button icon="close" tone="quiet" small label="Dismiss" onClick={() => onDismiss(id)} />
    </div>
  );
}
