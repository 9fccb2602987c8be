// One line of JSONL: checked whole against the grammar of RFC 8259, and one member's text unescaped on the way.
// The byte behind a line is a newline, which no token may hold, so nothing here needs to look at the end.
import { Region } from './Region';
import { isUtf8 } from './utf8';

export const LINE_OK: i32 = 0;
export const LINE_BLANK: i32 = 1;
export const LINE_NOT_JSON: i32 = 2;
export const LINE_NOT_OBJECT: i32 = 3;
export const LINE_NO_TEXT: i32 = 4;
export const LINE_TEXT_NOT_STRING: i32 = 5;
export const LINE_HALF_SURROGATE: i32 = 6;
export const LINE_NOT_UTF8: i32 = 7;
export const LINE_TOO_DEEP: i32 = 8;
export const LINE_TOO_LONG: i32 = 9;

/** Levels of nesting; one bit each. */
const DEEPEST: u32 = 1 << 20;

const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;
const COMMA: u8 = 0x2c;
const COLON: u8 = 0x3a;
const OPEN_BRACE: u8 = 0x7b;
const CLOSE_BRACE: u8 = 0x7d;
const OPEN_BRACKET: u8 = 0x5b;
const CLOSE_BRACKET: u8 = 0x5d;

const textName = new Region();
let textNameLength: usize = 0;
const orderName = new Region();
let orderNameLength: usize = 0;
const nesting = new Region();
const escapedName = new Region();

/** The text of the line last read. */
export const text = new Region();
export let textLength: usize = 0;
/** The order member's value, as it stands in the line; length 0: there is none. */
export let orderStart: usize = 0;
export let orderLength: usize = 0;

/** What is wrong, while a reader returns 0. */
let problem: i32 = LINE_NOT_JSON;

export function reserveTextName(length: usize): usize {
  textNameLength = length;
  return textName.reserve(length);
}
export function reserveOrderName(length: usize): usize {
  orderNameLength = length;
  return orderName.reserve(length);
}

/** Reads the line [start, end); one of the LINE codes. `isKnown`: it was read before, so its UTF-8 is right. */
export function readLine(start: usize, end: usize, isKnown: bool): i32 {
  let at = skipSpace(start);
  if (at === end) return LINE_BLANK;
  if (!isKnown && !isUtf8(start, end - start)) return LINE_NOT_UTF8;
  if (load<u8>(at) !== OPEN_BRACE) return LINE_NOT_OBJECT;
  problem = LINE_NOT_JSON;
  let found: i32 = LINE_NO_TEXT;
  orderLength = 0;
  at = skipSpace(at + 1);
  if (load<u8>(at) === CLOSE_BRACE) return skipSpace(at + 1) === end ? LINE_NO_TEXT : LINE_NOT_JSON;
  while (true) {
    if (load<u8>(at) !== QUOTE) return LINE_NOT_JSON;
    const name = at + 1;
    const nameEnd = skipString(name);
    if (!nameEnd) return LINE_NOT_JSON;
    at = skipSpace(nameEnd);
    if (load<u8>(at) !== COLON) return LINE_NOT_JSON;
    at = skipSpace(at + 1);
    const nameLength = nameEnd - 1 - name;
    if (isName(name, nameLength, textName.start, textNameLength)) {
      if (load<u8>(at) === QUOTE) {
        at = unescape(at + 1, end, text);
        // JSON.parse takes the last of several members of one name: a half surrogate counts only there.
        found = halfSurrogate ? LINE_HALF_SURROGATE : LINE_OK;
        textLength = unescapedLength;
      } else {
        at = skipValue(at);
        found = LINE_TEXT_NOT_STRING;
      }
    } else if (orderNameLength && isName(name, nameLength, orderName.start, orderNameLength)) {
      orderStart = at;
      at = skipValue(at);
      orderLength = at - orderStart;
    } else {
      at = skipValue(at);
    }
    if (!at) return problem;
    at = skipSpace(at);
    const next = load<u8>(at);
    if (next === COMMA) at = skipSpace(at + 1);
    else if (next === CLOSE_BRACE) return skipSpace(at + 1) === end ? found : LINE_NOT_JSON;
    else return LINE_NOT_JSON;
  }
}

