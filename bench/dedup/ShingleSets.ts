import { wordsOf } from './NewsText.ts';

/**
 * The sets of word n-grams of many documents, interned: each different n-gram has a number, from 0, and a set is the
 * numbers of its n-grams, each once. A document of fewer words than `size` is one n-gram. 64 bits of an n-gram's hash
 * stand for it: among 30 million of them two are taken for one with a chance of 1 in 40,000.
 */
export class ShingleSets {
  readonly #size: number;
  readonly #wordIds = new Map<string, number>();
  /** Open addressing; a slot holds an n-gram's number plus 1, or 0, and the two halves of its hash. */
  #slots = new Uint32Array(2 ** 16);
  #high = new Uint32Array(2 ** 16);
  #low = new Uint32Array(2 ** 16);
  /** By n-gram. */
  #documents = new Uint32Array(2 ** 15);
  #lastDocument = new Int32Array(2 ** 15);
  #shingleCount = 0;
  #members = new Uint32Array(2 ** 16);
  #memberCount = 0;
  readonly #ends: number[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  /** Documents added so far. */
  get count(): number {
    return this.#ends.length;
  }

  get shingleCount(): number {
    return this.#shingleCount;
  }

  /** How many documents have each n-gram; by n-gram. */
  get documentFrequency(): Uint32Array {
    return this.#documents.subarray(0, this.#shingleCount);
  }

  /** In no particular order. */
  set(document: number): Uint32Array {
    return this.#members.subarray(document === 0 ? 0 : this.#ends[document - 1], this.#ends[document]);
  }

  add(text: string): void {
    const words = Uint32Array.from(wordsOf(text), (word) => this.#wordId(word));
    const width = Math.min(this.#size, words.length);
    for (let first = 0; width > 0 && first + width <= words.length; first += 1) {
      let high = width;
      let low = 0;
      for (let at = first; at < first + width; at += 1) {
        high = finish(Math.imul(high, 0x9e3779b1) + words[at]! + 1);
        low = finish(Math.imul(low ^ (words[at]! + 1), 0x85ebca77) + at - first);
      }
      this.#addMember(this.#intern(high, low));
    }
    this.#ends.push(this.#memberCount);
  }

  #wordId(word: string): number {
    const known = this.#wordIds.get(word);
    if (known !== undefined) return known;
    // Copied: as a slice of its document it would keep the document's whole text in memory.
    this.#wordIds.set(Buffer.from(word).toString(), this.#wordIds.size);
    return this.#wordIds.size - 1;
  }

  #addMember(shingle: number): void {
    const document = this.count;
    if (this.#lastDocument[shingle] === document + 1) return;
    this.#lastDocument[shingle] = document + 1;
    this.#documents[shingle]! += 1;
    if (this.#memberCount === this.#members.length) this.#members = grown(this.#members);
    this.#members[this.#memberCount++] = shingle;
  }

  #intern(high: number, low: number): number {
    const mask = this.#slots.length - 1;
    let slot = low & mask;
    while (this.#slots[slot] !== 0) {
      if (this.#high[slot] === high && this.#low[slot] === low) return this.#slots[slot]! - 1;
      slot = (slot + 1) & mask;
    }
    if (this.#shingleCount === this.#documents.length) {
      this.#documents = grown(this.#documents);
      this.#lastDocument = grown(this.#lastDocument);
    }
    this.#shingleCount += 1;
    this.#slots[slot] = this.#shingleCount;
    this.#high[slot] = high;
    this.#low[slot] = low;
    if (this.#shingleCount * 2 > this.#slots.length) this.#growTable();
    return this.#shingleCount - 1;
  }

  #growTable(): void {
    const { length } = this.#slots;
    const slots = new Uint32Array(2 * length);
    const high = new Uint32Array(2 * length);
    const low = new Uint32Array(2 * length);
    for (let from = 0; from < length; from += 1) {
      if (this.#slots[from] === 0) continue;
      let slot = this.#low[from]! & (2 * length - 1);
      while (slots[slot] !== 0) slot = (slot + 1) & (2 * length - 1);
      slots[slot] = this.#slots[from]!;
      high[slot] = this.#high[from]!;
      low[slot] = this.#low[from]!;
    }
    this.#slots = slots;
    this.#high = high;
    this.#low = low;
  }
}

function grown<T extends Uint32Array | Int32Array>(array: T): T {
  const larger = new (array.constructor as new (length: number) => T)(2 * array.length);
  larger.set(array);
  return larger;
}

/** The finaliser of MurmurHash3 (Appleby 2008, public domain), on 32 bits. */
function finish(value: number): number {
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
