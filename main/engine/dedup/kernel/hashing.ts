// XXH64 as its specification has it (Yann Collet, xxHash fast digest algorithm, section "XXH64 algorithm description"),
// and the finishers of the n-gram hashes.

const PRIME_1: u64 = 0x9e3779b185ebca87;
const PRIME_2: u64 = 0xc2b2ae3d27d4eb4f;
const PRIME_3: u64 = 0x165667b19e3779f9;
const PRIME_4: u64 = 0x85ebca77c2b2ae63;
const PRIME_5: u64 = 0x27d4eb2f165667c5;

@inline
function round(lane: u64, input: u64): u64 {
  return rotl(lane + input * PRIME_2, 31) * PRIME_1;
}

@inline
function mergeRound(hash: u64, lane: u64): u64 {
  return (hash ^ round(0, lane)) * PRIME_1 + PRIME_4;
}

export function xxh64(start: usize, length: usize, seed: u64): u64 {
  let at = start;
  const end = start + length;
  let hash: u64;
  if (length >= 32) {
    let a = seed + PRIME_1 + PRIME_2;
    let b = seed + PRIME_2;
    let c = seed;
    let d = seed - PRIME_1;
    const last = end - 32;
    do {
      a = round(a, load<u64>(at));
      b = round(b, load<u64>(at, 8));
      c = round(c, load<u64>(at, 16));
      d = round(d, load<u64>(at, 24));
      at += 32;
    } while (at <= last);
    hash = rotl(a, 1) + rotl(b, 7) + rotl(c, 12) + rotl(d, 18);
    hash = mergeRound(mergeRound(mergeRound(mergeRound(hash, a), b), c), d);
  } else {
    hash = seed + PRIME_5;
  }
  hash += <u64>length;
  while (at + 8 <= end) {
    hash = rotl(hash ^ round(0, load<u64>(at)), 27) * PRIME_1 + PRIME_4;
    at += 8;
  }
  if (at + 4 <= end) {
    hash = rotl(hash ^ (<u64>load<u32>(at) * PRIME_1), 23) * PRIME_2 + PRIME_3;
    at += 4;
  }
  while (at < end) {
    hash = rotl(hash ^ (<u64>load<u8>(at) * PRIME_5), 11) * PRIME_1;
    at += 1;
  }
  hash = (hash ^ (hash >> 33)) * PRIME_2;
  hash = (hash ^ (hash >> 29)) * PRIME_3;
  return hash ^ (hash >> 32);
}

/** Spreads every input bit over the whole word; one to one. Pelle Evensen, "rrmxmx" multiplier. */
@inline
export function mix(hash: u64): u64 {
  hash ^= hash >> 32;
  hash *= 0xd6e8feb86659fd93;
  hash ^= hash >> 32;
  hash *= 0xd6e8feb86659fd93;
  return hash ^ (hash >> 32);
}

/** A cheaper `mix`, for input that is mixed already. */
@inline
export function remix(hash: u64): u64 {
  hash ^= hash >> 32;
  hash *= 0xd6e8feb86659fd93;
  return hash ^ (hash >> 29);
}

/** Sixteen bytes of ones, then of zeros: the 16 bytes that begin 16 − n before the middle keep the first n of a vector. */
const masks = memory.data<u64>([~0, ~0, 0, 0], 16);

/** A word of `length` bytes; without a branch on the lengths that words have. Reads 16 bytes at `start`, whatever the length. */
@inline
export function wordHash(start: usize, length: u32): u64 {
  if (length > 16) return longWordHash(start, length);
  const bytes = v128.and(v128.load(start), v128.load(masks + 16 - length));
  let hash = (i64x2.extract_lane(bytes, 0) ^ ((<u64>length) * PRIME_1)) * PRIME_2;
  hash ^= hash >> 32;
  hash = (hash ^ i64x2.extract_lane(bytes, 1)) * PRIME_1;
  return hash ^ (hash >> 29);
}

function longWordHash(start: usize, length: u32): u64 {
  let hash = (<u64>length) * PRIME_1;
  const last = start + length - 8;
  for (let at = start; at < last; at += 8) {
    hash = (hash ^ load<u64>(at)) * PRIME_2;
    hash ^= hash >> 32;
  }
  hash = (hash ^ load<u64>(last)) * PRIME_1;
  return hash ^ (hash >> 29);
}
