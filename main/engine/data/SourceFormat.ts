import type { Cell, ColumnType } from '../../../nodes/kit/index.ts';

/** One document of a person's file, before its columns are renamed and typed. */
export interface SourceRecord {
  /** Its line or row in the file, from 1. */
  readonly number: number;
  /** A `Map`, because a person's field may be called `__proto__`. */
  readonly fields: ReadonlyMap<string, Cell>;
}

export interface SourceFormat {
  /** What a record's number counts. */
  readonly unit: 'line' | 'row';
  /** In order; may be called again. Problems are UserErrors that name file and line. */
  records(): AsyncIterable<SourceRecord>;
  /** How the values of a column are typed, given all that stand in it. */
  readonly typing: 'json' | 'words';
  /** Types that the file itself declares; such columns are not inferred. */
  declared?(): Promise<ReadonlyMap<string, ColumnType>>;
}
