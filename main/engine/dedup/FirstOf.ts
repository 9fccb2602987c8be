/** A set of 128-bit hashes in records of `stride` u32, each hash four of them from `offset` on: which record had it first. */
export class FirstOf {
  readonly #records: Uint32Array;
  readonly #stride: number;
  readonly #offset: number;
  readonly #mask: number;
  /** One more than the record; 0: free. */
  readonly #slots: Uint32Array;

  constructor(records: Uint32Array, stride: number, offset: number) {
    this.#records = records;
    this.#stride = stride;
    this.#offset = offset;
    const slots = 2 ** Math.ceil(Math.log2(Math.max(16, (2 * records.length) / stride)));
    this.#mask = slots - 1;
    this.#slots = new Uint32Array(slots);
  }

  /** The first record that was added with the hash of this one; itself if none was. */
  addOrFind(record: number): number {
    const words = this.#records;
    const place = record * this.#stride + this.#offset;
    for (let slot = words[place]! & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const found = this.#slots[slot]! - 1;
      if (found < 0) {
        this.#slots[slot] = record + 1;
        return record;
      }
      const other = found * this.#stride + this.#offset;
      if (
        words[place] === words[other] &&
        words[place + 1] === words[other + 1] &&
        words[place + 2] === words[other + 2] &&
        words[place + 3] === words[other + 3]
      ) {
        return found;
      }
    }
  }
}
