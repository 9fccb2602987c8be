import fs from 'node:fs';
import path from 'node:path';
import { UserError } from '../../../nodes/kit/UserError.ts';
import type { DedupCorpus } from './DedupOptions.ts';
import type { Block } from './readBlock.ts';

export interface SourceFile {
  /** Which corpus it belongs to, those of `against` first. */
  readonly corpus: number;
  readonly file: string;
  readonly bytes: number;
  readonly modified: number;
}
export interface BlockPlan {
  readonly files: readonly SourceFile[];
  readonly blocks: readonly (Block & { readonly corpus: number })[];
  readonly bytes: number;
  /** Partitions of keys and identities: 2^bits. */
  readonly bits: number;
  /** As `bits`, for lines or paragraphs, of which there may be many in a document. */
  readonly pieceBits: number;
}

/** Bytes that a worker keeps of each document of a block, with the rows of `bands` bands once more for sorting. */
const bytesHeld = (bands: number): number => 32 + 2 * 40 + 2 * 28 * bands;
/** Of a block, by one thread; the memory that sorting takes grows by halves beyond it. Each partition reads a piece of every block, so that few are better. */
const MOST_HELD = 48 * 2 ** 20;
const SMALLEST_BLOCK = 2 ** 20;
const LARGEST_BLOCK = 32 * 2 ** 20;
/** So that no thread waits long for another's last block. */
const BLOCKS_PER_THREAD = 16;
/** So that a partition's table of keys stays near the processor. */
const ROWS_PER_PARTITION = 2 ** 19;
const MOST_BITS = 10;
const LEAST_PIECE_BITS = 4;
/** Bytes of files whose pieces one partition holds. */
const PIECE_BYTES_PER_PARTITION = 16 * 2 ** 20;

export interface Sources {
  readonly files: readonly SourceFile[];
  readonly bytes: number;
  /** From samples of the files. */
  readonly estimatedDocuments: number;
}

/** The files of the corpora, in the order in which their documents are numbered. */
export function findSources(corpora: readonly DedupCorpus[]): Sources {
  const files = corpora.flatMap(({ files: names }, corpus) =>
    [...names].sort(naturally).map((file) => ({ corpus, file, ...measure(file) })),
  );
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { files, bytes, estimatedDocuments: Math.max(1, Math.ceil(bytes / averageLine(files))) };
}

/** Sizes depend on the files, the bands, the threads and the memory; the result does not depend on the sizes. */
export function planBlocks(
  { files, bytes, estimatedDocuments }: Sources,
  { bands, threads, memory, blockBytes }: { bands: number; threads: number; memory: number; blockBytes?: number },
): BlockPlan {
  const perByte = estimatedDocuments / Math.max(1, bytes);
  const affordable = Math.min(MOST_HELD, memory / threads / 2) / (perByte * bytesHeld(bands));
  const size = blockBytes ?? Math.round(clamp(Math.min(affordable, bytes / (BLOCKS_PER_THREAD * threads)), SMALLEST_BLOCK, LARGEST_BLOCK));
  const bits = clamp(Math.ceil(Math.log2((estimatedDocuments * Math.max(1, bands)) / ROWS_PER_PARTITION)), 0, MOST_BITS);
  const pieceBits = clamp(Math.ceil(Math.log2(bytes / PIECE_BYTES_PER_PARTITION)), LEAST_PIECE_BITS, MOST_BITS);
  const blocks = files.flatMap(({ corpus, file, bytes: length }) =>
    Array.from({ length: Math.ceil(length / size) }, (_, at) => ({
      corpus,
      file,
      start: at * size,
      end: Math.min(length, (at + 1) * size),
    })),
  );
  return { files, blocks: blocks.map((block, index) => ({ ...block, index })), bytes, bits, pieceBits };
}

/** `part-2` before `part-10`; the same on every machine. */
const collator = new Intl.Collator('en', { numeric: true });
const naturally = (a: string, b: string): number => collator.compare(path.basename(a), path.basename(b)) || (a < b ? -1 : Number(a > b));

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

function measure(file: string): { bytes: number; modified: number } {
  const found = fs.statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) throw new UserError(`${file}: there is no such file: choose another.`);
  return { bytes: found.size, modified: found.mtimeMs };
}

/** The first file that is no more as it was planned. */
export function changedFile(files: readonly SourceFile[]): string | undefined {
  return files.find(({ file, bytes, modified }) => {
    const found = fs.statSync(file, { throwIfNoEntry: false });
    return found?.size !== bytes || found.mtimeMs !== modified;
  })?.file;
}

const SAMPLE_BYTES = 2 ** 16;
const SAMPLES = 64;

/** Bytes a line, from samples spread evenly over the files. */
function averageLine(files: readonly SourceFile[]): number {
  const buffer = Buffer.alloc(SAMPLE_BYTES);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let lines = 0;
  let read = 0;
  let before = 0;
  let sample = 0;
  for (const { file, bytes } of files) {
    const descriptor = fs.openSync(file, 'r');
    try {
      for (; sample < SAMPLES && (sample * total) / SAMPLES < before + bytes; sample += 1) {
        const count = fs.readSync(descriptor, buffer, 0, SAMPLE_BYTES, Math.floor((sample * total) / SAMPLES - before));
        read += count;
        const found = buffer.subarray(0, count);
        for (let at = found.indexOf(0x0a); at >= 0; at = found.indexOf(0x0a, at + 1)) lines += 1;
      }
    } finally {
      fs.closeSync(descriptor);
    }
    before += bytes;
  }
  return Math.max(1, read / Math.max(1, lines));
}
