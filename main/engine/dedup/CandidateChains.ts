import fs from 'node:fs';

const PAIR_BYTES = 8;
const READ_AT_ONCE = 2 ** 20;
const FLUSH = 2 ** 13;

/**
 * Which documents are linked by a chain of candidate pairs, in whatever files: `rootOf` is the same for them. `roots`: u32
 * for each document.
 */
export class CandidateChains {
  readonly #files: readonly string[];
  readonly #roots: Uint32Array;
  /** Bytes of the texts of all documents in pairs. */
  readonly textBytes: number;

  constructor(files: readonly string[], roots: Uint32Array, textBytesOf: (rank: number) => number) {
    this.#files = files;
    this.#roots = roots;
    for (let at = 0; at < roots.length; at += 1) roots[at] = at;
    const seen = new Uint8Array(Math.ceil(roots.length / 8));
    let textBytes = 0;
    const count = (rank: number): void => {
      if (seen[rank >>> 3]! & (1 << (rank & 7))) return;
      seen[rank >>> 3]! |= 1 << (rank & 7);
      textBytes += textBytesOf(rank);
    };
    for (const found of this.#pairs()) {
      for (let at = 0; at < found.length; at += 2) {
        count(found[at]!);
        count(found[at + 1]!);
        join(roots, found[at]!, found[at + 1]!);
      }
    }
    this.textBytes = textBytes;
  }

  /** Writes the pairs into as many files as there are targets, each chain into one of them. */
  write(targets: readonly string[]): void {
    const writers = targets.map((target) => new PairWriter(target));
    try {
      for (const found of this.#pairs()) {
        for (let at = 0; at < found.length; at += 2) {
          const chain = Math.imul(rootOf(this.#roots, found[at]!), 0x9e3779b1) >>> 0;
          writers[chain % writers.length]!.add(found[at]!, found[at + 1]!);
        }
      }
    } finally {
      for (const writer of writers) writer.close();
    }
  }

  *#pairs(): Generator<Uint32Array> {
    for (const file of this.#files) yield* readPairs(file);
  }
}

/** Number of crowded buckets in a file of candidates. */
export function crowdedBucketsOf(file: string): number {
  const head = new Uint32Array(1);
  const descriptor = fs.openSync(file, 'r');
  try {
    fs.readSync(descriptor, head);
  } finally {
    fs.closeSync(descriptor);
  }
  return head[0]!;
}

function* readPairs(file: string): Generator<Uint32Array> {
  const descriptor = fs.openSync(file, 'r');
  try {
    const buffer = new Uint32Array((READ_AT_ONCE / 4) * 2);
    const bytes = new Uint8Array(buffer.buffer);
    for (let position = 4; ;) {
      const read = fs.readSync(descriptor, bytes, 0, bytes.length, position);
      if (read < PAIR_BYTES) return;
      const whole = read - (read % PAIR_BYTES);
      yield buffer.subarray(0, whole / 4);
      position += whole;
    }
  } finally {
    fs.closeSync(descriptor);
  }
}

/** With path halving; the lower root wins, which keeps the trees flat enough. Tarjan and van Leeuwen 1984. */
function rootOf(roots: Uint32Array, document: number): number {
  while (roots[document] !== document) {
    roots[document] = roots[roots[document]!]!;
    document = roots[document]!;
  }
  return document;
}

function join(roots: Uint32Array, a: number, b: number): void {
  const [x, y] = [rootOf(roots, a), rootOf(roots, b)];
  if (x < y) roots[y] = x;
  else roots[x] = y;
}

class PairWriter {
  readonly #descriptor: number;
  readonly #buffer = new Uint32Array(FLUSH);
  #used = 0;

  constructor(file: string) {
    this.#descriptor = fs.openSync(file, 'w');
  }
  add(a: number, b: number): void {
    this.#buffer[this.#used] = a;
    this.#buffer[this.#used + 1] = b;
    this.#used += 2;
    if (this.#used === this.#buffer.length) this.#flush();
  }
  close(): void {
    try {
      this.#flush();
    } finally {
      fs.closeSync(this.#descriptor);
    }
  }
  #flush(): void {
    const bytes = new Uint8Array(this.#buffer.buffer, 0, 4 * this.#used);
    for (let at = 0; at < bytes.length;) at += fs.writeSync(this.#descriptor, bytes, at, bytes.length - at);
    this.#used = 0;
  }
}
