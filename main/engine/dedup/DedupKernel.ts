import type { NormalisationRules } from '../text/normaliseArabic.ts';
import type { Bands } from './chooseBands.ts';
import { KERNEL_BASE64 } from './kernelBytes.ts';
import { normalisationPages, type NormalisationPages } from './normalisationPages.ts';

export interface KernelSettings {
  readonly textField: string;
  readonly orderField?: string;
  readonly shingles: { readonly of: 'words' | 'characters'; readonly size: number };
  readonly normalisation: NormalisationRules;
  /** Characters of each text are counted. */
  readonly countsCharacters: boolean;
  /** Absent: only identical documents are looked for. */
  readonly bands?: Bands;
  readonly seed: number;
  /** N-grams that a text may have; absent: any number. */
  readonly mostShingles?: number;
}

/** Why a line cannot be taken; `kernel/json.ts` numbers them from 2. */
export const LINE_PROBLEMS = [
  'not-json',
  'not-object',
  'no-text',
  'text-not-string',
  'half-surrogate',
  'not-utf8',
  'too-deep',
  'too-long',
  'bad-order',
] as const;
export type LineProblem = (typeof LINE_PROBLEMS)[number];

const READ_NEEDS_PAGE = 1;
const READ_NEEDS_COMPOSING = 2;
const READ_BAD_LINE = 16;
const FIRST_PROBLEM = 2;
const LINE_BLANK = 1;
const INPUT_SLACK = 64;

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  reserveTextName(bytes: number): number;
  reserveOrderName(bytes: number): number;
  reserveTable(): number;
  reservePool(bytes: number): number;
  configure(ofCharacters: number, size: number, normalising: number, counting: number, bands: number, rows: number, seed: bigint): void;
  limitShingles(count: number): void;
  reserveInput(bytes: number): number;
  startBlock(): void;
  startInput(offset: number): void;
  readDocuments(limit: number, length: number, isLast: number, place: bigint): number;
  shinglesOfLine(offset: number, length: number, again: number): number;
  reserveComposed(bytes: number): number;
  textStart(): number;
  textBytes(): number;
  pointWanted(): number;
  inputRead(): number;
  linesRead(): number;
  documentsRead(): number;
  documentsStart(): number;
  sortRows(which: number, bits: number): number;
  sortedBounds(): number;
  startPieces(): void;
  readPieces(offset: number, length: number, document: number, ofParagraphs: number, fewestWords: number, again: number): number;
  reserveRows(count: number): number;
  findPairs(count: number, least: number): number;
  pairsStart(): number;
  crowdedBuckets(): number;
  reserveSets(count: number): number;
  storeSet(count: number, at: number): number;
  holdSet(at: number, count: number): void;
  shared(at: number, count: number): number;
  checkLine(start: number, end: number): number;
  hashBytes(start: number, bytes: number, seed: bigint): bigint;
  sketchOf(hashes: number, count: number, target: number): void;
  normaliseText(): number;
  normalisedStart(): number;
  normalisedBytes(): number;
}

let compiled: WebAssembly.Module | undefined;

/** One instance of the WebAssembly kernel (`kernel/index.ts`), for one thread. */
export class DedupKernel {
  readonly call: Exports;
  readonly #pages: NormalisationPages;
  #table = 0;
  #bytes: Uint8Array;

  constructor(settings: KernelSettings) {
    compiled ??= new WebAssembly.Module(Buffer.from(KERNEL_BASE64, 'base64'));
    const instance = new WebAssembly.Instance(compiled, {
      env: {
        abort: () => {
          throw new RangeError('The kernel has no more memory.');
        },
      },
    });
    this.call = instance.exports as unknown as Exports;
    this.#bytes = new Uint8Array(this.call.memory.buffer);
    const { textField, orderField, shingles, normalisation, bands } = settings;
    this.#name(textField, (bytes) => this.call.reserveTextName(bytes));
    if (orderField !== undefined) this.#name(orderField, (bytes) => this.call.reserveOrderName(bytes));
    const normalising = Object.values(normalisation).some(Boolean);
    this.#pages = normalisationPages(normalisation);
    if (normalising) this.#table = this.call.reserveTable();
    this.call.configure(
      Number(shingles.of === 'characters'),
      shingles.size,
      Number(normalising),
      Number(settings.countsCharacters),
      bands?.bands ?? 0,
      bands?.rows ?? 0,
      BigInt(settings.seed),
    );
    if (settings.mostShingles !== undefined) this.call.limitShingles(settings.mostShingles);
  }