function isName(start: usize, length: usize, name: usize, nameLength: usize): bool {
  if (length === nameLength && memory.compare(start, name, length) === 0) return true;
  // An escape makes a name longer than what it says.
  if (length <= nameLength) return false;
  let escapes = false;
  for (let at = start; at < start + length; at += 1) escapes = escapes || load<u8>(at) === BACKSLASH;
  if (!escapes) return false;
  unescape(start, start + length + 1, escapedName);
  return !halfSurrogate && unescapedLength === nameLength && memory.compare(escapedName.start, name, nameLength) === 0;
}

@inline
function skipSpace(at: usize): usize {
  while (true) {
    const byte = load<u8>(at);
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return at;
    at += 1;
  }
}

/** Bits of the places of a quote, a backslash or a control character among the 16 bytes at `at`. */
@inline
function stringStops(bytes: v128): i32 {
  return i8x16.bitmask(
    v128.or(
      v128.or(v128.eq<i8>(bytes, i8x16.splat(QUOTE)), v128.eq<i8>(bytes, i8x16.splat(BACKSLASH))),
      v128.lt<u8>(bytes, i8x16.splat(0x20)),
    ),
  );
}

/** From behind the opening quote to behind the closing one; 0: not a string. */
function skipString(at: usize): usize {
  while (true) {
    const stops = stringStops(v128.load(at));
    if (!stops) {
      at += 16;
      continue;
    }
    at += ctz(stops);
    const byte = load<u8>(at);
    if (byte === QUOTE) return at + 1;
    if (byte !== BACKSLASH) return 0;
    const escape = load<u8>(at, 1);
    if (escape === 0x75) {
      if (hexFour(at + 2) < 0) return 0;
      at += 6;
    } else {
      if (!escaped(escape)) return 0;
      at += 2;
    }
  }
}

let unescapedLength: usize = 0;
let halfSurrogate: bool = false;

/** As `skipString`, with the text written to `target`. */
function unescape(at: usize, end: usize, target: Region): usize {
  const start = target.reserve(end - at + 16);
  let out = start;
  halfSurrogate = false;
  while (true) {
    const bytes = v128.load(at);
    v128.store(out, bytes);
    const stops = stringStops(bytes);
    if (!stops) {
      at += 16;
      out += 16;
      continue;
    }
    const plain = ctz(stops);
    at += plain;
    out += plain;
    const byte = load<u8>(at);
    if (byte === QUOTE) {
      unescapedLength = out - start;
      return at + 1;
    }
    if (byte !== BACKSLASH) return 0;
    const escape = load<u8>(at, 1);
    if (escape !== 0x75) {
      const meant = escaped(escape);
      if (!meant) return 0;
      store<u8>(out, meant);
      out += 1;
      at += 2;
      continue;
    }
    let point = hexFour(at + 2);
    if (point < 0) return 0;
    at += 6;
    if (point >= 0xd800 && point < 0xe000) {
      const low = point < 0xdc00 && load<u16>(at) === 0x755c ? hexFour(at + 2) : -1;
      if (low >= 0xdc00 && low < 0xe000) {
        point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
        at += 6;
      } else {
        halfSurrogate = true;
      }
    }
    out = writePoint(out, point);
  }
}

@inline
function writePoint(out: usize, point: i32): usize {
  if (point < 0x80) {
    store<u8>(out, <u8>point);
    return out + 1;
  }
  if (point < 0x800) {
    store<u8>(out, <u8>(0xc0 | (point >> 6)));
    store<u8>(out, <u8>(0x80 | (point & 0x3f)), 1);
    return out + 2;
  }
  if (point < 0x10000) {
    store<u8>(out, <u8>(0xe0 | (point >> 12)));
    store<u8>(out, <u8>(0x80 | ((point >> 6) & 0x3f)), 1);
    store<u8>(out, <u8>(0x80 | (point & 0x3f)), 2);
    return out + 3;
  }
  store<u8>(out, <u8>(0xf0 | (point >> 18)));
  store<u8>(out, <u8>(0x80 | ((point >> 12) & 0x3f)), 1);
  store<u8>(out, <u8>(0x80 | ((point >> 6) & 0x3f)), 2);
  store<u8>(out, <u8>(0x80 | (point & 0x3f)), 3);
  return out + 4;
}

/** What a one-letter escape stands for; 0: there is no such escape. */
function escaped(letter: u8): u8 {
  switch (letter) {
    case 0x22:
    case 0x5c:
    case 0x2f:
      return letter;
    case 0x62:
      return 0x08;
    case 0x66:
      return 0x0c;
    case 0x6e:
      return 0x0a;
    case 0x72:
      return 0x0d;
    case 0x74:
      return 0x09;
    default:
      return 0;
  }
}

