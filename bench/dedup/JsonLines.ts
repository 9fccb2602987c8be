import { Random } from './Random.ts';

const SPACES = ['', '', '', ' ', '\t', '\r', '  '];
const SCALARS = [
  'true',
  'false',
  'null',
  '0',
  '-0',
  '7',
  '-12',
  '3.25',
  '1e9',
  '1E+2',
  '-0.5e-3',
  '123456789012345678901234567890',
  '[]',
  '{}',
  '""',
];
const ESCAPES = ['\\"', '\\\\', '\\/', '\\b', '\\f', '\\n', '\\r', '\\t', '\\u0041', '\\u00e9', '\\u0645', '\\u064B', '\\u0000', '\\uFFFF'];
const SURROGATES = [
  '\\ud83d\\ude00',
  '\\uD800\\uDC00',
  '\\udbff\\udfff',
  '\\ud83d',
  '\\ude00',
  '\\ude00\\ud83d',
  '\\ud83dx',
  '\\ud83d\\u0041',
  '\\ud83d\\n',
];
const LITERALS = [
  'a',
  'text',
  'نص',
  'سلام عليكم',
  'é',
  '😀',
  ' ',
  ',',
  ':',
  '{',
  '}',
  '[',
  ']',
  '/',
  'كلمة أطول من ستة عشر بايتا',
  'x'.repeat(40),
  '\u007f',
  '\u00a0',
  '\u2028',
  '\ufeff',
];
const NAMES = [
  'text',
  'text',
  'text',
  'tex',
  'texts',
  'Text',
  'id',
  '',
  '__proto__',
  'نص',
  '\\u0074ext',
  't\\u0065xt',
  'te\\u0078\\u0074',
  '\\text',
  'tex\\u0000',
];
/** Wrong in most places, right in some. */
const FRAGMENTS = [
  '\\',
  '"',
  '\\u',
  '\\u12',
  '\\x',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '0',
  '-',
  '.',
  'e',
  '01',
  '+1',
  'nul',
  'NaN',
  '\t',
  '\u0000',
  '\u001f',
  '\u000b',
  '\u000c',
  ' ',
  "'",
  '//',
  '\ufeff',
].map((fragment) => Buffer.from(fragment));
/** Not UTF-8, or only in the right company: lone, cut and overlong sequences, halves of surrogates, beyond U+10FFFF. */
const BYTES = [
  [0x80],
  [0xc3],
  [0xd9],
  [0xe2, 0x82],
  [0xf0, 0x9f, 0x98],
  [0xc0, 0x80],
  [0xe0, 0x80, 0xaf],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xff],
  [0xf8, 0x88, 0x80, 0x80, 0x80],
].map((bytes) => Buffer.from(bytes));
const NEWLINE = 0x0a;

/** Lines to try a JSON scanner with: objects of every shape that JSON allows, half of them then damaged. None holds a newline. */
export class JsonLines {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  next(): Buffer {
    let line: Buffer = Buffer.from(this.#space() + (this.#random.chance(0.97) ? this.#object(0) : this.#value(0)) + this.#space());
    if (this.#random.chance(0.5)) {
      const damages = 1 + this.#random.below(3);
      for (let damage = 0; damage < damages; damage += 1) line = this.#damage(line);
    }
    return line.includes(NEWLINE) ? line.subarray(0, line.indexOf(NEWLINE)) : line;
  }

  #object(depth: number): string {
    const members = Array.from({ length: this.#random.below(5) }, () => this.#member(this.#random.pick(NAMES), depth));
    if (depth === 0 && this.#random.chance(0.8)) members.splice(this.#random.below(members.length + 1), 0, this.#textMember());
    return members.length === 0 ? `{${this.#space()}}` : `{${members.join(',')}}`;
  }

  #textMember(): string {
    return `${this.#space()}"text"${this.#space()}:${this.#space()}${this.#string()}${this.#space()}`;
  }

  #member(name: string, depth: number): string {
    return `${this.#space()}"${name}"${this.#space()}:${this.#space()}${this.#value(depth + 1)}${this.#space()}`;
  }

  #value(depth: number): string {
    const kind = this.#random.uniform();
    if (kind < 0.4) return this.#string();
    if (kind < 0.8 || depth > 4) return this.#random.pick(SCALARS);
    if (kind < 0.9) return this.#object(depth + 1);
    const items = Array.from({ length: this.#random.below(4) }, () => this.#space() + this.#value(depth + 1) + this.#space());
    return `[${items.length > 0 ? items.join(',') : this.#space()}]`;
  }

  #string(): string {
    let out = '"';
    for (let parts = this.#random.below(7); parts > 0; parts -= 1) {
      const kind = this.#random.uniform();
      out += this.#random.pick(kind < 0.6 ? LITERALS : kind < 0.9 ? ESCAPES : SURROGATES);
    }
    return `${out}"`;
  }

  #space(): string {
    return this.#random.pick(SPACES);
  }

  #damage(line: Buffer): Buffer {
    const random = this.#random;
    const at = random.below(line.length + 1);
    const length = 1 + random.below(4);
    switch (random.below(7)) {
      case 0:
        return Buffer.concat([line.subarray(0, at), line.subarray(at + length)]);
      case 1:
        return Buffer.concat([line.subarray(0, at), random.pick(FRAGMENTS), line.subarray(at)]);
      case 2:
        return Buffer.concat([line.subarray(0, at), random.pick(BYTES), line.subarray(at)]);
      case 3:
        return line.subarray(0, at);
      case 4:
        return Buffer.concat([line.subarray(0, at), line.subarray(at, at + length), line.subarray(at)]);
      case 5: {
        const other = random.below(line.length + 1);
        return Buffer.concat([line.subarray(0, at), line.subarray(other, other + length), line.subarray(at)]);
      }
      default: {
        const changed = Buffer.from(line);
        if (at < changed.length) changed[at] = random.below(256);
        return changed;
      }
    }
  }
}
