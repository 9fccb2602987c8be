import fs from 'node:fs';
import path from 'node:path';

const PAIR_BYTES = 8;
const READ_AT_ONCE = 2 ** 20;
const FLUSH = 2 ** 15;

/**
 * Sorts the candidate pairs into `groups` files so that documents linked by a chain of pairs, in whatever partition, come
 * into the same file: each can then be decided alone. `roots`: u32 for each document.
 */
export function groupCandidates(files: readonly string[], folder: string, groups: number, roots: Uint32Array): { pairs: number } {
  for (let at = 0; at < roots.length; at += 1) roots[at] = at;
  let pairs = 0;
  for (const file of files) {
    for (const found of readPairs(file)) {
      pairs += found.length / 2;
      for (let at = 0; at < found.length; at += 2) join(roots, found[at]!, found[at + 1]!);
    }
  }
  const writers = Array.from({ length: groups }, (_, group) => new PairWriter(path.join(folder, String(group))));
  try {
    for (const file of files) {
      for (const found of readPairs(file)) {
        for (let at = 0; at < found.length; at += 2) {
          const group = Math.imul(rootOf(roots, found[at]!), 0x9e3779b1) >>> 0;
          writers[group % groups]!.add(found[at]!, found[at + 1]!);
        }
      }
    }
  } finally {
    for (const writer of writers) writer.close();
  }
  return { pairs };
}

/** Number of crowded buckets in a file of candidates. */
export function crowdedBucketsOf(file: string): number {
  const head = new Uint32Array(1);
  const descriptor = fs.openSync(file, 'r');
  fs.readSync(descriptor, head);
  fs.closeSync(descriptor);
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
