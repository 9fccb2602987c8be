// Fast Similarity Sketching: Søren Dahlgaard, Mathias Knudsen and Mikkel Thorup, FOCS 2017, section 2. As MinHash, each of
// the sketch's slots holds the same value in two sets with the probability that is their Jaccard similarity; unlike MinHash
// it hashes each element a few times and not once a slot, and unlike one-permutation hashing it is not biased on small sets.
import { mix, remix } from './hashing';
import { Region } from './Region';

export const SLOTS: u32 = 128;
const SLOT_BITS: u64 = 7;
const EMPTY: u32 = 0xffffffff;
/** A slot's value: the round that filled it, above 22 bits of the element's hash in that round. */
const VALUE_BITS: u32 = 22;
const ROUND_STEP: u64 = 0x9e3779b185ebca87;
/** If so many hashes leave a slot empty in the first round, most of them repeat others. */
const MANY: u32 = 1024;
/** Slots of the table that finds repeated hashes; it is never more than half full. */
const KNOWN_SLOTS: usize = 8192;

/** Where a sketch in the making stands: SLOTS u32. */
const values = memory.data(512, 16);
const known = new Region();

/**
 * The sketch of the set of `count` > 0 hashes. In round r < SLOTS each element falls into one slot; from then on slot
 * r − SLOTS takes them all. The rounds end when no slot is empty, after about ln(SLOTS) · SLOTS / count of them. Hashes that
 * repeat change nothing, but may be taken out of the list.
 */
export function sketch(hashes: usize, count: u32): void {
  for (let slot: usize = 0; slot < SLOTS; slot += 4) v128.store(values + (slot << 2), i32x4.splat(-1));
  let end = hashes + ((<usize>count) << 3);
  for (let at = hashes; at < end; at += 8) place(load<u64>(at), 0);
  if (count > MANY && hasEmpty()) end = withoutRepeats(hashes, end);
  for (let round: u32 = 1; hasEmpty(); round += 1) {
    const step = (<u64>round) * ROUND_STEP;
    const base = round << VALUE_BITS;
    if (round < SLOTS) {
      for (let at = hashes; at < end; at += 8) place(remix(load<u64>(at) + step), base);
      continue;
    }
    const slot = values + ((<usize>(round - SLOTS)) << 2);
    if (load<u32>(slot) !== EMPTY) continue;
    let least = EMPTY;
    for (let at = hashes; at < end; at += 8) {
      least = min(least, base | ((<u32>remix(load<u64>(at) + step)) >> (32 - VALUE_BITS)));
    }
    store<u32>(slot, least);
  }
}

/** Takes hashes that came before out of [start, end), except where too many are different; returns the new end. */
function withoutRepeats(start: usize, end: usize): usize {
  const table = known.reserve(KNOWN_SLOTS << 3);
  memory.fill(table, 0, KNOWN_SLOTS << 3);
  let room = KNOWN_SLOTS >> 1;
  let out = start;
  for (let at = start; at < end; at += 8) {
    const hash = load<u64>(at);
    let place = table + ((<usize>hash & (KNOWN_SLOTS - 1)) << 3);
    while (load<u64>(place) && load<u64>(place) !== hash) {
      place += 8;
      if (place === table + (KNOWN_SLOTS << 3)) place = table;
    }
    // A hash of zero finds an empty slot every time, and stays.
    if (hash && load<u64>(place) === hash) continue;
    if (room) {
      store<u64>(place, hash);
      room -= usize(hash !== 0);
    }
    store<u64>(out, hash);
    out += 8;
  }
  return out;
}

@inline
function place(hash: u64, base: u32): void {
  const slot = values + ((<usize>(hash >> (64 - SLOT_BITS))) << 2);
  const value = base | ((<u32>hash) >> (32 - VALUE_BITS));
  const present = load<u32>(slot);
  store<u32>(slot, select<u32>(value, present, value < present));
}

function hasEmpty(): bool {
  const empty = i32x4.splat(-1);
  let found = i32x4.splat(0);
  for (let slot: usize = 0; slot < SLOTS; slot += 4) found = v128.or(found, v128.eq<i32>(v128.load(values + (slot << 2)), empty));
  return v128.any_true(found);
}

/** The sketch with a byte a slot, SLOTS bytes: unequal values agree by chance in one of 256. */
export function storeSketch(target: usize): void {
  for (let slot: usize = 0; slot < SLOTS; slot += 1) {
    store<u8>(target + slot, <u8>((load<u32>(values + (slot << 2)) * 0x9e3779b1) >> 24));
  }
}

/** The key of one band of `rows` slots. Bands that are equal in two sketches have equal keys; the band is part of the key. */
export function bandKey(band: u32, rows: u32): u64 {
  let at = values + ((<usize>(band * rows)) << 2);
  let hash: u64 = band + 1;
  for (let row: u32 = 0; row < rows; row += 1) {
    hash = (hash ^ load<u32>(at)) * 0xd6e8feb86659fd93;
    hash ^= hash >> 32;
    at += 4;
  }
  return mix(hash);
}

export const SIGNATURE_BYTES: usize = 16;

/**
 * The sketch with a bit a slot: Li and König, "b-Bit Minwise Hashing", WWW 2010, with b = 1. Unequal values agree by chance in
 * one of two.
 */
export function storeSignature(target: usize): void {
  let half: u64 = 0;
  for (let slot: usize = 0; slot < SLOTS; slot += 4) {
    const mixed = v128.mul<i32>(v128.load(values + (slot << 2)), i32x4.splat(<i32>0x9e3779b1));
    half |= (<u64>(<u32>i32x4.bitmask(mixed))) << (slot & 63);
    if ((slot & 63) === 60) {
      store<u64>(target + ((slot >> 6) << 3), half);
      half = 0;
    }
  }
}
