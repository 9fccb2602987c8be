import fs from 'node:fs';

export interface SpooledDocument {
  readonly id: string;
  readonly text: string;
}

const CHUNK = 4 * 2 ** 20;
const NEWLINE = 0x0a;
const REMEMBERED = 64;

/**
 * Documents in files of JSON lines by their row, counted from 0 through all of the files. Keeps where each line starts, 8
 * bytes a document, and the documents that were read last.
 */
export class SpooledDocuments {
  readonly #paths: readonly string[];
  readonly #descriptors = new Map<number, number>();
  /** Where each file's first row is, and behind them the number of rows. */
  readonly #firstRows: readonly number[];
  /** By file: where each line starts, and where the last one ends. */
  readonly #starts: readonly Float64Array[];
  readonly #recent = new Map<number, SpooledDocument>();

  private constructor(paths: readonly string[], starts: readonly Float64Array[]) {
    this.#paths = paths;
    this.#starts = starts;
    let rows = 0;
    this.#firstRows = [0, ...starts.map(({ length }) => (rows += length - 1))];
  }

  /** Reads the files once through. `rows`: lines of each. */
  static async open(files: readonly { readonly path: string; readonly rows: number }[], signal: AbortSignal): Promise<SpooledDocuments> {
    const starts: Float64Array[] = [];
    for (const { path, rows } of files) starts.push(await lineStarts(path, rows, signal));
    return new SpooledDocuments(
      files.map(({ path }) => path),
      starts,
    );
  }

  /** Which file a row is in, from 0. */
  fileOf(row: number): number {
    return this.#firstRows.findLastIndex((first) => first <= row);
  }

  read(row: number): SpooledDocument {
    const known = this.#recent.get(row);
    if (known) return known;
    const file = this.fileOf(row);
    const line = row - this.#firstRows[file]!;
    const start = this.#starts[file]![line]!;
    const bytes = Buffer.allocUnsafe(this.#starts[file]![line + 1]! - start);
    for (let at = 0; at < bytes.length;) {
      const read = fs.readSync(this.#descriptor(file), bytes, at, bytes.length - at, start + at);
      if (read === 0) throw new Error(`the spool ends within row ${row}`);
      at += read;
    }
    const document = JSON.parse(bytes.toString('utf8')) as SpooledDocument;
    if (this.#recent.size >= REMEMBERED) this.#recent.delete(this.#recent.keys().next().value!);
    this.#recent.set(row, document);
    return document;
  }

  /** Ends the reading; another `read` would begin it again. */
  close(): void {
    for (const descriptor of this.#descriptors.values()) fs.closeSync(descriptor);
    this.#descriptors.clear();
  }

  #descriptor(file: number): number {
    const open = this.#descriptors.get(file) ?? fs.openSync(this.#paths[file]!, 'r');
    this.#descriptors.set(file, open);
    return open;
  }
}

async function lineStarts(path: string, rows: number, signal: AbortSignal): Promise<Float64Array> {
  const starts = new Float64Array(rows + 1);
  const chunk = Buffer.allocUnsafe(CHUNK);
  const file = await fs.promises.open(path);
  let line = 0;
  try {
    for (let place = 0; ;) {
      const { bytesRead } = await file.read(chunk, 0, CHUNK, place);
      if (bytesRead === 0) break;
      const bytes = chunk.subarray(0, bytesRead);
      for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) {
        line += 1;
        if (line <= rows) starts[line] = place + at + 1;
      }
      place += bytesRead;
      signal.throwIfAborted();
    }
  } finally {
    await file.close();
  }
  if (line !== rows) throw new Error(`${path} has ${line} lines, not the ${rows} of its table`);
  return starts;
}
