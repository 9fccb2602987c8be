import fs from 'node:fs';
import { DOCUMENT_BYTES, headerWords, IDENTITY_BYTES, ROW_BYTES } from './blockFile.ts';
import type { DedupKernel, LineProblem } from './DedupKernel.ts';
import { orderValue } from './orderValue.ts';
import { writeFile } from './writeFile.ts';

export interface Block {
  readonly index: number;
  readonly file: string;
  /** Lines that begin in [start, end) belong to it. */
  readonly start: number;
  readonly end: number;
}
export interface ReadBlock {
  readonly documents: number;
  readonly lines: number;
  /** The first line that cannot be taken, counted from 0 in the block. */
  readonly problem?: { readonly line: number; readonly is: LineProblem };
}
export interface ReadBlockOptions {
  /** Of the partitions: 2^bits. */
  readonly bits: number;
  readonly longestLine: number;
  readonly hasOrder: boolean;
}

const CHUNK = 2 ** 20;
const NEWLINE = 0x0a;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** Reads a block's lines through the kernel and writes what is known of its documents to `target`. */
export function readBlock(kernel: DedupKernel, block: Block, target: string, options: ReadBlockOptions): ReadBlock {
  const { call } = kernel;
  const source = fs.openSync(block.file, 'r');
  try {
    call.startBlock();
    const order: number[] = [];
    const input = new SlidingInput(kernel, source, block, options.longestLine);
    let problem: LineProblem | undefined;
    while (!problem && input.fill()) {
      const documentsBefore = call.documentsRead();
      problem = kernel.readDocuments(Math.min(input.length, block.end - input.place), input.length, input.isLast, input.place);
      // Documents that were read stand before the line at which reading stopped.
      if (options.hasOrder) problem = readOrder(kernel, documentsBefore, order) ?? problem;
      if (call.inputRead() >= block.end - input.place) break;
      if (!problem && input.consume(call.inputRead()) > options.longestLine) problem = 'too-long';
    }
    const lines = call.linesRead();
    if (problem) {
      const line = problem === 'bad-order' ? lineOf(kernel, order.length, source, block) : lines;
      return { documents: call.documentsRead(), lines, problem: { line, is: problem } };
    }
    writeBlock(kernel, target, options, order);
    return { documents: call.documentsRead(), lines };
  } finally {
    fs.closeSync(source);
  }
}

/** A window of a file in the kernel's memory that begins with a line. */
class SlidingInput {
  /** Where in the file the window begins, and how long it is. */
  place: number;
  length = 0;
  isLast = false;
  readonly #kernel: DedupKernel;
  readonly #source: number;
  readonly #end: number;
  readonly #longestLine: number;
  #skipsLine: boolean;
  #wanted = CHUNK;

  constructor(kernel: DedupKernel, source: number, { start, end }: Block, longestLine: number) {
    this.#kernel = kernel;
    this.#source = source;
    this.#end = end;
    this.#longestLine = longestLine;
    // The line that begins before the block ends in the newline at `start` − 1 or after it.
    this.place = Math.max(0, start - 1);
    this.#skipsLine = start > 0;
  }

