// Text in the form in which it is compared. What each code point turns into comes from outside, page by page, made by
// `normaliseArabic` itself; this only applies it, and makes white space single spaces. Code points that may combine with
// their neighbours are marked: a text that has any is composed outside (Unicode NFKC) and comes back.
import { Region } from './Region';

const POINTS: usize = 0x110000;

/** Low byte of an entry; the upper three bytes are the UTF-8 bytes to write, or where in the pool they are. */
const UNKNOWN: u32 = 0;
const SPACE: u32 = 1;
/** And one more for each byte that is written, up to three. */
const NO_BYTES: u32 = 2;
const THREE_BYTES: u32 = 5;
const POOLED: u32 = 6;
const COMBINING: u32 = 7;

export const NORMALISED: i32 = 0;
export const NEEDS_PAGE: i32 = 1;
export const NEEDS_COMPOSING: i32 = 2;

const table = new Region();
const pool = new Region();
export const normalised = new Region();
export let normalisedLength: usize = 0;
/** The code point whose page of 256 is unknown. */
export let missingPoint: u32 = 0;

export function reserveTable(): usize {
  const start = table.reserve(POINTS << 2);
  memory.fill(start, 0, POINTS << 2);
  return start;
}
export function reservePool(bytes: usize): usize {
  return pool.reserve(bytes);
}

/** `isComposed`: combining code points stand as they should, and are written as they are. */
export function normalise(start: usize, length: usize, isComposed: bool): i32 {
  let base = normalised.reserve(length * 2 + 16);
  let out = base;
  const entries = table.start;
  const end = start + length;
  let at = start;
  while (at < end) {
    let point = <u32>load<u8>(at);
    let bytes: usize = 1;
    if (point >= 0x80) {
      if (point < 0xe0) {
        point = ((point & 0x1f) << 6) | (load<u8>(at, 1) & 0x3f);
        bytes = 2;
      } else if (point < 0xf0) {
        point = ((point & 0x0f) << 12) | ((<u32>load<u8>(at, 1) & 0x3f) << 6) | (load<u8>(at, 2) & 0x3f);
        bytes = 3;
      } else {
        point =
          ((point & 0x07) << 18) | ((<u32>load<u8>(at, 1) & 0x3f) << 12) | ((<u32>load<u8>(at, 2) & 0x3f) << 6) | (load<u8>(at, 3) & 0x3f);
        bytes = 4;
      }
    }
    const entry = load<u32>(entries + ((<usize>point) << 2));
    const kind = entry & 0xff;
    at += bytes;
    if (kind - NO_BYTES <= THREE_BYTES - NO_BYTES) {
      store<u32>(out, entry >> 8);
      out += kind - NO_BYTES;
    } else if (kind === SPACE) {
      out = writeSpace(out, base);
    } else {
      if (kind === UNKNOWN) {
        missingPoint = point;
        return NEEDS_PAGE;
      }
      if (kind === COMBINING && !isComposed) return NEEDS_COMPOSING;
      // What a combining point turns into stands in the pool as well.
      let from = pool.start + (entry >> 8);
      const pooled = load<u16>(from);
      from += 2;
      const written = out - base;
      base = normalised.reserve(written + pooled + 2 * (end - at) + 16);
      out = base + written;
      for (const stop = from + pooled; from < stop; from += 1) {
        const byte = load<u8>(from);
        if (byte === 0x20) {
          out = writeSpace(out, base);
        } else {
          store<u8>(out, byte);
          out += 1;
        }
      }
    }
  }
  if (out > base && load<u8>(out - 1) === 0x20) out -= 1;
  normalisedLength = out - base;
  return NORMALISED;
}

/** One space between words and none before the first. */
@inline
function writeSpace(out: usize, base: usize): usize {
  store<u8>(out, 0x20);
  return out === base || load<u8>(out - 1) === 0x20 ? out : out + 1;
}
