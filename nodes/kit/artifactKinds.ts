/** What can flow along an edge. Colours and words for people are the canvas's business. */
export const ARTIFACT_KINDS = ['corpus', 'pairs', 'model', 'scores', 'report'] as const;
export type ArtifactKind = (typeof ARTIFACT_KINDS)[number];

/** Kinds kept as one Parquet table; a `model` is a folder, a `report` one JSON document. */
export const TABLE_KINDS = ['corpus', 'pairs', 'scores'] as const satisfies readonly ArtifactKind[];
export type TableKind = (typeof TABLE_KINDS)[number];

export const COLUMN_TYPES = ['string', 'number', 'integer', 'boolean'] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

export type Cell = string | number | boolean | null;
/** One document, pair or score; its keys are the table's column names. */
export type Row = Record<string, Cell>;

/** Columns that every table of a kind has; nodes may add their own after them. */
export const REQUIRED_COLUMNS: Record<TableKind, readonly Column[]> = {
  corpus: [
    { name: 'id', type: 'string' },
    { name: 'text', type: 'string' },
  ],
  pairs: [
    { name: 'id', type: 'string' },
    { name: 'before', type: 'string' },
    { name: 'after', type: 'string' },
  ],
  scores: [],
};
