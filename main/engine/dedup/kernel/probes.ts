// Single steps, for tests and benchmarks.
import { holdLine, prepareComparison } from './documents';
import { xxh64 } from './hashing';
import { normalised, normalisedLength } from './normalise';
import { sketch, storeSketch } from './sketch';

/** One of the LINE codes for the line [start, end), which must have a newline behind it. */
export function checkLine(start: usize, end: usize): i32 {
  return holdLine(start, end, false);
}

export function hashBytes(start: usize, length: usize, seed: u64): u64 {
  return xxh64(start, length, seed);
}

/** The stored sketch of `count` hashes at `hashes`, written to `target`. */
export function sketchOf(hashes: usize, count: u32, target: usize): void {
  sketch(hashes, count);
  storeSketch(target);
}

/** Normalises the text of the line last read: 0, or what it needs first, as `readDocuments` has it. */
export function normaliseText(): i32 {
  return prepareComparison();
}
export function normalisedStart(): usize {
  return normalised.start;
}
export function normalisedBytes(): usize {
  return normalisedLength;
}
