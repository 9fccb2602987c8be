import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { useRuns } from '../state/stores.ts';
import { CurveCharts } from '../runs/CurveCharts.tsx';

const NO_LINES: readonly string[] = [];

/** A node's curves, live, and the lines it wrote; follows the end unless scrolled away from it. */
export function LogPanel({ node }: { node: string }) {
  const lines = useRuns(({ current }) => current.nodes[node]?.log ?? NO_LINES);
  const curves = useRuns(({ current }) => current.nodes[node]?.curves);
  const scroll = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const virtual = useVirtualizer({ count: lines.length, getScrollElement: () => scroll.current, estimateSize: () => 18, overscan: 20 });

  useEffect(() => {
    if (follows.current && lines.length > 0) virtual.scrollToIndex(lines.length - 1, { align: 'end' });
  }, [lines.length, virtual]);

  return (
    <div className="log">
      {curves && <CurveCharts curves={curves} />}
      {lines.length === 0 ? (
        <div className="empty">
          <p className="empty__title">No log yet</p>
          <p>What this node says while it runs appears here.</p>
        </div>
      ) : (
        <div
          className="log__lines selectable"
          ref={scroll}
          role="log"
          onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
            follows.current = scrollHeight - scrollTop - clientHeight < 30;
          }}
        >
          <div className="log__space" style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map((item) => (
              <p
                key={item.key}
                data-index={item.index}
                ref={virtual.measureElement}
                className="log__line"
                dir="auto"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                {lines[item.index]}
              </p>
            ))}
          </div>
        </div>
      )}
    </div>
  );
}
