import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSourceFile } from '../../../main/engine/data/sourceFile.ts';
import { writeTable } from '../../../main/engine/data/tableFile.ts';
import { UserError, type Row } from '../../../nodes/kit/index.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nasaq-source-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

function put(name: string, content: string | Buffer): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, content);
  return file;
}

async function read(file: string, options: { textColumn?: string; idColumn?: string } = {}) {
  const source = openSourceFile(file, { textColumn: 'text', ...options });
  const columns = await source.columns();
  const rows: Row[] = [];
  for await (const row of source.rows()) rows.push(row);
  return { columns, rows };
}
const names = (columns: readonly { name: string; type: string }[]) => columns.map(({ name, type }) => `${name}:${type}`);

async function sentence(reading: Promise<unknown>): Promise<string> {
  const error = await reading.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  return (error as Error).message.replaceAll(`${folder}${path.sep}`, '');
}

describe('a JSONL file', () => {
  test('gives id and text first, then its other columns with their types over the whole file', async () => {
    const file = put(
      'a.jsonl',
      '\uFEFF{"year": 2017, "text": "أ", "id": 5, "score": 1}\r\n{"text": "ب", "id": "x", "score": 0.5, "tags": ["ت"], "ok": true, "mixed": 1}\n\n{"text": "", "id": "y", "mixed": "one", "year": null}\n',
    );
    const { columns, rows } = await read(file);
    expect(names(columns)).toEqual([
      'id:string',
      'text:string',
      'year:integer',
      'score:number',
      'tags:string',
      'ok:boolean',
      'mixed:string',
    ]);
    expect(rows).toEqual([
      { id: '5', text: 'أ', year: 2017, score: 1, tags: null, ok: null, mixed: null },
      { id: 'x', text: 'ب', year: null, score: 0.5, tags: '["ت"]', ok: true, mixed: '1' },
      { id: 'y', text: '', year: null, score: null, tags: null, ok: null, mixed: 'one' },
    ]);
  });

  test('keeps integers that a double cannot hold, as text', async () => {
    const { columns, rows } = await read(
      put('a.jsonl', '{"id": 1234567890123456789, "text": "منشور 1234567890123456789", "reply": -9007199254740993}\n'),
    );
    expect(rows).toEqual([{ id: '1234567890123456789', text: 'منشور 1234567890123456789', reply: '-9007199254740993' }]);
    expect(names(columns)).toContain('reply:string');
  });

  test('a very long document beside a big integer', async () => {
    const text = 'x'.repeat(12_000_000);
    const { rows } = await read(put('a.jsonl', `${JSON.stringify({ text })}\n{"text": "${text}", "reply": -9007199254740993}\n`));
    expect(rows.map(({ text: read, reply }) => [read === text, reply])).toEqual([
      [true, null],
      [true, '-9007199254740993'],
    ]);
  });

  test('without ids, or with ids that repeat, numbers its documents by line and hides nothing', async () => {
    expect((await read(put('a.jsonl', '{"text": "أ"}\n\n{"text": "ب"}'))).rows.map(({ id }) => id)).toEqual(['a.jsonl:1', 'a.jsonl:3']);
    const { rows } = await read(put('b.jsonl', '{"id": "same", "text": "أ"}\n{"id": "same", "text": "ب"}\n'));
    expect(rows).toEqual([
      { id: 'b.jsonl:1', text: 'أ', id_original: 'same' },
      { id: 'b.jsonl:2', text: 'ب', id_original: 'same' },
    ]);
  });

  test('takes text and id from the columns that are named, whatever else there is', async () => {
    const file = put('a.jsonl', '{"tweet": "أ", "text": "other", "nr": 1, "__proto__": "odd"}\n');
    const { rows } = await read(file, { textColumn: 'tweet', idColumn: 'nr' });
    expect(rows).toEqual([{ id: '1', text: 'أ', text_original: 'other', ['__proto___original']: 'odd' }]);
  });

  test('is read the same from gzip, of one member or of several', async () => {
    const parts = ['{"id": "a", "text": "أ"}\n', '{"id": "b", "text": "ب"}\n'];
    const plain = await read(put('a.jsonl', parts.join('')));
    expect(await read(put('a.jsonl.gz', Buffer.concat(parts.map((part) => zlib.gzipSync(part)))))).toEqual(plain);
  });

  test.runIf('zstdCompressSync' in zlib)('is read the same from zstd', async () => {
    const text = '{"id": "a", "text": "أ"}\n';
    expect(await read(put('a.jsonl.zst', zlib.zstdCompressSync(text)))).toEqual(await read(put('a.jsonl', text)));
  });

  test('of many lines keeps letters whole where its blocks meet', async () => {
    const texts = Array.from({ length: 9000 }, (_, index) => `نصّ طويل ${index} 😀`.repeat((index % 5) + 1));
    const { rows } = await read(put('a.jsonl', texts.map((text) => JSON.stringify({ text })).join('\n')));
    expect(rows.map(({ text }) => text)).toEqual(texts);
  });
});

describe('a CSV or TSV file', () => {
  test('follows RFC 4180: quotes, doubled quotes, line ends inside a field, CRLF', async () => {
    const { columns, rows } = await read(put('a.csv', 'id,text,n,code\r\n1,"a, ""b""\r\nc",3,007\r\n2,5" wide,,1.50\r\n'));
    expect(names(columns)).toEqual(['id:string', 'text:string', 'n:integer', 'code:string']);
    expect(rows).toEqual([
      { id: '1', text: 'a, "b"\r\nc', n: 3, code: '007' },
      { id: '2', text: '5" wide', n: null, code: '1.50' },
    ]);
  });

  test('with tabs keeps commas', async () => {
    expect((await read(put('a.tsv', 'text\tok\nأ، ب, ج\ttrue\n'))).rows).toEqual([{ id: 'a.tsv:2', text: 'أ، ب, ج', ok: true }]);
  });
});

