import type { RunEvent } from '../contract/runEvents.ts';
import { nextProgress, progressLines, type ProgressState } from './progressState.ts';

const REPAINT_MS = 100;

/** Keeps bars at the bottom of a terminal, under the lines that stay. Each repaint is one write, so that nothing flickers. */
export function progressScreen(screen: { readonly columns: number; write(text: string): void }) {
  let state: ProgressState = new Map();
  let painted = 0;
  const paint = (kept = ''): void => {
    const lines = progressLines(state, screen.columns, Date.now());
    const up = painted > 0 ? `\x1b[${painted}A` : '';
    screen.write(`${up}\r${kept.replaceAll('\n', '\x1b[K\n')}${lines.map((line) => `${line}\x1b[K\n`).join('')}\x1b[J`);
    painted = lines.length;
  };
  const showCursor = () => screen.write('\x1b[?25h');
  screen.write('\x1b[?25l');
  // A second Ctrl-C ends the process before `close`.
  process.once('exit', showCursor);
  const timer = setInterval(paint, REPAINT_MS);
  return {
    show(event: RunEvent): void {
      state = nextProgress(state, event);
    },
    /** A whole line that stays. */
    keep(line: string): void {
      paint(`${line}\n`);
    },
    close(): void {
      clearInterval(timer);
      state = new Map();
      paint();
      process.off('exit', showCursor);
      showCursor();
    },
  };
}
