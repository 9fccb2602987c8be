import fs from 'node:fs';
import type { DedupKernel } from './DedupKernel.ts';
import { FirstOf } from './FirstOf.ts';
import { isKept, type FinishedBlock, type SharedDocuments } from './SharedDocuments.ts';
import { SourceChanged } from './SourceChanged.ts';
import { writeFile } from './writeFile.ts';

const WORDS = 6;
const DOCUMENT = 4;
const PIECE = 5;
const WINDOW = 2 ** 20;

export interface PieceOptions {
  readonly of: 'lines' | 'paragraphs';
  readonly documents: number;
  readonly words: number;
}

/** Writes the hashes of the pieces of a block's documents that stay, by partition: bounds u32, then rows as in `kernel/pieces.ts`. */
export function readBlockPieces(
  kernel: DedupKernel,
  documents: SharedDocuments,
  { block, firstDocument, documents: count }: FinishedBlock,
  target: string,
  options: { pieces: PieceOptions; bits: number },
): void {
  const { call } = kernel;
  const { pieces, bits } = options;
  const source = fs.openSync(block.file, 'r');
  try {
    call.startPieces();
    let windowStart = 0;
    let windowEnd = 0;
    for (let number = Math.max(firstDocument, documents.againstCount); number < firstDocument + count; number += 1) {
      if (!isKept(documents, number)) continue;
      const place = documents.place[number]!;
      const length = documents.lineBytes[number]!;
      if (place < windowStart || place + length > windowEnd) {
        const wanted = Math.max(WINDOW, length);
        const start = kernel.reserveInput(wanted);
        const read = fs.readSync(source, kernel.bytes, start, wanted, place);
        if (read < length) throw new SourceChanged(block.file);
        windowStart = place;
        windowEnd = place + read;
        kernel.bytes[start + read] = 0x0a;
      }
      kernel.readPieces(place - windowStart, length, number, pieces.of, pieces.words);
    }
    const start = call.sortRows(2, bits);
    const bounds = kernel.words(call.sortedBounds(), 2 ** bits + 1).slice();
    writeFile(target, [bounds, kernel.words(start, WORDS * bounds[2 ** bits]!)]);
  } finally {
    fs.closeSync(source);
  }
}

/** A piece that stands in many documents: where it stands first, and in how many. */
export interface CommonPiece {
  readonly document: number;
  readonly piece: number;
  readonly documents: number;
}
const MOST_COMMON = 20;

/**
 * Finds the pieces of one partition that stand in enough documents, and writes all of their places but the first: the number
 * of common pieces that follow u32, those (document, piece, documents), then the places (document, piece) in ascending order.
 */
export function groupPieces(files: readonly string[], partition: number, bits: number, target: string, { documents }: PieceOptions): void {
  const rows = readRows(files, partition, bits);
  const count = rows.length / WORDS;
  const first = new Uint32Array(count);
  const documentsWith = new Uint32Array(count);
  const lastDocument = new Uint32Array(count);
  const known = new FirstOf(rows, WORDS, 0);
  for (let row = 0; row < count; row += 1) {
    const original = known.addOrFind(row);
    const document = rows[row * WORDS + DOCUMENT]!;
    first[row] = original;
    if (original === row || lastDocument[original] !== document) documentsWith[original]! += 1;
    lastDocument[original] = document;
  }
  const repeated: number[] = [];
  for (let row = 0; row < count; row += 1) {
    if (first[row] !== row && documentsWith[first[row]!]! >= documents) {
      repeated.push(rows[row * WORDS + DOCUMENT]!, rows[row * WORDS + PIECE]!);
    }
  }
  const common = Array.from(first.keys())
    .filter((row) => first[row] === row && documentsWith[row]! >= documents)
    .sort((a, b) => documentsWith[b]! - documentsWith[a]! || a - b)
    .slice(0, MOST_COMMON)
    .flatMap((row) => [rows[row * WORDS + DOCUMENT]!, rows[row * WORDS + PIECE]!, documentsWith[row]!]);
  writeFile(target, [Uint32Array.of(common.length / 3, ...common), Uint32Array.from(repeated)]);
}

