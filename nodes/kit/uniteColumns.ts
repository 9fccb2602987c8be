import type { Cell, Column, ColumnType, Row } from './artifactKinds.ts';

export interface UnitedColumns {
  /** `id` and `text`, then the others in the order in which they first appear, then the label. */
  readonly columns: readonly Column[];
  /** A row of the part with this number, from 0, in those columns. */
  row(part: number, found: Row, label?: Cell): Row;
}

/**
 * The columns of several tables of documents as those of one: columns of one name are one, of the type that holds all, and a
 * part without it has null there. `label`: a last column that says which part a row is from; a part's own column of that name
 * gets `_original` behind it.
 */
export function uniteColumns(parts: readonly (readonly Column[])[], label?: Column): UnitedColumns {
  const types = new Map<string, ColumnType>();
  const sources = parts.map((columns) => {
    const names = new Set(columns.map(({ name }) => name));
    return columns.map(({ name: from, type }) => {
      let to = from;
      while (label && (to === label.name || (to !== from && names.has(to)))) to = `${to}_original`;
      const known = types.get(to);
      types.set(to, known === undefined ? type : typeOfBoth(known, type));
      return { from, to };
    });
  });
  const columns = [...types].map(([name, type]) => ({ name, type }));
  return {
    columns: label ? [...columns, label] : columns,
    row(part, found, own = null) {
      const row: Row = Object.fromEntries(columns.map(({ name }) => [name, null]));
      for (const { from, to } of sources[part]!) row[to] = fitted(found[from], types.get(to)!);
      if (label) row[label.name] = own;
      return row;
    },
  };
}

function typeOfBoth(a: ColumnType, b: ColumnType): ColumnType {
  if (a === b) return a;
  return [a, b].every((type) => type === 'integer' || type === 'number') ? 'number' : 'string';
}

const fitted = (value: Cell | undefined, type: ColumnType): Cell =>
  value === undefined || value === null ? null : type === 'string' ? String(value) : value;
