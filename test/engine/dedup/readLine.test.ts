import { describe, expect, test } from 'vitest';
import { agree, type LineReading, readByJson } from '../../../bench/dedup/fuzzScanner.ts';
import { DedupKernel } from '../../../main/engine/dedup/DedupKernel.ts';
import { ALL_NORMALISATIONS } from '../../../main/engine/text/normaliseArabic.ts';
import { DedupFolder } from './DedupFolder.ts';

const kernelFor = (textField: string): DedupKernel =>
  new DedupKernel({
    textField,
    shingles: { of: 'words', size: 3 },
    normalisation: ALL_NORMALISATIONS,
    countsCharacters: false,
    seed: 1,
  });
const kernel = kernelFor('text');

const read = (line: string | Uint8Array): LineReading => kernel.readLine(Buffer.from(line));
/** Lines that are read otherwise than by JSON.parse, with what was made of them. */
function misread(lines: Iterable<string | Uint8Array>): { line: string; scanner: LineReading; json: LineReading }[] {
  const wrong = [];
  for (const line of lines) {
    const bytes = Buffer.from(line);
    const [scanner, json] = [kernel.readLine(bytes), readByJson(bytes)];
    if (!agree(scanner, json)) wrong.push({ line: bytes.toString('latin1'), scanner, json });
  }
  return wrong;
}
const latin = (start: string, bytes: readonly number[], end: string): Buffer =>
  Buffer.concat([Buffer.from(start), Uint8Array.from(bytes), Buffer.from(end)]);

