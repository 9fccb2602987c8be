// John Keiser and Daniel Lemire, "Validating UTF-8 in less than one instruction per byte", 2021, section 6: three table
// look-ups on the nibbles of neighbouring bytes name every error of a two-byte window as a bit; what is left are the
// third and fourth bytes of long sequences.

const TOO_SHORT: i8 = 1 << 0;
const TOO_LONG: i8 = 1 << 1;
const OVERLONG_3: i8 = 1 << 2;
const TOO_LARGE: i8 = 1 << 3;
const SURROGATE: i8 = 1 << 4;
const OVERLONG_2: i8 = 1 << 5;
const TOO_LARGE_1000: i8 = 1 << 6;
const OVERLONG_4: i8 = 1 << 6;
const TWO_CONTINUATIONS: i8 = <i8>(1 << 7);
const CARRY: i8 = TOO_SHORT | TOO_LONG | TWO_CONTINUATIONS;

/** Whether the bytes are UTF-8. Reads up to 15 bytes past the end. */
export function isUtf8(start: usize, length: usize): bool {
  const firstHigh = i8x16(
    TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
    TWO_CONTINUATIONS, TWO_CONTINUATIONS, TWO_CONTINUATIONS, TWO_CONTINUATIONS,
    TOO_SHORT | OVERLONG_2, TOO_SHORT, TOO_SHORT | OVERLONG_3 | SURROGATE, TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4,
  );
  const firstLow = i8x16(
    CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4, CARRY | OVERLONG_2, CARRY, CARRY,
    CARRY | TOO_LARGE, CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000,
    CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000,
    CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000 | SURROGATE, CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000,
  );
  const secondHigh = i8x16(
    TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
    TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4,
    TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | OVERLONG_3 | TOO_LARGE,
    TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | SURROGATE | TOO_LARGE,
    TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | SURROGATE | TOO_LARGE,
    TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
  );
  const nibble = i8x16.splat(0x0f);
  const top = i8x16.splat(<i8>0x80);
  let previous = i8x16.splat(0);
  let errors = i8x16.splat(0);
  const end = start + length;
  // One step past the end, on zeros, finds a sequence that the end cuts short.
  for (let at = start; ; at += 16) {
    let bytes: v128;
    if (at + 16 <= end) bytes = v128.load(at);
    else bytes = at >= end ? i8x16.splat(0) : v128.and(v128.load(at), firstBytes(<u32>(end - at)));
    if (v128.any_true(v128.and(v128.or(bytes, previous), top))) {
      const before = v128.shuffle<i8>(previous, bytes, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
      const special = v128.and(
        v128.and(v128.swizzle(firstHigh, v128.shr<u8>(before, 4)), v128.swizzle(firstLow, v128.and(before, nibble))),
        v128.swizzle(secondHigh, v128.shr<u8>(bytes, 4)),
      );
      const before2 = v128.shuffle<i8>(previous, bytes, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
      const before3 = v128.shuffle<i8>(previous, bytes, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28);
      const long = v128.or(
        v128.sub_sat<u8>(before2, i8x16.splat(<i8>(0xe0 - 0x80))),
        v128.sub_sat<u8>(before3, i8x16.splat(<i8>(0xf0 - 0x80))),
      );
      errors = v128.or(errors, v128.xor(v128.and(long, top), special));
    }
    if (at >= end) break;
    previous = bytes;
  }
  return !v128.any_true(errors);
}

/** Ones in the first `count` < 16 bytes. */
@inline
function firstBytes(count: u32): v128 {
  const places = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return v128.lt<u8>(places, i8x16.splat(<i8>count));
}

/** Code points in valid UTF-8: bytes that do not continue a sequence. */
export function countCharacters(start: usize, length: usize): u32 {
  let count: u32 = 0;
  let at = start;
  const end = start + length;
  for (; at + 16 <= end; at += 16) {
    count += popcnt(i8x16.bitmask(v128.gt<i8>(v128.load(at), i8x16.splat(-65))));
  }
  for (; at < end; at += 1) count += u32(<i32>load<i8>(at) > -65);
  return count;
}
