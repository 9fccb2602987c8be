import { finishHash } from './hashText.ts';

/**
 * Signatures whose share of equal places estimates the Jaccard similarity of two shingle sets.
 *
 * Place i holds the least of h_i(x) = (a_i·x + b_i) mod 2³² over the set, x being 32 well-mixed bits of a shingle's hash and a_i odd,
 * so that each h_i is a permutation of the 32-bit numbers. Two sets agree in a place with a probability of about their
 * similarity s; the estimate's standard error is √(s(1 − s) / length), 0.04 at most for 128 places.
 * Broder 1997; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, section 3.3.
 */
export class MinHash {
  readonly length: number;
  readonly #multipliers: Uint32Array;
  readonly #offsets: Uint32Array;

  constructor(seed: number, length = 128) {
    this.length = length;
    this.#multipliers = Uint32Array.from({ length }, (_, at) => finishHash(seed + 2 * at * 0x9e3779b9) | 1);
    this.#offsets = Uint32Array.from({ length }, (_, at) => finishHash(seed + (2 * at + 1) * 0x9e3779b9));
  }

  signature(shingles: Float64Array): Uint32Array {
    const signature = new Uint32Array(this.length).fill(0xffffffff);
    const multipliers = this.#multipliers;
    const offsets = this.#offsets;
    for (const shingle of shingles) {
      const x = (shingle % 2 ** 32) | 0;
      for (let at = 0; at < signature.length; at += 1) {
        const value = (Math.imul(multipliers[at]!, x) + offsets[at]!) >>> 0;
        if (value < signature[at]!) signature[at] = value;
      }
    }
    return signature;
  }
}
