import { describe, expect, test } from 'vitest';
import { Random } from '../../../bench/dedup/Random.ts';
import { candidateProbability, chooseBands, SLOTS } from '../../../main/engine/dedup/chooseBands.ts';
import { DedupKernel } from '../../../main/engine/dedup/DedupKernel.ts';
import { ALL_NORMALISATIONS } from '../../../main/engine/text/normaliseArabic.ts';

const kernel = new DedupKernel({
  textField: 'text',
  shingles: { of: 'words', size: 2 },
  normalisation: ALL_NORMALISATIONS,
  countsCharacters: false,
  seed: 3,
});

/** The similarity that two stored sketches show: slots agree by chance, too, one in 256. */
function estimate(a: Uint8Array, b: Uint8Array): number {
  let agreeing = 0;
  for (let slot = 0; slot < SLOTS; slot += 1) agreeing += Number(a[slot] === b[slot]);
  return (agreeing / SLOTS - 1 / 256) / (1 - 1 / 256);
}

/** Mean, standard deviation and root mean square of the estimates' errors. */
class Errors {
  #count = 0;
  #sum = 0;
  #squares = 0;
  add(error: number): void {
    this.#count += 1;
    this.#sum += error;
    this.#squares += error * error;
  }
  get bias(): number {
    return this.#sum / this.#count;
  }
  get rmse(): number {
    return Math.sqrt(this.#squares / this.#count);
  }
  get standardErrorOfBias(): number {
    return Math.sqrt((this.#squares / this.#count - this.bias ** 2) / this.#count);
  }
}

/** Errors of the sketches of two sets of `size` random hashes that have `shared` in common. */
function errorsOf(size: number, shared: number, trials: number, seed: number): Errors {
  const random = new Random(seed, size * 1e6 + shared);
  const union = 2 * size - shared;
  const hashes = kernel.call.reserveSets(union);
  const target = kernel.call.reserveRows(SLOTS);
  const errors = new Errors();
  const similarity = shared / union;
  for (let trial = 0; trial < trials; trial += 1) {
    const halves = kernel.words(hashes, 2 * union);
    for (let at = 0; at < halves.length; at += 1) halves[at] = random.bits();
    kernel.call.sketchOf(hashes, size, target);
    kernel.call.sketchOf(hashes + 8 * (size - shared), size, target + SLOTS);
    errors.add(
      estimate(kernel.bytes.subarray(target, target + SLOTS), kernel.bytes.subarray(target + SLOTS, target + 2 * SLOTS)) - similarity,
    );
  }
  return errors;
}

// Agreement by chance adds at most 2 % to the error (at 0.1); what is left of the 5 % are at least three standard errors of
// the measured one, 1/√(2·trials). Of 63 biases without a cause one is beyond three standard errors with one seed in six.
describe.each([
  [10, 10_000],
  [30, 10_000],
  [60, 10_000],
  [100, 10_000],
  [300, 10_000],
  [1000, 5_000],
  [5000, 5_000],
])('a sketch of %i hashes', (size, trials) => {
  test.each([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])(
    'shows a similarity of %f without bias, and no worse than 128 independent slots',
    (aim) => {
      const shared = Math.round((2 * size * aim) / (1 + aim));
      const similarity = shared / (2 * size - shared);
      const { rmse, bias, standardErrorOfBias } = errorsOf(size, shared, trials, 1);
      expect(rmse).toBeLessThanOrEqual(1.05 * Math.sqrt((similarity * (1 - similarity)) / SLOTS));
      expect(Math.abs(bias)).toBeLessThanOrEqual(3 * standardErrorOfBias);
    },
  );
});

describe('a sketch', () => {
  const sketchOf = (hashes: readonly bigint[]): Uint8Array => {
    const start = kernel.call.reserveSets(hashes.length);
    new BigUint64Array(kernel.bytes.buffer, start, hashes.length).set(hashes);
    const target = kernel.call.reserveRows(SLOTS);
    kernel.call.sketchOf(start, hashes.length, target);
    return kernel.bytes.slice(target, target + SLOTS);
  };
  const random = new Random(23);
  const hashes = Array.from({ length: 200 }, () => (BigInt(random.bits()) << 32n) | BigInt(random.bits()));

  test('does not depend on the order of the hashes, nor on repeated ones', () => {
    for (const count of [1, 2, 7, 60, 200]) {
      const some = hashes.slice(0, count);
      expect(sketchOf(some.toReversed())).toEqual(sketchOf(some));
      expect(sketchOf([...some, ...some, some[0]!])).toEqual(sketchOf(some));
    }
  });
  test('of a single hash fills every slot, and agrees with that of another by chance only', () => {
    let agreeing = 0;
    for (let at = 1; at < 200; at += 1) agreeing += estimate(sketchOf([hashes[0]!]), sketchOf([hashes[at]!])) / 199;
    expect(Math.abs(agreeing)).toBeLessThan(0.002);
  });

  test('of the n-grams of texts shows their similarity as one of random hashes does', () => {
    const errors = new Errors();
    const target = kernel.call.reserveRows(SLOTS);
    for (let trial = 0; trial < 4000; trial += 1) {
      // 40 pairs of words each, of which the texts share 20.
      const texts = [0, 20].map((from) => Array.from({ length: 41 }, (_, at) => `كلمة${trial}و${from + at}`).join(' '));
      for (const [which, text] of texts.entries()) {
        const line = Buffer.from(JSON.stringify({ text }));
        kernel.bytes.set(line, kernel.reserveInput(line.length));
        const count = kernel.call.storeSet(kernel.shinglesOfLine(0, line.length), 0);
        expect(count).toBe(40);
        kernel.call.sketchOf(kernel.call.reserveSets(count), count, target + which * SLOTS);
      }
      errors.add(
        estimate(kernel.bytes.subarray(target, target + SLOTS), kernel.bytes.subarray(target + SLOTS, target + 2 * SLOTS)) - 1 / 3,
      );
    }
    expect(errors.rmse).toBeLessThanOrEqual(1.05 * Math.sqrt(2 / 9 / SLOTS));
    expect(Math.abs(errors.bias)).toBeLessThanOrEqual(3 * errors.standardErrorOfBias);
  });
});

describe('bands', () => {
  test.each([0.3, 0.5, 0.7, 0.8, 0.9, 0.99, 1])(
    'find a pair of similarity %f, the threshold, with a probability of 0.995 or more',
    (threshold) => {
      const { bands, rows } = chooseBands(threshold);
      expect(bands * rows).toBeLessThanOrEqual(SLOTS);
      expect(candidateProbability(threshold, { bands, rows })).toBeGreaterThanOrEqual(0.995);
      expect(candidateProbability(threshold / 4, { bands, rows })).toBeLessThan(candidateProbability(threshold, { bands, rows }));
    },
  );
});
