import type { MenuCommand } from '../main/contract/api.ts';
import { Button } from './ui/Button.tsx';
import { Mark } from './ui/Mark.tsx';
import { isUnsaved } from './state/graphStore.ts';
import { isActive } from './state/runState.ts';
import { useGraph, useRuns, useView } from './state/stores.ts';
import { shownTheme } from './state/viewStore.ts';

const MAC = navigator.platform.startsWith('Mac');
const key = (keys: string) => (MAC ? keys.replace('Ctrl+', '⌘').replace('Shift+', '⇧') : keys);

export function TopBar({ run: command }: { run: (command: MenuCommand) => void }) {
  const workflow = useGraph((state) => state.workflow);
  const file = useGraph((state) => state.file);
  const unsaved = useGraph(isUnsaved);
  const canUndo = useGraph(({ past }) => past.length > 0);
  const canRedo = useGraph(({ future }) => future.length > 0);
  const oneSelected = useGraph(({ selection }) => selection.nodes.size === 1);
  const active = useRuns(({ current }) => isActive(current));
  const dark = useView((state) => shownTheme(state) === 'dark');

  return (
    <header className="top-bar">
      <div className="top-bar__mark">
        <Mark />
        <span className="top-bar__name">Nasaq</span>
        <span className="top-bar__arabic" lang="ar" dir="rtl">
          نسق
        </span>
      </div>
      <div className="top-bar__file">
        <h1 className="top-bar__title" dir="auto" title={file}>
          {workflow.title || 'Untitled'}
        </h1>
        {unsaved && <span className="top-bar__unsaved">Unsaved changes</span>}
      </div>
      <Button icon="undo" tone="quiet" label={`Undo (${key('Ctrl+Z')})`} disabled={!canUndo} onClick={() => command('undo')} />
      <Button icon="redo" tone="quiet" label={`Redo (${key('Ctrl+Shift+Z')})`} disabled={!canRedo} onClick={() => command('redo')} />
      <Button icon={dark ? 'sun' : 'moon'} tone="quiet" label={dark ? 'Light' : 'Dark'} onClick={() => command('toggle-theme')} />
      <span className="top-bar__gap" />
      {active && (
        <Button icon="stop" tone="danger" title={`Cancel the run (${key('Ctrl+.')})`} onClick={() => command('cancel')}>
          Cancel
        </Button>
      )}
      <Button
        icon="play-to"
        disabled={active || !oneSelected}
        title={`Run the selected node and what it needs (${key('Ctrl+Shift+Enter')})`}
        onClick={() => command('run-to-here')}
      >
        Run to here
      </Button>
      <Button icon="play" tone="primary" disabled={active} title={`Run the workflow (${key('Ctrl+Enter')})`} onClick={() => command('run')}>
        Run <span className="top-bar__key">{key('Ctrl+Enter')}</span>
      </Button>
    </header>
  );
}
