// A text as the multiset of its n-grams, each a 64-bit hash: Broder, "On the resemblance and containment of documents",
// 1997, section 2. The hash of an n-gram is a polynomial in the hashes of its words (or characters), so that it rolls.
import { mix, wordHash } from './hashing';
import { Region } from './Region';
import { countCharacters } from './utf8';

/** Odd, so that no power of it loses bits. */
const POLYNOMIAL_BASE: u64 = 0x165667b19e3779f9;

/** Instead of a number of shingles: there are more than `limitShingles` allows. */
export const TOO_MANY: u32 = 0xffffffff;
let most: u32 = TOO_MANY - 1;

/** The most shingles that a text may have, so that they and the sets made of them fit the memory. */
export function limitShingles(count: u32): void {
  most = count;
}

/** Hashes of the words or characters of the text last split, u64. */
export const tokens = new Region();
export const shingles = new Region();

/** Returns how many shingles there are, or TOO_MANY; those that repeat are not taken out. `start` must have 16 bytes of slack behind it. */
export function wordShingles(start: usize, length: usize, size: u32, seed: u64): u32 {
  return rollingHashes(splitWords(start, length), size, seed);
}

export function characterShingles(start: usize, length: usize, size: u32, seed: u64): u32 {
  return rollingHashes(splitCharacters(start, length), size, seed);
}

/** Bytes from which on a text's words are counted first, so that they take no more memory than they need. */
const LONG_TEXT: usize = 65536;

/** At least as many as there are words: their ends, and what may be one. */
function mostWords(start: usize, length: usize): u32 {
  let count: u32 = 1;
  let before: u32 = 0;
  for (let at = start; at < start + length; at += 16) {
    const bytes = v128.load(at);
    const stops = <u32>i8x16.bitmask(v128.le<u8>(bytes, i8x16.splat(0x20)));
    count += popcnt(stops & ~((stops << 1) | before)) + popcnt(<u32>i8x16.bitmask(wideLeads(bytes)));
    before = stops >> 15;
  }
  return count;
}

/** Words of a text: what white space divides (Unicode's, and every control character up to U+0020). */
export function splitWords(start: usize, length: usize): u32 {
  let token = tokens.reserve((length > LONG_TEXT ? <usize>mostWords(start, length) : (length >> 1) + 1) << 3);
  const first = token;
  const end = start + length;
  let word = start;
  for (let at = start; at < end; at += 64) {
    let stops: u64 = 0;
    let leads: u64 = 0;
    for (let part: usize = 0; part < 64; part += 16) {
      const bytes = v128.load(at + part);
      stops |= <u64>(<u32>i8x16.bitmask(v128.le<u8>(bytes, i8x16.splat(0x20)))) << part;
      leads |= <u64>(<u32>i8x16.bitmask(wideLeads(bytes))) << part;
    }
    const left = end - at;
    if (left < 64) {
      const inside = ((<u64>1) << left) - 1;
      stops &= inside;
      leads &= inside;
    }
    if (leads) {
      // White space beyond ASCII is rare: what only begins like it is taken out of the stops again.
      stops |= leads;
      while (stops) {
        const stop = at + <usize>ctz(stops);
        stops &= stops - 1;
        if (stop < word) continue;
        const width: usize = load<u8>(stop) <= 0x20 ? 1 : wideSpace(stop);
        if (!width) continue;
        store<u64>(token, wordHash(word, <u32>(stop - word)));
        token += usize(stop > word) << 3;
        word = stop + width;
      }
      continue;
    }
    while (stops) {
      const stop = at + <usize>ctz(stops);
      stops &= stops - 1;
      store<u64>(token, wordHash(word, <u32>(stop - word)));
      token += usize(stop > word) << 3;
      word = stop + 1;
    }
  }
  if (word < end) {
    store<u64>(token, wordHash(word, <u32>(end - word)));
    token += 8;
  }
  return <u32>((token - first) >> 3);
}

/** Where white space beyond ASCII may begin: C2, E1, E2, E3. */
@inline
function wideLeads(bytes: v128): v128 {
  return v128.or(
    v128.eq<i8>(bytes, i8x16.splat(<i8>0xc2)),
    v128.le<u8>(v128.sub<i8>(bytes, i8x16.splat(<i8>0xe1)), i8x16.splat(2)),
  );
}

/** Bytes of the white space that begins here; 0: it is something else. */
function wideSpace(at: usize): usize {
  const first = load<u8>(at);
  const second = load<u8>(at, 1);
  if (first === 0xc2) return second === 0xa0 || second === 0x85 ? 2 : 0;
  const third = load<u8>(at, 2);
  if (first === 0xe1) return second === 0x9a && third === 0x80 ? 3 : 0;
  if (first === 0xe3) return second === 0x80 && third === 0x80 ? 3 : 0;
  if (second === 0x80) return (third >= 0x80 && third <= 0x8a) || third === 0xa8 || third === 0xa9 || third === 0xaf ? 3 : 0;
  return second === 0x81 && third === 0x9f ? 3 : 0;
}

function splitCharacters(start: usize, length: usize): u32 {
  const count = countCharacters(start, length);
  if (count > most) return TOO_MANY;
  let token = tokens.reserve((<usize>count) << 3);
  const first = token;
  const end = start + length;
  let at = start;
  while (at < end) {
    const lead = load<u8>(at);
    const bytes: u32 = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    store<u64>(token, wordHash(at, bytes));
    token += 8;
    at += bytes;
  }
  return <u32>((token - first) >> 3);
}

/** A text of fewer than `size` tokens is one shingle by itself, of all of them. */
function rollingHashes(count: u32, size: u32, seed: u64): u32 {
  if (!count) return 0;
  if (count > most) return TOO_MANY;
  const width = min(count, size);
  const number = count - width + 1;
  let out = shingles.reserve((<usize>number) << 3);
  let token = tokens.start;
  let hash: u64 = 0;
  let power: u64 = 1;
  for (let place: u32 = 0; place < width; place += 1) {
    hash = hash * POLYNOMIAL_BASE + load<u64>(token);
    power *= POLYNOMIAL_BASE;
    token += 8;
  }
  // Texts of different widths must not meet: the width is part of what is hashed.
  const salt = seed ^ (<u64>width * 0x9e3779b97f4a7c15);
  store<u64>(out, mix(hash ^ salt));
  let oldest = tokens.start;
  for (let shingle: u32 = 1; shingle < number; shingle += 1) {
    hash = hash * POLYNOMIAL_BASE + load<u64>(token) - load<u64>(oldest) * power;
    token += 8;
    oldest += 8;
    out += 8;
    store<u64>(out, mix(hash ^ salt));
  }
  return number;
}