/** Four hexadecimal digits as a number; -1: they are not. */
function hexFour(at: usize): i32 {
  let value: i32 = 0;
  for (let place: usize = 0; place < 4; place += 1) {
    const byte = load<u8>(at + place);
    const letter = byte | 0x20;
    let digit: i32;
    if (byte >= 0x30 && byte <= 0x39) digit = byte - 0x30;
    else if (letter >= 0x61 && letter <= 0x66) digit = letter - 0x61 + 10;
    else return -1;
    value = (value << 4) | digit;
  }
  return value;
}

/** Behind the value at `at`, of any kind and nesting; 0: not a value. */
function skipValue(at: usize): usize {
  let depth: u32 = 0;
  while (true) {
    const byte = load<u8>(at);
    if (byte === QUOTE) {
      at = skipString(at + 1);
      if (!at) return 0;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      const isObject = byte === OPEN_BRACE;
      if (depth === DEEPEST) {
        problem = LINE_TOO_DEEP;
        return 0;
      }
      setLevel(depth, isObject);
      depth += 1;
      at = skipSpace(at + 1);
      if (load<u8>(at) !== (isObject ? CLOSE_BRACE : CLOSE_BRACKET)) {
        if (isObject) {
          at = skipMemberName(at);
          if (!at) return 0;
        }
        continue;
      }
      depth -= 1;
      at += 1;
    } else {
      at = skipScalar(at, byte);
      if (!at) return 0;
    }
    while (true) {
      if (!depth) return at;
      at = skipSpace(at);
      const next = load<u8>(at);
      const isObject = level(depth - 1);
      if (next === COMMA) {
        at = skipSpace(at + 1);
        if (isObject) {
          at = skipMemberName(at);
          if (!at) return 0;
        }
        break;
      }
      if (next !== (isObject ? CLOSE_BRACE : CLOSE_BRACKET)) return 0;
      depth -= 1;
      at += 1;
    }
  }
}

/** Behind `"name" :` and the space after it; 0: it is not there. */
function skipMemberName(at: usize): usize {
  if (load<u8>(at) !== QUOTE) return 0;
  at = skipString(at + 1);
  if (!at) return 0;
  at = skipSpace(at);
  return load<u8>(at) === COLON ? skipSpace(at + 1) : 0;
}

@inline
function level(depth: u32): bool {
  return ((load<u8>(nesting.start + (depth >> 3)) >> <u8>(depth & 7)) & 1) !== 0;
}

function setLevel(depth: u32, isObject: bool): void {
  const place = nesting.reserve(DEEPEST >> 3) + (depth >> 3);
  const bit = (<u8>1) << <u8>(depth & 7);
  store<u8>(place, isObject ? load<u8>(place) | bit : load<u8>(place) & ~bit);
}

/** A number, `true`, `false` or `null`. */
function skipScalar(at: usize, byte: u8): usize {
  if (byte === 0x74) return load<u32>(at) === 0x65757274 ? at + 4 : 0;
  if (byte === 0x6e) return load<u32>(at) === 0x6c6c756e ? at + 4 : 0;
  if (byte === 0x66) return load<u32>(at, 1) === 0x65736c61 ? at + 5 : 0;
  if (byte === 0x2d) at += 1;
  const first = load<u8>(at);
  if (!isDigit(first)) return 0;
  at += 1;
  if (first !== 0x30) at = skipDigits(at);
  if (load<u8>(at) === 0x2e) {
    if (!isDigit(load<u8>(at, 1))) return 0;
    at = skipDigits(at + 1);
  }
  if ((load<u8>(at) | 0x20) === 0x65) {
    at += 1;
    const sign = load<u8>(at);
    if (sign === 0x2b || sign === 0x2d) at += 1;
    if (!isDigit(load<u8>(at))) return 0;
    at = skipDigits(at);
  }
  return at;
}

@inline
function isDigit(byte: u8): bool {
  return <u8>(byte - 0x30) < 10;
}

function skipDigits(at: usize): usize {
  while (isDigit(load<u8>(at))) at += 1;
  return at;
}

/** Where the first newline of [start, end) is; `end`: there is none. Reads up to 15 bytes past the end. */
export function lineEnd(start: usize, end: usize): usize {
  let at = start;
  while (at < end) {
    const newlines = i8x16.bitmask(v128.eq<i8>(v128.load(at), i8x16.splat(0x0a)));
    if (newlines) return min(at + ctz(newlines), end);
    at += 16;
  }
  return end;
}
