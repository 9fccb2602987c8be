import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState } from 'react';
import type { Cell, Column } from '../../nodes/kit/index.ts';
import type { ArtifactSummary } from '../../main/contract/artifact.ts';
import { Button } from '../ui/Button.tsx';
import { formatNumber } from '../ui/formatQuantity.ts';
import { textDirection } from '../ui/textDirection.ts';
import { usePagedRows } from './usePagedRows.ts';

const ROW_HEIGHT = 34;
/** Columns with running text get most of the width. */
const LONG = new Set(['text', 'keptText', 'before', 'after']);

/** Least width in pixels and share of what is left; the same for every row, so that columns line up. */
function width({ name, type }: Column): [least: number, share: number] {
  if (LONG.has(name)) return [250, 6];
  if (name === 'id') return [164, 1];
  return type === 'string' ? [132, 1.5] : [92, 0];
}
const NUMBER_WIDTH = 56;

/** Rows of a table, one line each; a click opens a row in full beside it. */
export function RowTable({ artifact }: { artifact: ArtifactSummary }) {
  const columns = artifact.columns ?? [];
  const count = artifact.rows ?? 0;
  const scroll = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState<number>();
  const virtual = useVirtualizer({ count, getScrollElement: () => scroll.current, estimateSize: () => ROW_HEIGHT, overscan: 12 });
  const items = virtual.getVirtualItems();
  const { row, error } = usePagedRows(artifact.digest, items[0]?.index ?? 0, items.at(-1)?.index ?? Math.min(count, 40));
  const widths = columns.map(width);
  const template = {
    gridTemplateColumns: `${NUMBER_WIDTH}px ${widths.map(([least, share]) => (share ? `minmax(${least}px, ${share}fr)` : `${least}px`)).join(' ')}`,
    minWidth: NUMBER_WIDTH + widths.reduce((sum, [least]) => sum + least, 0),
  };
  const shown = opened === undefined ? undefined : row(opened);

  if (error) return <TableMessage title="These rows could not be read" text={error} />;
  if (count === 0) return <TableMessage title="No rows" text="This output is an empty table." />;
  return (
    <div className="table-split">
      <div
        className="table"
        ref={scroll}
        role="table"
        aria-rowcount={count}
        tabIndex={0}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
          event.preventDefault();
          const next = Math.max(0, Math.min(count - 1, (opened ?? -1) + (event.key === 'ArrowDown' ? 1 : -1)));
          setOpened(next);
          virtual.scrollToIndex(next);
        }}
      >
        <div className="table__head" role="row" style={template}>
          <span role="columnheader" className="table__number" aria-label="Row" />
          {columns.map(({ name }) => (
            <span key={name} role="columnheader">
              {name}
            </span>
          ))}
        </div>
        <div className="table__space" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const cells = row(item.index);
            return (
              <div
                key={item.key}
                role="row"
                className="table__row"
                aria-rowindex={item.index + 1}
                data-open={item.index === opened || undefined}
                style={{ ...template, height: ROW_HEIGHT, transform: `translateY(${item.start}px)` }}
                onClick={() => setOpened(item.index === opened ? undefined : item.index)}
              >
                <span role="cell" className="table__number">
                  {item.index + 1}
                </span>
                {columns.map(({ name, type }) => {
                  const text = cells ? cellText(cells[name] ?? null) : '…';
                  return (
                    <span
                      key={name}
                      role="cell"
                      className={type === 'string' ? 'table__text' : 'table__value'}
                      dir={textDirection(text)}
                      data-column={name}
                    >
                      {text}
                    </span>
                  );
                })}
              </div>
            );
          })}
        </div>
      </div>
      {shown && (
        <aside className="row-detail selectable" aria-label={`Row ${opened! + 1}`}>
          <header>
            <h3 className="eyebrow">Row {opened! + 1}</h3>
            <Button icon="close" tone="quiet" small label="Close the row" onClick={() => setOpened(undefined)} />
          </header>
          <dl>
            {columns.map(({ name }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd dir={textDirection(cellText(shown[name] ?? null))}>{cellText(shown[name] ?? null)}</dd>
              </div>
            ))}
          </dl>
        </aside>
      )}
    </div>
  );
}

export function TableMessage({ title, text }: { title: string; text: string }) {
  return (
    <div className="empty selectable">
      <p className="empty__title">{title}</p>
      <p>{text}</p>
    </div>
  );
}

function cellText(cell: Cell): string {
  if (cell === null) return '–';
  if (typeof cell === 'number') return formatNumber(cell);
  return typeof cell === 'boolean' ? (cell ? 'yes' : 'no') : cell;
}
