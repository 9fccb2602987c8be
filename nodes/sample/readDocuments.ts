import type { Cell, TableArtifact } from '../kit/index.ts';

export interface Document {
  /** In the corpus, from 0. */
  readonly position: number;
  readonly id: string;
  readonly text: string;
  /** Of the column that the sample is spread over; empty without one. */
  readonly stratum: string;
}

/** @param by name of a column, or empty */
export async function* readDocuments(corpus: TableArtifact, by: string): AsyncGenerator<Document> {
  let position = 0;
  for await (const row of corpus.rows([...new Set(['id', 'text', ...(by === '' ? [] : [by])])])) {
    yield { position, id: String(row.id), text: String(row.text ?? ''), stratum: by === '' ? '' : nameOf(row[by]) };
    position += 1;
  }
}

const nameOf = (value: Cell | undefined): string => String(value ?? '(none)');
