import fs from 'node:fs';

/** Bytes of one record in each section; all numbers are little endian. */
export const DOCUMENT_BYTES = 32;
export const IDENTITY_BYTES = 40;
export const ROW_BYTES = 28;

const HEADER_WORDS = 7;
const MAGIC = 0x324b4c42;

export interface BlockHeader {
  readonly documents: number;
  /** Lines of the file, blank ones too. */
  readonly lines: number;
  readonly identities: number;
  readonly rows: number;
  /** Identities and rows stand by the top bits of their first word, in 2^bits partitions. */
  readonly bits: number;
  readonly hasOrder: boolean;
}

export const headerWords = (header: BlockHeader): Uint32Array =>
  Uint32Array.of(MAGIC, header.documents, header.lines, header.identities, header.rows, header.bits, Number(header.hasOrder));

/** A finished block, read piece by piece. */
export class BlockReader {
  readonly header: BlockHeader;
  readonly #descriptor: number;
  readonly #documentsAt: number;
  readonly #orderAt: number;
  readonly #identitiesAt: number;
  readonly #rowsAt: number;

  constructor(file: string) {
    this.#descriptor = fs.openSync(file, 'r');
    const words = new Uint32Array(HEADER_WORDS);
    this.#read(words, 0);
    const [magic, documents, lines, identities, rows, bits, hasOrder] = words as unknown as number[];
    if (magic !== MAGIC) {
      this.close();
      throw new RangeError(`${file} is not a block file`);
    }
    this.header = {
      documents: documents!,
      lines: lines!,
      identities: identities!,
      rows: rows!,
      bits: bits!,
      hasOrder: hasOrder === 1,
    };
    const boundsBytes = 4 * (2 ** bits! + 1);
    this.#documentsAt = 4 * HEADER_WORDS + 2 * boundsBytes;
    this.#orderAt = this.#documentsAt + documents! * DOCUMENT_BYTES;
    this.#identitiesAt = this.#orderAt + (hasOrder ? documents! * 8 : 0);
    this.#rowsAt = this.#identitiesAt + identities! * IDENTITY_BYTES;
  }

  close(): void {
    fs.closeSync(this.#descriptor);
  }

  /** Eight u32 a document; see `kernel/documents.ts`. */
  documents(): Uint32Array {
    const words = new Uint32Array((this.header.documents * DOCUMENT_BYTES) / 4);
    this.#read(words, this.#documentsAt);
    return words;
  }
  order(): Float64Array {
    const values = new Float64Array(this.header.documents);
    this.#read(values, this.#orderAt);
    return values;
  }
  /** The identities of a partition, as they stand in the file. */
  identities(partition: number): Uint32Array<ArrayBuffer> {
    const bounds = new Uint32Array(2);
    this.#read(bounds, 4 * (HEADER_WORDS + partition));
    const words = new Uint32Array(((bounds[1]! - bounds[0]!) * IDENTITY_BYTES) / 4);
    this.#read(words, this.#identitiesAt + bounds[0]! * IDENTITY_BYTES);
    return words;
  }
  /** Where each partition of the rows begins, and where the last one ends, in rows. */
  rowBounds(): Uint32Array {
    const bounds = new Uint32Array(2 ** this.header.bits + 1);
    this.#read(bounds, 4 * HEADER_WORDS + bounds.byteLength);
    return bounds;
  }
  readRows(first: number, target: Uint8Array): void {
    this.#read(target, this.#rowsAt + first * ROW_BYTES);
  }

  #read(target: Uint8Array | Uint32Array | Float64Array, position: number): void {
    const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
    for (let at = 0; at < bytes.length;) {
      const read = fs.readSync(this.#descriptor, bytes, at, Math.min(bytes.length - at, 2 ** 30), position + at);
      if (read === 0) throw new RangeError('a block file is shorter than its header says');
      at += read;
    }
  }
}

export function withBlock<T>(file: string, use: (reader: BlockReader) => T): T {
  const reader = new BlockReader(file);
  try {
    return use(reader);
  } finally {
    reader.close();
  }
}
