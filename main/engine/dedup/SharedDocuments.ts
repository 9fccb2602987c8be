import { withBlock } from './blockFile.ts';
import type { Block } from './readBlock.ts';

/** A finished block: its file, and the number of the first of its documents. */
export interface FinishedBlock {
  readonly block: Block;
  readonly finished: string;
  readonly firstDocument: number;
  readonly documents: number;
  readonly lines: number;
}

/**
 * What is kept of every document in memory, shared by all threads. Documents are numbered through all blocks, those of
 * `against` first; ranks are their order of preference, from 0, and the same as the numbers unless `rankOf` is there.
 */
export interface SharedDocuments {
  readonly blocks: readonly FinishedBlock[];
  readonly count: number;
  /** Documents that always stay: the first ones, in number and in rank. */
  readonly againstCount: number;
  /** By number: where the document's line begins in its file, and its bytes. */
  readonly place: Float64Array;
  readonly lineBytes: Uint32Array;
  readonly textBytes: Uint32Array;
  /** By number: the preferred one of the documents that are identical, also after normalisation; itself where there is none. */
  readonly sameAs: Uint32Array;
  /** By number: one of SAME_RULES. */
  readonly sameRule: Uint8Array;
  readonly rankOf: Uint32Array | undefined;
  readonly numberOf: Uint32Array | undefined;
  /** By rank: one more than the rank of the document that it went for; 0: it stays. */
  readonly wentFor: Uint32Array;
  /** By rank: the similarity to it. */
  readonly similarity: Float64Array;
}

/** Bytes of memory for each document, without and with an order of preference of its own. */
export const BYTES_PER_DOCUMENT = 8 + 4 + 4 + 4 + 1 + 4 + 8;
export const BYTES_PER_RANK = 8;

/** `wordlessCopy`: wordless, and the same text as another. */
export const SAME_RULES = { none: 0, exact: 1, normalised: 2, empty: 3, wordless: 4, wordlessCopy: 5 } as const;

export const sharedUint32 = (count: number): Uint32Array => new Uint32Array(new SharedArrayBuffer(4 * count));
export const sharedFloat64 = (count: number): Float64Array => new Float64Array(new SharedArrayBuffer(8 * count));

/** Reads the documents' records of all blocks. `order` gets the values of the order member, by number. */
export function shareDocuments(
  blocks: readonly FinishedBlock[],
  againstCount: number,
  order: { characters?: Uint32Array; values?: Float64Array },
): SharedDocuments {
  const count = blocks.reduce((sum, { documents }) => sum + documents, 0);
  const place = sharedFloat64(count);
  const lineBytes = sharedUint32(count);
  const textBytes = sharedUint32(count);
  const sameAs = sharedUint32(count);
  const sameRule = new Uint8Array(new SharedArrayBuffer(count));
  for (const { finished, firstDocument, documents } of blocks) {
    const { records, values } = withBlock(finished, (reader) => ({
      records: reader.documents(),
      values: order.values && reader.order(),
    }));
    for (let at = 0; at < documents; at += 1) {
      const number = firstDocument + at;
      const record = 8 * at;
      place[number] = records[record]! + records[record + 1]! * 2 ** 32;
      lineBytes[number] = records[record + 2]!;
      textBytes[number] = records[record + 3]!;
      if (order.characters) order.characters[number] = records[record + 4]!;
      const flags = records[record + 5]!;
      sameAs[number] = number;
      sameRule[number] = flags === 1 ? SAME_RULES.empty : flags === 2 ? SAME_RULES.wordless : SAME_RULES.none;
    }
    if (values) order.values!.set(values, firstDocument);
  }
  return {
    blocks,
    count,
    againstCount,
    place,
    lineBytes,
    textBytes,
    sameAs,
    sameRule,
    rankOf: undefined,
    numberOf: undefined,
    wentFor: sharedUint32(count),
    similarity: sharedFloat64(count),
  };
}

/** Whether a document, by number, is none that goes. */
export function isKept({ sameRule, wentFor, rankOf }: SharedDocuments, number: number): boolean {
  const rule = sameRule[number];
  if (rule === SAME_RULES.exact || rule === SAME_RULES.normalised || rule === SAME_RULES.wordlessCopy) return false;
  return wentFor[rankOf ? rankOf[number]! : number] === 0;
}

/** The block that a document is in. */
export function blockOf({ blocks }: SharedDocuments, number: number): FinishedBlock {
  let low = 0;
  let high = blocks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (blocks[middle]!.firstDocument <= number) low = middle;
    else high = middle - 1;
  }
  return blocks[low]!;
}