// Random lines are tried in test/engine/dedupBench and, by the million, in the benchmark; here are whole classes of them.
describe('a line is read as JSON.parse reads it, or refused', () => {
  test('with any byte in a text, in a name and between tokens', () => {
    const bytes = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte !== 0x0a);
    expect(
      misread(
        bytes.flatMap((byte) => [
          latin('{"text":"a', [byte], 'b"}'),
          latin('{"a', [byte], '":1,"text":"نص"}'),
          latin('{"text"', [byte], ':"نص"}'),
          latin('{"text":"نص"}', [byte], ''),
          latin('', [byte], '{"text":"نص"}'),
          latin('{"text":"نص","n":1', [byte], '}'),
          latin('', [byte], ''),
        ]),
      ),
    ).toEqual([]);
    expect(read('{"text":"\u007f\u0080\u2028\ufeff"}')).toEqual({ text: '\u007f\u0080\u2028\ufeff' });
    expect(read(latin('{"text":"', [0], '"}'))).toEqual({ problem: 'not-json' });
    expect(read('{"text":"\\u0000"}')).toEqual({ text: '\u0000' });
    expect(read('\ufeff{"text":"نص"}')).toEqual({ problem: 'not-object' });
  });

  test('with every two-byte and every kind of longer sequence, at each place of a vector', () => {
    const sequences: number[][] = [];
    for (let first = 0x80; first < 0x100; first += 1) for (let second = 0x70; second < 0xd0; second += 1) sequences.push([first, second]);
    const edges = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff].filter((byte) => byte > 0x1f);
    for (let first = 0xe0; first < 0x100; first += 1) {
      for (const second of edges) {
        for (const third of edges) {
          sequences.push([first, second, third]);
          if (first >= 0xf0) for (const fourth of edges) sequences.push([first, second, third, fourth]);
        }
      }
    }
    expect(sequences.length).toBeGreaterThan(15_000);
    // The place changes with each one, so that sequences cross the borders of 16 bytes in every way.
    expect(misread(sequences.map((bytes, at) => latin(`{"text":"${'x'.repeat(at % 17)}`, bytes, 'ب"}')))).toEqual([]);
    for (let place = 0; place < 40; place += 1) {
      const before = `{"text":"${'x'.repeat(place)}`;
      expect(read(latin(before, [0xd8, 0xa8], '"}'))).toEqual({ text: `${'x'.repeat(place)}ب` });
      expect(read(latin(before, [0xed, 0xa0, 0x80], '"}'))).toEqual({ problem: 'not-utf8' });
      expect(read(latin(before, [0xf0, 0x9f, 0x98], '"}'))).toEqual({ problem: 'not-utf8' });
      expect(read(latin(before, [0xd8], ''))).toEqual({ problem: 'not-utf8' });
    }
  });

  test('with every escape of one letter and every half and pair of surrogates', () => {
    const letters = Array.from({ length: 95 }, (_, at) => String.fromCharCode(0x20 + at));
    expect(
      misread(letters.flatMap((letter) => [`{"text":"\\${letter}"}`, `{"text":"\\${letter}0041"}`, `{"\\${letter}":0,"text":""}`])),
    ).toEqual([]);
    const points = ['0000', '001f', '007f', '0080', '07FF', '0800', 'd7ff', 'D800', 'dBfF', 'dc00', 'DFFF', 'e000', 'ffff'];
    const escapes = points.map((point) => `\\u${point}`);
    expect(
      misread(escapes.flatMap((first) => ['', 'x', '\\', '\\u', '\\u00', ...escapes].map((second) => `{"text":"${first}${second}"}`))),
    ).toEqual([]);
    expect(
      misread(
        ['g', 'G', '/', ':', '@', '`', ' ', '"', '\u0661'].flatMap((wrong) =>
          [0, 1, 2, 3].map((at) => `{"text":"\\u${'0041'.slice(0, at)}${wrong}${'0041'.slice(at + 1)}"}`),
        ),
      ),
    ).toEqual([]);
    expect(read('{"text":"\\uD83D\\uDE00"}')).toEqual({ text: '😀' });
    expect(read('{"text":"\\ud83d"}')).toEqual({ problem: 'half-surrogate' });
  });

  test('with numbers of every form', () => {
    const signs = ['', '-', '+', '--'];
    const wholes = ['0', '7', '10', '00', '01', '123456789012345678901234567890', '', '٣', '0x1f', 'Infinity', 'NaN'];
    const fractions = ['', '.', '.0', '.25', '.e1', ',5', '.5.5'];
    const exponents = ['', 'e', 'e1', 'E+2', 'e-3', 'e+', 'e1.5', 'e999', 'e 1'];
    const numbers = signs.flatMap((sign) =>
      wholes.flatMap((whole) => fractions.flatMap((fraction) => exponents.map((exponent) => sign + whole + fraction + exponent))),
    );
    expect(misread(numbers.flatMap((number) => [`{"n":${number},"text":"نص"}`, `{"text":"نص","n":[${number}]}`]))).toEqual([]);
  });

  test('cut short at any byte, and with any byte left out', () => {
    const line = Buffer.from(
      ' {"id" : [1,{"a":[ ],"b":{"c":null} ,"d":{}},true, false,-0.5e+3],"te\\u0078t":"سلام \\uD83D\\uDE00\\n 😀","z":"\\"" }\r',
    );
    expect(read(line)).toEqual({ text: 'سلام 😀\n 😀' });
    expect(misread(Array.from(line, (_, at) => line.subarray(0, at)))).toEqual([]);
    expect(misread(Array.from(line, (_, at) => Buffer.concat([line.subarray(0, at), line.subarray(at + 1)])))).toEqual([]);
  });

  test('with the member repeated, spelled with escapes, nested, or of another kind', () => {
    const lines = [
      '{"text":"a","text":"b"}',
      '{"text":"a","te\\u0078t":"b"}',
      '{"\\u0074\\u0065\\u0078\\u0074":"a"}',
      '{"text":"a","text":7}',
      '{"text":7,"text":"a"}',
      '{"text":"\\ud800","text":"a"}',
      '{"text":"a","text":"\\ud800"}',
      '{"text\\ud800":"a"}',
      '{"text\\u0000":"a"}',
      '{"Text":"a"}',
      '{"tex":"a","texts":"b"}',
      '{"row":{"text":"a"}}',
      '{"row":{"text":"a"},"text":"b"}',
      '{"text":["a"]}',
      '{"text":{"text":"a"}}',
      '{"text":null}',
      '{"text":true}',
      '{"text":""}',
      '{}',
      '[]',
      '["text"]',
      '"text"',
      'null',
      '{"text":"a"},',
      '{"text":"a"} {"text":"b"}',
      "{'text':'a'}",
      '{text:"a"}',
      '{"text":"a",}',
      '{,"text":"a"}',
      '{"text" "a"}',
      '{"text":"a" "b":1}',
      '{"text":"a"]',
      '{"a":[1,],"text":"a"}',
      '{"a":[1}],"text":"a"}',
      '{"a":{"b"},"text":"a"}',
      '{"a":{"b":1,},"text":"a"}',
      '{"a":{1:1},"text":"a"}',
      '{"__proto__":1,"text":"a"}',
      '{"text":"a"}//',
    ];
    expect(misread(lines)).toEqual([]);
    expect(read('{"text":"a","te\\u0078t":"b"}')).toEqual({ text: 'b' });
    expect(read('{"text":"a","text":7}')).toEqual({ problem: 'text-not-string' });
    expect(read('{"row":{"text":"a"}}')).toEqual({ problem: 'no-text' });
    expect(read('[]')).toEqual({ problem: 'not-object' });
  });

  test('with any white space; only that of JSON makes a blank line', () => {
    for (const blank of ['', ' ', '\t', '\r', ' \t\r ', ' '.repeat(100)]) expect(read(blank)).toBeUndefined();
    for (const other of ['\u00a0', '\u000b', '\u000c', '\u0085', '\u2003', '\ufeff'])
      expect(read(other)).toMatchObject({ problem: 'not-object' });
    const spaces = ['', ' ', '\t', '\r', ' \r\t'.repeat(9), '\u00a0', '\u000b', '\u0000'];
    expect(
      misread(
        spaces.flatMap((s) => [`${s}{"text":"a"}`, `{${s}"text"${s}:${s}"a"${s},${s}"b"${s}:${s}[${s}1${s},${s}{${s}}${s}]${s}}${s}`]),
      ),
    ).toEqual([]);
  });

  test('with texts of every length around the width of a vector', () => {
    const texts = Array.from({ length: 100 }, (_, length) => 'سx😀'.repeat(34).slice(0, length)).filter((text) => text.isWellFormed());
    expect(texts.length).toBeGreaterThan(70);
    for (const text of texts) {
      expect(read(JSON.stringify({ text }))).toEqual({ text });
      expect(read(`{"id":${JSON.stringify(text)},"text":"a\\n${text}"}`)).toEqual({ text: `a\n${text}` });
    }
  });

  test('however deep it is nested, up to 2^20 levels', () => {
    const nested = (open: string, close: string, levels: number): Buffer =>
      Buffer.from(`{"deep":${open.repeat(levels)}${close.repeat(levels)},"text":"نص"}`);
    const levels = 2 ** 20;
    expect(read(nested('[', ']', levels))).toEqual({ text: 'نص' });
    expect(read(nested('{"a":', '}', 1000))).toEqual({ problem: 'not-json' });
    expect(read(Buffer.from(`{"deep":${'{"a":['.repeat(levels / 2)}1${']}'.repeat(levels / 2)},"text":"نص"}`))).toEqual({ text: 'نص' });
    expect(read(nested('[', ']', levels + 1))).toEqual({ problem: 'too-deep' });
    expect(read(Buffer.from(`{"deep":${'{"a":['.repeat(500)}1${'}]'.repeat(500)},"text":"نص"}`))).toEqual({ problem: 'not-json' });
  });

  test.each(['content', 'نص', 'a"b', '', 'x'.repeat(300), 'حقل\\', '😀'])('in a member called %j', (field) => {
    const other = kernelFor(field);
    const line = { text: 'no', [`${field}x`]: 'no', [field]: 'نعم' };
    expect(other.readLine(Buffer.from(JSON.stringify(line)))).toEqual({ text: 'نعم' });
    const escaped = Array.from({ length: field.length }, (_, at) => `\\u${field.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
    expect(other.readLine(Buffer.from(`{"${escaped}":"نعم"}`))).toEqual({ text: 'نعم' });
    expect(other.readLine(Buffer.from('{"other":"لا"}'))).toEqual({ problem: 'no-text' });
  });
});

test('a byte order mark is taken for one at the beginning of a file only', async () => {
  const folder = new DedupFolder();
  const mark = '\ufeff';
  const lines = (start: string, second: string): string => `${start}{"text":"نص"}\n${second}{"text":"نص"}\n`;
  expect((await folder.deduplicate([folder.writeBytes('a.jsonl', lines(mark, ''))])).removed.exact).toBe(1);
  const [first, second] = [folder.writeBytes('b.jsonl', lines(mark, mark)), folder.writeBytes('c.jsonl', lines(mark + mark, ''))];
  await expect(folder.deduplicate([first])).rejects.toThrow(`${first}, line 2: `);
  await expect(folder.deduplicate([second])).rejects.toThrow(`${second}, line 1: `);
});
