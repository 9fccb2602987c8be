import { finishHash, hashNumber } from './hashText.ts';
import type { Bands } from './chooseBands.ts';

/** Buckets of documents whose signatures are the same throughout a band. */
export class BandIndex {
  readonly #bands: Bands;
  readonly #buckets = new Map<number, number[]>();

  constructor(bands: Bands) {
    this.#bands = bands;
  }

  add(document: number, signature: Uint32Array): void {
    for (const key of this.#keys(signature)) {
      const bucket = this.#buckets.get(key);
      if (bucket) bucket.push(document);
      else this.#buckets.set(key, [document]);
    }
  }

  /** Documents that share a bucket with the signature, each once. */
  candidates(signature: Uint32Array): Set<number> {
    const found = new Set<number>();
    for (const key of this.#keys(signature)) for (const document of this.#buckets.get(key) ?? []) found.add(document);
    return found;
  }

  *#keys(signature: Uint32Array): Generator<number> {
    const { bands, rows } = this.#bands;
    for (let band = 0; band < bands; band += 1) {
      let high = finishHash(band + 1);
      let low = finishHash(~band);
      for (let at = band * rows; at < (band + 1) * rows; at += 1) {
        high = finishHash(Math.imul(high, 31) ^ signature[at]!);
        low = finishHash(Math.imul(low, 37) + signature[at]!);
      }
      yield hashNumber({ high, low });
    }
  }
}
