import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useMemo, useRef, useState } from 'react';
import type { Row } from '../../nodes/kit/index.ts';
import type { ArtifactSummary } from '../../main/contract/artifact.ts';
import { formatCount, formatNumber } from '../ui/formatQuantity.ts';
import { textDirection } from '../ui/textDirection.ts';
import { TableMessage } from './RowTable.tsx';
import { SEARCHED_PAIRS, useChangedPairs } from './useChangedPairs.ts';
import { usePagedRows } from './usePagedRows.ts';
import { wordDiff, type DiffPart } from './wordDiff.ts';

const OWN = new Set(['id', 'before', 'after']);

/** Pairs, before and after side by side, with the words that differ marked. */
export function PairTable({ artifact }: { artifact: ArtifactSummary }) {
  const count = artifact.rows ?? 0;
  const extra = (artifact.columns ?? []).filter(({ name }) => !OWN.has(name)).map(({ name }) => name);
  const scroll = useRef<HTMLDivElement>(null);
  const [onlyChanged, setOnlyChanged] = useState(false);
  const changed = useChangedPairs(artifact.digest, count, onlyChanged);
  const virtual = useVirtualizer({
    count: changed?.length ?? count,
    // Heights belong to pairs, not to places in the list, which the filter changes.
    getItemKey: (at) => changed?.[at]?.index ?? at,
    getScrollElement: () => scroll.current,
    estimateSize: () => 92,
    overscan: 6,
  });
  const items = virtual.getVirtualItems();
  const { row, error } = usePagedRows(artifact.digest, items[0]?.index ?? 0, items.at(-1)?.index ?? Math.min(count, 20));

  if (error) return <TableMessage title="These pairs could not be read" text={error} />;
  if (count === 0) return <TableMessage title="No pairs" text="This output is an empty table." />;
  return (
    <div className="pairs" ref={scroll} role="table" aria-rowcount={changed?.length ?? count} tabIndex={0}>
      <div className="pairs__head" role="row">
        <label
          className="pairs__filter"
          title={count > SEARCHED_PAIRS ? `Looks through the first ${formatCount(SEARCHED_PAIRS)} pairs` : undefined}
        >
          <input type="checkbox" checked={onlyChanged} onChange={(event) => setOnlyChanged(event.target.checked)} />
          only changed
        </label>
        <span role="columnheader">before</span>
        <span role="columnheader">after</span>
      </div>
      <div className="table__space" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => (
          <div
            key={item.key}
            ref={virtual.measureElement}
            data-index={item.index}
            role="row"
            className="pair"
            aria-rowindex={item.index + 1}
            style={{ transform: `translateY(${item.start}px)` }}
          >
            <PairRow
              index={changed?.[item.index]?.index ?? item.index}
              row={changed ? changed[item.index]?.row : row(item.index)}
              extra={extra}
            />
          </div>
        ))}
      </div>
    </div>
  );
}

const PairRow = memo(function PairRow({ index, row, extra }: { index: number; row: Row | undefined; extra: readonly string[] }) {
  const before = String(row?.before ?? '');
  const after = String(row?.after ?? '');
  const diff = useMemo(() => wordDiff(before, after), [before, after]);
  if (!row) return <span className="pair__waiting">…</span>;
  return (
    <>
      <div className="pair__side" role="cell">
        <span className="table__number">{index + 1}</span>
        {diff.unchanged && <span className="pair__tag pair__tag--same">unchanged</span>}
        {extra.map((name) => {
          const value = row[name];
          if (value === null || value === undefined || value === '') return null;
          return (
            <span key={name} className="pair__tag" data-column={name} title={`${name}: ${String(value)}`} dir="auto">
              {typeof value === 'number' ? `${name} ${formatNumber(value)}` : String(value)}
            </span>
          );
        })}
      </div>
      <Text parts={diff.before} tone="removed" direction={textDirection(before)} />
      <Text parts={diff.after} tone="added" direction={textDirection(after)} />
    </>
  );
});

function Text({ parts, tone, direction }: { parts: readonly DiffPart[]; tone: 'removed' | 'added'; direction: string }) {
  return (
    <p className="pair__text selectable" role="cell" dir={direction}>
      {parts.map(({ text, changed }, index) => {
        if (!changed) return <span key={index}>{text}</span>;
        return tone === 'removed' ? <del key={index}>{text}</del> : <ins key={index}>{text}</ins>;
      })}
    </p>
  );
}