  /** The kernel's memory, of now: calls may move it. */
  get bytes(): Uint8Array {
    if (this.#bytes.buffer !== this.call.memory.buffer) this.#bytes = new Uint8Array(this.call.memory.buffer);
    return this.#bytes;
  }
  words(start: number, count: number): Uint32Array {
    return new Uint32Array(this.call.memory.buffer, start, count);
  }

  /** Where `bytes` of input go; there is room for a newline behind them. */
  reserveInput(bytes: number): number {
    return this.call.reserveInput(bytes + INPUT_SLACK);
  }

  /** As the kernel's `readDocuments`, with all that it asks for; the problem of the line at which it stopped, if any. */
  readDocuments(limit: number, length: number, isLast: boolean, place: number): LineProblem | undefined {
    for (;;) {
      const status = this.call.readDocuments(limit, length, Number(isLast), BigInt(place));
      if (status === 0) return undefined;
      if (status >= READ_BAD_LINE) return LINE_PROBLEMS[status - READ_BAD_LINE - FIRST_PROBLEM]!;
      this.#give(status);
    }
  }

  /** Shingles of a line of the input that was read before; they stay until the next text. Repeated ones count. */
  shinglesOfLine(offset: number, length: number): number {
    let count = this.call.shinglesOfLine(offset, length, 0);
    while (count < 0) {
      this.#give(-count);
      count = this.call.shinglesOfLine(offset, length, 1);
    }
    return count;
  }

  /** As the kernel's `readPieces`, with all that it asks for. */
  readPieces(offset: number, length: number, document: number, of: 'lines' | 'paragraphs', fewestWords: number): void {
    const ofParagraphs = Number(of === 'paragraphs');
    let status = this.call.readPieces(offset, length, document, ofParagraphs, fewestWords, 0);
    while (status !== 0) {
      this.#give(status);
      status = this.call.readPieces(offset, length, document, ofParagraphs, fewestWords, 1);
    }
  }

  /** What is wrong with one line, without its newline; its text where nothing is; undefined for a blank one. */
  readLine(line: Uint8Array): { text: string } | { problem: LineProblem } | undefined {
    const start = this.reserveInput(line.length);
    this.bytes.set(line, start);
    this.bytes[start + line.length] = 0x0a;
    const code = this.call.checkLine(start, start + line.length);
    if (code === LINE_BLANK) return undefined;
    if (code !== 0) return { problem: LINE_PROBLEMS[code - FIRST_PROBLEM]! };
    return { text: Buffer.from(this.#text()).toString('utf8') };
  }

  /** A text as it is compared. */
  normalise(text: string): string {
    this.readLine(Buffer.from(JSON.stringify({ [NORMALISED_FIELD]: text })));
    for (let status = this.call.normaliseText(); status !== 0; status = this.call.normaliseText()) this.#give(status);
    const start = this.call.normalisedStart();
    return Buffer.from(this.bytes.subarray(start, start + this.call.normalisedBytes())).toString('utf8');
  }

  #give(status: number): void {
    if (status === READ_NEEDS_PAGE) {
      const first = this.call.pointWanted() & ~0xff;
      const page = this.#pages.page(first);
      const pool = this.#pages.pool();
      const place = this.call.reservePool(pool.length);
      this.bytes.set(pool, place);
      this.words(this.#table, first + page.length).set(page, first);
    } else if (status === READ_NEEDS_COMPOSING) {
      const composed = Buffer.from(Buffer.from(this.#text()).toString('utf8').normalize('NFKC'));
      const start = this.call.reserveComposed(composed.length);
      this.bytes.set(composed, start);
    }
  }

  #text(): Uint8Array {
    const start = this.call.textStart();
    return this.bytes.subarray(start, start + this.call.textBytes());
  }

  #name(name: string, reserve: (bytes: number) => number): void {
    const bytes = Buffer.from(name);
    const start = reserve(bytes.length);
    this.bytes.set(bytes, start);
  }
}

const NORMALISED_FIELD = 'text';
