import { useState, type ReactNode } from 'react';

interface Props {
  /** Under which its height is kept. */
  readonly name: string;
  readonly label: string;
  /** Pixels. */
  readonly initial: number;
  readonly least: number;
  /** Share of the window's height, in (0, 1]. */
  readonly most: number;
  readonly children: ReactNode;
}

/** A part at the bottom whose upper edge can be dragged, or moved with the arrow keys. */
export function Splitter({ name, label, initial, least, most, children }: Props) {
  const key = `height of ${name}`;
  const [height, setHeight] = useState(() => Number(localStorage.getItem(key)) || initial);
  const clamp = (next: number) => Math.round(Math.max(least, Math.min(window.innerHeight * most, next)));
  const change = (next: number) => {
    setHeight(clamp(next));
    localStorage.setItem(key, String(clamp(next)));
  };
  return (
    <div className="splitter" style={{ height: clamp(height) }}>
      <div
        className="splitter__handle"
        role="separator"
        aria-orientation="horizontal"
        aria-label={label}
        aria-valuenow={clamp(height)}
        tabIndex={0}
        onPointerDown={(event) => {
          const start = event.clientY;
          const from = clamp(height);
          const handle = event.currentTarget;
          handle.setPointerCapture(event.pointerId);
          const move = (moved: PointerEvent) => change(from + start - moved.clientY);
          handle.addEventListener('pointermove', move);
          handle.addEventListener('pointerup', () => handle.removeEventListener('pointermove', move), { once: true });
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowUp') change(height + 24);
          if (event.key === 'ArrowDown') change(height - 24);
        }}
      />
      {children}
    </div>
  );
}
