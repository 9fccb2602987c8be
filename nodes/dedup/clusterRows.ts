import { setImmediate } from 'node:timers/promises';
import type { Duplicate } from '../../main/engine/dedup/DedupOptions.ts';
import type { Column, Row } from '../kit/index.ts';
import type { ClusterStatistics } from './ClusterStatistics.ts';
import type { SpooledDocuments } from './SpooledDocuments.ts';

const BATCH = 256;

export interface ClusterSources {
  readonly documents: SpooledDocuments;
  readonly against: SpooledDocuments;
  /** Several inputs: each row says which one its documents are from. */
  readonly several: boolean;
  /** A document's id in `kept`. */
  idOf(position: number): string;
}

export const clusterColumns = (several: boolean): Column[] => [
  { name: 'id', type: 'string' },
  { name: 'duplicateOf', type: 'string' },
  { name: 'similarity', type: 'number' },
  { name: 'rule', type: 'string' },
  { name: 'against', type: 'boolean' },
  ...(several
    ? ([
        { name: 'corpus', type: 'integer' },
        { name: 'keptCorpus', type: 'integer' },
      ] as const)
    : []),
  { name: 'text', type: 'string' },
  { name: 'keptText', type: 'string' },
];

/** A row for each duplicate, both texts side by side; `keptText` is null where it is the same text. */
export async function* clusterRows(
  duplicates: Iterable<Duplicate>,
  { documents, against, several, idOf }: ClusterSources,
  statistics: ClusterStatistics,
  onProgress: (rows: number) => void,
): AsyncGenerator<Row> {
  let count = 0;
  for (const duplicate of duplicates) {
    const { position, duplicateOf, isAgainst, similarity, rule } = duplicate;
    const { text } = documents.read(position);
    const keptIn = isAgainst ? against : documents;
    const kept = keptIn.read(duplicateOf);
    statistics.add(duplicate, Buffer.byteLength(text));
    yield {
      id: idOf(position),
      duplicateOf: isAgainst ? kept.id : idOf(duplicateOf),
      similarity,
      rule,
      against: isAgainst,
      ...(several && { corpus: documents.fileOf(position) + 1, keptCorpus: keptIn.fileOf(duplicateOf) + 1 }),
      text,
      keptText: kept.text === text ? null : kept.text,
    };
    // The texts are at hand: without a pause neither a cancel nor anything else of the engine would have its turn.
    if ((count += 1) % BATCH > 0) continue;
    onProgress(count);
    await setImmediate();
  }
}
