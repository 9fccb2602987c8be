import { hashText, type HashHalves } from './hashText.ts';

/**
 * A set of ids that keeps 64 bits of each, 32 bytes an id at most, so that tens of millions fit in memory.
 * Among n different ids the chance that two are taken for one is about n² / 2⁶⁵.
 */
export class IdSet {
  #slots = new Uint32Array(2 * 1024);
  #size = 0;
  readonly #hash: HashHalves = { high: 0, low: 0 };

  /** False when the id was there before. */
  add(id: string): boolean {
    if (this.#size * 4 > this.#slots.length) this.#grow();
    const { high, low } = hashText(id, 0, this.#hash);
    // Two zeros mean an empty slot.
    if (!put(this.#slots, high, high === 0 && low === 0 ? 1 : low)) return false;
    this.#size += 1;
    return true;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += 2) {
      if (old[at] !== 0 || old[at + 1] !== 0) put(this.#slots, old[at]!, old[at + 1]!);
    }
  }
}

function put(slots: Uint32Array, high: number, low: number): boolean {
  const mask = slots.length / 2 - 1;
  for (let slot = low & mask; ; slot = (slot + 1) & mask) {
    const at = 2 * slot;
    if (slots[at] === high && slots[at + 1] === low) return false;
    if (slots[at] === 0 && slots[at + 1] === 0) {
      slots[at] = high;
      slots[at + 1] = low;
      return true;
    }
  }
}