test('a text file is a document a line', async () => {
  expect((await read(put('a.txt', 'سطر\r\n\nآخر\n'))).rows).toEqual([
    { id: 'a.txt:1', text: 'سطر' },
    { id: 'a.txt:3', text: 'آخر' },
  ]);
});

test('a Parquet file keeps its types', async () => {
  const file = path.join(folder, 'a.parquet');
  const columns = [
    { name: 'nr', type: 'integer' },
    { name: 'body', type: 'string' },
    { name: 'share', type: 'number' },
    { name: 'ok', type: 'boolean' },
  ] as const;
  await writeTable(file, columns, [
    { nr: 1, body: 'أ', share: 2, ok: true },
    { nr: 2, body: 'ب', share: null, ok: null },
  ]);
  const { columns: found, rows } = await read(file, { textColumn: 'body', idColumn: 'nr' });
  expect(names(found)).toEqual(['id:string', 'text:string', 'share:number', 'ok:boolean']);
  expect(rows).toEqual([
    { id: '1', text: 'أ', share: 2, ok: true },
    { id: '2', text: 'ب', share: null, ok: null },
  ]);
});

describe('what is wrong with a file is one sentence', () => {
  const good = '{"id": "a", "text": "أ"}\n';
  const gzip = zlib.gzipSync(good.repeat(50));
  test.each<[string, string, string | Buffer, { textColumn?: string; idColumn?: string }, RegExp]>([
    ['broken JSON', 'a.jsonl', `${good}{"text": \n`, {}, /^a\.jsonl, line 2: this is not JSON/],
    ['not an object', 'a.jsonl', `${good}["x"]\n`, {}, /^a\.jsonl, line 2: this is not a JSON object/],
    ['no text column', 'a.jsonl', '{"body": "x", "nr": 1}\n', {}, /^a\.jsonl, line 1: there is no column "text"; there are "body", "nr"/],
    ['text is a number', 'a.jsonl', `${good}{"text": 3}\n`, {}, /^a\.jsonl, line 2: "text" is a number, not text/],
    ['text is null', 'a.jsonl', `${good}{"text": null}\n`, {}, /^a\.jsonl, line 2: "text" is null/],
    [
      'bytes that are not UTF-8',
      'a.jsonl',
      Buffer.concat([Buffer.from(good.repeat(2)), Buffer.from([0xc7, 0xe1, 0x0a])]),
      {},
      /^a\.jsonl, line 3: the bytes are not UTF-8/,
    ],
    ['a lone surrogate', 'a.jsonl', `${good}{"text": "\\ud83d"}\n`, {}, /^a\.jsonl, line 2: "text" has half of a surrogate pair/],
    ['an empty file', 'a.jsonl', '', {}, /^a\.jsonl: the file is empty/],
    ['only blank lines', 'a.txt', '\n \n', {}, /^a\.txt: the file has no documents/],
    ['only a header', 'a.csv', 'id,text\n', {}, /^a\.csv: the file has no documents/],
    ['a gz cut short', 'a.jsonl.gz', gzip.subarray(0, gzip.length - 12), {}, /^a\.jsonl\.gz: the compressed file is cut short/],
    ['a gz that is none', 'a.jsonl.gz', good, {}, /^a\.jsonl\.gz: the compressed file is damaged/],
    ['an id that repeats', 'a.jsonl', `${good}${good}`, { idColumn: 'id' }, /^a\.jsonl, line 2: the id "a" in "id" was given before/],
    ['no id column', 'a.jsonl', good, { idColumn: 'key' }, /^a\.jsonl, line 1: there is no column "key"; there are "id", "text"/],
    ['an empty id', 'a.jsonl', '{"id": "", "text": "x"}\n', { idColumn: 'id' }, /^a\.jsonl, line 1: the id in "id" is empty/],
    ['a short record', 'a.csv', 'id,text\n1,x\n2\n', {}, /^a\.csv, line 3: the record has 1 fields, but the header has 2/],
    ['a quote never closed', 'a.csv', 'id,text\n1,x\n2,"y\n3,z\n', {}, /^a\.csv, line 3: a quote is opened here and never closed/],
    ['a column twice', 'a.csv', 'text,text\n1,2\n', {}, /^a\.csv, line 1: two columns are called "text"/],
    ['not Parquet', 'a.parquet', good, {}, /^a\.parquet: this is not a whole Parquet file/],
    ['an unknown kind', 'a.docx', good, {}, /^a\.docx: files of this kind cannot be read/],
  ])('%s', async (_, name, content, options, expected) => {
    expect(await sentence(read(put(name, content), options))).toMatch(expected);
  });

  test('no such file, a folder', async () => {
    expect(await sentence(read(path.join(folder, 'gone.jsonl')))).toMatch(/^gone\.jsonl: there is no such file/);
    fs.mkdirSync(path.join(folder, 'b.jsonl'));
    expect(await sentence(read(path.join(folder, 'b.jsonl')))).toMatch(/^b\.jsonl: this is a folder/);
  });

  test('a Parquet file cut short', async () => {
    const file = path.join(folder, 'a.parquet');
    await writeTable(file, [{ name: 'text', type: 'string' }], [{ text: 'x' }]);
    fs.truncateSync(file, fs.statSync(file).size - 20);
    expect(await sentence(read(file))).toMatch(/^a\.parquet: this is not a whole Parquet file/);
  });
});