function readRows(files: readonly string[], partition: number, bits: number): Uint32Array {
  const boundsBytes = 4 * (2 ** bits + 1);
  const pieces = files.map((file) => {
    const descriptor = fs.openSync(file, 'r');
    try {
      const bounds = new Uint32Array(2);
      fs.readSync(descriptor, bounds, 0, 8, 4 * partition);
      const rows = new Uint32Array((bounds[1]! - bounds[0]!) * WORDS);
      fs.readSync(descriptor, rows, 0, rows.byteLength, boundsBytes + 4 * WORDS * bounds[0]!);
      return rows;
    } finally {
      fs.closeSync(descriptor);
    }
  });
  const all = new Uint32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const rows of pieces) {
    all.set(rows, at);
    at += rows.length;
  }
  return all;
}

/** The most common pieces of all partitions. */
export function mostCommonPieces(files: readonly string[]): CommonPiece[] {
  return files
    .flatMap((file) => {
      const words = readWords(file, 0, 1 + 3 * MOST_COMMON);
      return Array.from({ length: words[0]! }, (_, at): CommonPiece => {
        const [document, piece, documents] = words.subarray(1 + 3 * at, 4 + 3 * at);
        return { document: document!, piece: piece!, documents: documents! };
      });
    })
    .sort((a, b) => b.documents - a.documents || a.document - b.document || a.piece - b.piece)
    .slice(0, MOST_COMMON);
}

const READ_AT_ONCE = 4096;

/** The places of all partitions, ascending by document, then piece; a few of each file in memory. */
export function* repeatedPieces(files: readonly string[]): Generator<{ document: number; piece: number }> {
  const streams = files.map((file) => {
    let next = 1 + 3 * readWords(file, 0, 1)[0]!;
    let words = new Uint32Array(0);
    let at = 0;
    return {
      /** The place at hand, as one number that sorts as places do; undefined: no more. */
      peek(): bigint | undefined {
        if (at === words.length) {
          words = readWords(file, next, 2 * READ_AT_ONCE);
          next += words.length;
          at = 0;
        }
        return at < words.length ? (BigInt(words[at]!) << 32n) | BigInt(words[at + 1]!) : undefined;
      },
      advance: () => void (at += 2),
    };
  });
  const heap = new StreamHeap(streams);
  for (let top = heap.next(); top !== undefined; top = heap.next()) {
    yield { document: Number(top >> 32n), piece: Number(top & 0xffffffffn) };
  }
}

interface Stream {
  peek(): bigint | undefined;
  advance(): void;
}

/** A binary heap of ascending streams, the least place on top. */
class StreamHeap {
  readonly #heap: { place: bigint; stream: Stream }[] = [];

  constructor(streams: readonly Stream[]) {
    for (const stream of streams) {
      const place = stream.peek();
      if (place === undefined) continue;
      this.#heap.push({ place, stream });
    }
    this.#heap.sort((a, b) => (a.place < b.place ? -1 : 1));
  }

  next(): bigint | undefined {
    const top = this.#heap[0];
    if (!top) return undefined;
    const { place, stream } = top;
    stream.advance();
    const following = stream.peek();
    if (following !== undefined) top.place = following;
    else {
      const last = this.#heap.pop()!;
      if (last !== top) this.#heap[0] = last;
    }
    this.#sink();
    return place;
  }

  #sink(): void {
    const heap = this.#heap;
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      if (left < heap.length && heap[left]!.place < heap[least]!.place) least = left;
      if (right < heap.length && heap[right]!.place < heap[least]!.place) least = right;
      if (least === at) return;
      [heap[at], heap[least]] = [heap[least]!, heap[at]!];
      at = least;
    }
  }
}

function readWords(file: string, from: number, count: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(count);
  const descriptor = fs.openSync(file, 'r');
  try {
    const read = fs.readSync(descriptor, words, 0, words.byteLength, 4 * from);
    return words.subarray(0, read / 4);
  } finally {
    fs.closeSync(descriptor);
  }
}
