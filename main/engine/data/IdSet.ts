/**
 * A set of ids that keeps 64 bits of each, 16 bytes at most half full, so that tens of millions fit in memory.
 * Among n different ids the chance that two are taken for one is about n² / 2⁶⁵.
 */
export class IdSet {
  #slots = new Uint32Array(2 * 1024);
  #size = 0;

  /** False when the id was there before. */
  add(id: string): boolean {
    if (this.#size * 4 > this.#slots.length) this.#grow();
    const [high, low] = hash(id);
    if (!put(this.#slots, high, low)) return false;
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

/** Two multiplicative hashes over UTF-16 units, each finished as in MurmurHash3 (Appleby 2008); never both zero. */
function hash(id: string): [number, number] {
  let a = 0x9e3779b9 ^ id.length;
  let b = 0x85ebca6b;
  for (let at = 0; at < id.length; at += 1) {
    const unit = id.charCodeAt(at);
    a = Math.imul(a ^ unit, 0xcc9e2d51);
    a = (a << 13) | (a >>> 19);
    b = Math.imul(b ^ unit, 0x1b873593);
    b = (b << 15) | (b >>> 17);
  }
  const high = finish(a ^ b);
  const low = finish(b + Math.imul(high, 5));
  return high === 0 && low === 0 ? [0, 1] : [high, low];
}

function finish(value: number): number {
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