  /** Reads on; false: no line is left that begins in the block. */
  fill(): boolean {
    for (;;) {
      if (this.isLast || this.place >= this.#end) return false;
      const start = this.#kernel.reserveInput(this.length + this.#wanted);
      const { bytes } = this.#kernel;
      const read = fs.readSync(this.#source, bytes, start + this.length, this.#wanted, this.place + this.length);
      this.isLast = read < this.#wanted && this.#isEnd(this.place + this.length + read);
      this.length += read;
      this.#kernel.bytes[start + this.length] = NEWLINE;
      let offset = 0;
      if (this.#skipsLine) {
        const newline = this.#kernel.bytes.subarray(start, start + this.length).indexOf(NEWLINE);
        if (newline < 0) {
          this.place += this.length;
          this.length = 0;
          continue;
        }
        this.#skipsLine = false;
        offset = newline + 1;
      } else if (this.place === 0 && BYTE_ORDER_MARK.every((byte, at) => this.#kernel.bytes[start + at] === byte)) {
        offset = BYTE_ORDER_MARK.length;
      }
      this.#kernel.call.startInput(offset);
      return true;
    }
  }

  /** Drops what was read; returns the bytes that are left, the beginning of a line. */
  consume(bytes: number): number {
    const start = this.#kernel.reserveInput(this.length);
    this.#kernel.bytes.copyWithin(start, start + bytes, start + this.length);
    this.place += bytes;
    this.length -= bytes;
    // A line that fills the window takes ever larger ones, so that it is not searched for its end over and over; with a byte
    // more than the longest line may have, and no end in sight, it is too long.
    this.#wanted = bytes === 0 ? Math.min(Math.max(CHUNK, this.length), this.#longestLine + 1 - this.length) : CHUNK;
    return this.length;
  }

  /** A short read is not yet the end of a file. */
  #isEnd(position: number): boolean {
    return fs.readSync(this.#source, new Uint8Array(1), 0, 1, position) === 0;
  }
}

/** Values of the order member of the documents from `first` on; one that is missing is null. */
function readOrder(kernel: DedupKernel, first: number, order: number[]): LineProblem | undefined {
  const { call } = kernel;
  const count = call.documentsRead();
  const records = kernel.words(call.documentsStart(), (count * DOCUMENT_BYTES) / 4);
  const input = call.reserveInput(0);
  for (let document = first; document < count; document += 1) {
    const start = records[document * 8 + 6]!;
    const length = records[document * 8 + 7]!;
    const value: unknown =
      length === 0 ? null : JSON.parse(Buffer.from(kernel.bytes.subarray(input + start, input + start + length)).toString('utf8'));
    const number = orderValue(value);
    if (Number.isNaN(number)) return 'bad-order';
    order.push(number);
  }
  return undefined;
}

/** The line of a block that a document stands in, blank ones counted: records say only where it begins. */
function lineOf(kernel: DedupKernel, document: number, source: number, block: Block): number {
  const [low, high] = kernel.words(kernel.call.documentsStart() + document * DOCUMENT_BYTES, 2);
  const place = low! + high! * 2 ** 32;
  const chunk = Buffer.alloc(CHUNK);
  // The newline before the block's first line is not one of its own.
  let line = block.start > 0 ? -1 : 0;
  for (let at = Math.max(0, block.start - 1); at < place;) {
    const read = fs.readSync(source, chunk, 0, Math.min(CHUNK, place - at), at);
    if (read === 0) break;
    for (let found = chunk.indexOf(NEWLINE); found >= 0 && found < read; found = chunk.indexOf(NEWLINE, found + 1)) line += 1;
    at += read;
  }
  return line;
}

function writeBlock(kernel: DedupKernel, target: string, { bits, hasOrder }: ReadBlockOptions, order: number[]): void {
  const { call } = kernel;
  const documents = call.documentsRead();
  const partitions = 2 ** bits;
  const sorted = (which: number): { bounds: Uint32Array; start: number } => {
    const start = call.sortRows(which, bits);
    return { bounds: kernel.words(call.sortedBounds(), partitions + 1).slice(), start };
  };
  const sortedIdentities = sorted(0);
  const sortedRows = sorted(1);
  const identities = sortedIdentities.bounds[partitions]!;
  const rows = sortedRows.bounds[partitions]!;
  const section = (start: number, bytes: number): Uint8Array => kernel.bytes.subarray(start, start + bytes);
  writeFile(target, [
    headerWords({ documents, lines: call.linesRead(), identities, rows, bits, hasOrder }),
    sortedIdentities.bounds,
    sortedRows.bounds,
    section(call.documentsStart(), documents * DOCUMENT_BYTES),
    ...(hasOrder ? [Float64Array.from(order)] : []),
    section(sortedIdentities.start, identities * IDENTITY_BYTES),
    section(sortedRows.start, rows * ROW_BYTES),
  ]);
}
