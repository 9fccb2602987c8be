import { closeSync, openSync, writeSync } from 'node:fs';
import type { NewsText } from './NewsText.ts';
import { Random } from './Random.ts';

const SHARE_OF_COPIES = 0.2;
const LEAST_BYTES = 360;
/** Of a text in JSON, in UTF-8. */
const MOST_BYTES = 560;
/** Words in a row as they stand somewhere in the news. */
const LEAST_RUN = 4;
const MOST_RUN = 16;
const BLOCK_BYTES = 2 ** 23;

/**
 * Any number of documents of at most 600 bytes, each a few passages of the news, a fifth of them near copies of any
 * earlier one. A document follows from the seed and its row alone, so that none has to be remembered.
 */
export class ShortDocuments {
  /** Each word as JSON has it in a string, with a space behind it. */
  readonly #bytes: Buffer;
  /** By word, and the end of the last. */
  readonly #starts: Uint32Array;
  readonly #seed: number;
  readonly #random = new Random(0);
  readonly #sourceRandom = new Random(0);
  /** Places in the news of the present document's words. */
  readonly #words = new Uint32Array(MOST_BYTES);
  #count = 0;

  constructor(news: NewsText, seed: number) {
    this.#seed = seed;
    const words = news.words.map((word) => Buffer.from(`${JSON.stringify(word).slice(1, -1)} `));
    this.#bytes = Buffer.concat(words);
    this.#starts = new Uint32Array(words.length + 1);
    for (const [at, word] of words.entries()) this.#starts[at + 1] = this.#starts[at]! + word.length;
  }

  /** Writes rows 0 to `count` as JSON lines of `id` and `text`, in constant memory; returns the bytes written. */
  write(file: string, count: number): number {
    const descriptor = openSync(file, 'w');
    try {
      const block = Buffer.alloc(BLOCK_BYTES);
      let written = 0;
      let end = 0;
      for (let row = 0; row < count; row += 1) {
        end = this.#encode(row, block, end);
        if (end < block.length - 2 * MOST_BYTES && row < count - 1) continue;
        for (let from = 0; from < end;) from += writeSync(descriptor, block, from, end - from);
        written += end;
        end = 0;
      }
      return written;
    } finally {
      closeSync(descriptor);
    }
  }

  #encode(row: number, block: Buffer, end: number): number {
    this.#compose(row);
    end += block.write(`{"id":${row},"text":"`, end, 'latin1');
    for (let at = 0; at < this.#count;) {
      const first = this.#words[at]!;
      let next = first;
      while (at < this.#count && this.#words[at] === next) {
        at += 1;
        next += 1;
      }
      end += this.#bytes.copy(block, end, this.#starts[first], this.#starts[next]);
    }
    return end - 1 + block.write('"}\n', end - 1, 'latin1');
  }

  #compose(row: number): void {
    const random = this.#random;
    if (!this.#isCopy(row, random)) {
      this.#composeOriginal(random);
      return;
    }
    let source: number;
    do source = random.below(row);
    while (this.#isCopy(source, this.#sourceRandom));
    this.#composeOriginal(this.#sourceRandom);
    const kind = random.uniform();
    if (kind < 0.2) return;
    if (kind < 0.4) this.#count -= 1 + random.below(3);
    else {
      const changes = 1 + random.below(3);
      for (let change = 0; change < changes; change += 1) this.#words[random.below(this.#count)] = this.#anyWord(random);
    }
    this.#cut(MOST_BYTES);
  }

  /** Row 0 is none, so that every copy has a source. Leaves `random` where the rest of the document starts. */
  #isCopy(row: number, random: Random): boolean {
    random.restart(this.#seed, row);
    return random.chance(SHARE_OF_COPIES) && row > 0;
  }

  #composeOriginal(random: Random): void {
    const most = LEAST_BYTES + random.below(MOST_BYTES - LEAST_BYTES);
    this.#count = 0;
    for (let bytes = 0; bytes < most;) {
      const first = this.#anyWord(random);
      const end = Math.min(first + LEAST_RUN + random.below(MOST_RUN - LEAST_RUN + 1), this.#starts.length - 1);
      for (let word = first; word < end; word += 1) this.#words[this.#count++] = word;
      bytes += this.#starts[end]! - this.#starts[first]!;
    }
    this.#cut(most);
  }

  #cut(most: number): void {
    let bytes = 0;
    let count = 0;
    while (count < this.#count && bytes + this.#length(count) <= most) bytes += this.#length(count++);
    this.#count = count;
  }

  #length(at: number): number {
    const word = this.#words[at]!;
    return this.#starts[word + 1]! - this.#starts[word]!;
  }

  #anyWord(random: Random): number {
    return random.below(this.#starts.length - 1);
  }
}
