import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readTable, tableColumnBytes, writeTable } from '../../../main/engine/data/tableFile.ts';
import { tableJsonLines } from '../../../main/engine/data/tableJsonLines.ts';
import type { Column, Row } from '../../../nodes/kit/index.ts';

let folder: string;
beforeEach(() => void (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nasaq-lines-'))));
afterEach(() => fs.rmSync(folder, { recursive: true }));

async function tableOf(columns: readonly Column[], rows: readonly Row[]) {
  const file = path.join(folder, "it's a [table].parquet");
  await writeTable(file, columns, rows);
  return { file, columns };
}
const linesOf = (file: string): string[] => {
  const text = fs.readFileSync(file, 'utf8');
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text.split('\n').slice(0, -1);
};

/** All that a text may hold: what JSON escapes, what UTF-8 and UTF-16 write differently, and what looks like JSON. */
const TEXTS = [
  '',
  ' ',
  '"in quotes" \\ and \\" / \\n \\u0041',
  Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join(''),
  'before\u0000after',
  '\u007f\u0080\u009f\u00ad\ufeff\ufffd\ufffe\uffff',
  'line\u2028separator\u2029',
  'نصّ عربيّ ﻻ ١٢٣',
  '😀👨‍👩‍👧‍👦\u{10ffff}',
  'null',
  '{"text": "x"}\r\n[1]',
  "<script>&'</script>",
  'x'.repeat(3_000_000),
];
const NUMBERS = [0, -0, 1.5, 1 / 3, 0.1, 1e300, 1e21, 1e-7, 5e-324, 123456789.123, Number.MAX_VALUE, null, 100];
const columns: Column[] = [
  { name: 'id', type: 'string' },
  { name: 'text', type: 'string' },
  { name: 'Text', type: 'string' },
  { name: 'score', type: 'number' },
  { name: 'year', type: 'integer' },
];
const rows: Row[] = TEXTS.map((text, at) => ({
  id: `row "${at}"`,
  text,
  Text: null,
  score: NUMBERS[at]!,
  year: at % 2 === 0 ? 2 ** 53 - 1 - at : null,
}));

describe('a table as JSON lines', () => {
  test('is read back by JSON.parse as it was, whatever stands in it', async () => {
    const target = path.join(folder, "it's spooled.jsonl");
    const written = await tableJsonLines(await tableOf(columns, rows), target, {
      id: { column: 'id' },
      text: { column: 'text' },
      order: { column: 'score' },
      year: { column: 'year' },
    });
    const lines = linesOf(target);
    expect(lines.map((line) => JSON.parse(line) as Row)).toEqual(
      rows.map(({ id, text, score, year }) => ({ id, text, order: score, year })),
    );
    expect(lines.every((line) => line.isWellFormed())).toBe(true);
    expect(written).toEqual({ bytes: fs.statSync(target).size, missing: { order: 1, year: 6 } });
    expect(fs.readdirSync(folder).sort()).toEqual(["it's a [table].parquet", "it's spooled.jsonl"]);
  });

  test('keeps the order of many rows, with the bytes that JSON.stringify gives', async () => {
    const many = Array.from({ length: 60_000 }, (_, at): Row => ({ id: `${at}`, text: `سطر ${at}` }));
    const target = path.join(folder, 'many.jsonl');
    await tableJsonLines(await tableOf(columns.slice(0, 2), many), target, { text: { column: 'text' } });
    expect(linesOf(target)).toEqual(many.map(({ text }) => JSON.stringify({ text })));
  });

  test('needs no more memory for groups of long rows', async () => {
    const words = Array.from({ length: 5_000 }, (_, at) => `كلمة${at}`);
    const long = Array.from({ length: 20_000 }, (_, at): Row => ({
      id: `${at}`,
      text: words
        .slice((at * 37) % 4_000)
        .slice(0, 700)
        .join(' '),
    }));
    const target = path.join(folder, 'long.jsonl');
    const { bytes } = await tableJsonLines(await tableOf(columns.slice(0, 2), long), target, { text: { column: 'text' } });
    expect(bytes).toBe(long.reduce((sum, { text }) => sum + Buffer.byteLength(JSON.stringify({ text })) + 1, 0));
  });

  test('takes columns whose names differ only in their case for two', async () => {
    const named: Column[] = [...columns.slice(0, 2), { name: 'Text', type: 'string' }];
    const target = path.join(folder, 'named.jsonl');
    await tableJsonLines(await tableOf(named, [{ id: 'a', text: 'small', Text: 'large' }]), target, {
      b: { column: 'Text' },
      a: { column: 'text' },
    });
    expect(linesOf(target)).toEqual(['{"b":"large","a":"small"}']);
  });

  test('of no rows is an empty file', async () => {
    const target = path.join(folder, 'none.jsonl');
    expect(await tableJsonLines(await tableOf(columns, []), target, { text: { column: 'text' } })).toEqual({ bytes: 0, missing: {} });
    expect(linesOf(target)).toEqual([]);
  });

  test('leaves nothing when it is aborted, and an earlier file as it was', async () => {
    const target = path.join(folder, 'target.jsonl');
    fs.writeFileSync(target, 'before\n');
    const table = await tableOf(columns, rows);
    const abort = new AbortController();
    const writing = tableJsonLines(table, target, { text: { column: 'text' } }, { signal: abort.signal });
    abort.abort(new Error('enough'));
    await expect(writing).rejects.toThrow('enough');
    expect(fs.readdirSync(folder).sort()).toEqual(["it's a [table].parquet", 'target.jsonl']);
    expect(linesOf(target)).toEqual(['before']);
  });
});

test.each([
  ['2017-01-20T21:43:00+01:00', '2017-01-20T20:43:00Z'],
  ['2017-01-20 21:43:00', '2017-01-20T21:43:00Z'],
  ['2017-01-20T21:43:00.125Z', '2017-01-20T21:43:00.125Z'],
  ['2017-01-20T21:43-05:30', '2017-01-21T03:13:00Z'],
  ['2017-01-20T21:43Z', '2017-01-20T21:43:00Z'],
  [' 2017-01-20 ', '2017-01-20T00:00:00Z'],
  ['2017-01', '2017-01-01T00:00:00Z'],
  ['2017', '2017-01-01T00:00:00Z'],
  ['20170120', undefined],
  ['2017-13-01', undefined],
  ['yesterday', undefined],
  ['epoch', undefined],
  ['', undefined],
])('the date %j is the time %s', async (text, time) => {
  const target = path.join(folder, 'dates.jsonl');
  const table = await tableOf(columns.slice(0, 2), [{ id: 'a', text }]);
  const { missing } = await tableJsonLines(table, target, { time: { column: 'text', as: 'time' } });
  expect(JSON.parse(linesOf(target)[0]!)).toEqual({ time: time === undefined ? null : Date.parse(time) });
  expect(missing).toEqual({ time: time === undefined ? 1 : 0 });
});

describe('some columns of a table', () => {
  test('are read without the others, by their exact names', async () => {
    const { file } = await tableOf(columns, rows);
    const read: Row[] = [];
    for await (const row of readTable(file, columns, ['Text', 'id'])) read.push(row);
    expect(read).toEqual(rows.map(({ id, Text }) => ({ id, Text })));
  });

  test('are as large as their values, before any row is read', async () => {
    const texts = Array.from({ length: 20_000 }, (_, at): Row => ({ id: `${at}`, text: `${at} ${'كلمة '.repeat(40)}` }));
    const { file } = await tableOf(columns.slice(0, 2), texts);
    const bytes = texts.reduce((sum, { text }) => sum + Buffer.byteLength(String(text)), 0);
    const told = await tableColumnBytes(file, ['text']);
    expect(told).toBeGreaterThan(0.98 * bytes);
    expect(told).toBeLessThan(1.1 * bytes);
    expect(await tableColumnBytes(file, ['text', 'id'])).toBeGreaterThan(told);
  });
});
