import type { Cell, ColumnType } from '../../../nodes/kit/index.ts';

/** What values a column has shown so far. */
export type SeenTypes = Set<ColumnType>;

/** Null says nothing about a column. */
export function seenType(value: Cell, typing: 'json' | 'words'): ColumnType | undefined {
  if (value === null) return undefined;
  if (typing === 'words') return typeof value === 'string' ? wordType(value) : undefined;
  if (typeof value !== 'number') return typeof value as 'string' | 'boolean';
  if (!Number.isFinite(value)) return 'string';
  return Number.isSafeInteger(value) ? 'integer' : 'number';
}

/** A word is a number only if writing that number gives the word back: `007` and `1.50` stay text. */
function wordType(word: string): ColumnType | undefined {
  if (word === '') return undefined;
  if (word === 'true' || word === 'false') return 'boolean';
  const value = Number(word);
  if (String(value) !== word || !Number.isFinite(value)) return 'string';
  return Number.isSafeInteger(value) ? 'integer' : Number.isInteger(value) ? 'string' : 'number';
}

/** Integers and other numbers together are numbers; any other mixture is text, and so is a column without values. */
export function inferColumnType(seen: SeenTypes): ColumnType {
  if (seen.size === 1) return [...seen][0]!;
  return seen.size === 2 && seen.has('integer') && seen.has('number') ? 'number' : 'string';
}

export function toColumnType(value: Cell, type: ColumnType, typing: 'json' | 'words'): Cell {
  if (value === null || type === 'string') return value === null ? null : String(value);
  if (typing === 'json') return value;
  if (value === '') return null;
  return type === 'boolean' ? value === 'true' : Number(value);
}
