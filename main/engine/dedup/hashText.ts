/** Two 32-bit halves of a hash. */
export interface HashHalves {
  high: number;
  low: number;
}

/**
 * Hashes UTF-16 units from `start` to `end` into `into`: two multiplicative hashes, each finished as in MurmurHash3
 * (Appleby 2008, public domain). Not for secrets. The same on every machine.
 */
export function hashText(text: string, seed: number, into: HashHalves, start = 0, end = text.length): HashHalves {
  let a = 0x9e3779b9 ^ seed;
  let b = 0x85ebca6b ^ (end - start);
  for (let at = start; at < end; at += 1) {
    const unit = text.charCodeAt(at);
    a = Math.imul(a ^ unit, 0xcc9e2d51);
    a = (a << 13) | (a >>> 19);
    b = Math.imul(b ^ unit, 0x1b873593);
    b = (b << 15) | (b >>> 17);
  }
  into.high = finishHash(a ^ b);
  into.low = finishHash(b + Math.imul(into.high, 5));
  return into;
}

/** The finaliser of MurmurHash3: every bit of the 32 that come out depends on every one that went in. */
export function finishHash(value: number): number {
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

/** 53 bits of a hash as one number, which a double holds exactly. */
export const hashNumber = ({ high, low }: HashHalves): number => (high & 0x1fffff) * 2 ** 32 + low;

const scratch: HashHalves = { high: 0, low: 0 };

/** A 53-bit hash of a whole text: equal ones among n texts by chance with about n² / 2⁵⁴. */
export const textHash = (text: string, seed = 0): number => hashNumber(hashText(text, seed, scratch));
