import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exportTable } from '../../../main/engine/data/exportTable.ts';
import { withDiskCode } from '../../../main/engine/data/openDuckDb.ts';
import { readTable, readTablePage, writeTable } from '../../../main/engine/data/tableFile.ts';
import type { Column, Row } from '../../../nodes/kit/index.ts';

const columns: Column[] = [
  { name: 'id', type: 'string' },
  { name: 'text', type: 'string' },
  { name: 'Text', type: 'string' },
  { name: 'count', type: 'integer' },
  { name: 'share', type: 'number' },
  { name: 'clean', type: 'boolean' },
];
const rows: Row[] = Array.from({ length: 20_000 }, (_, index) => ({
  id: `doc-${index}`,
  text: index % 7 === 0 ? '' : `سطر "${index}"\nوآخر 😀`,
  Text: index === 3 ? 'before\u0000after' : null,
  count: index - 10 + 2 ** 52,
  share: index / 3,
  clean: index % 2 === 0,
}));

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nasaq-table-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const all = async (read: AsyncIterable<Row>): Promise<Row[]> => {
  const list: Row[] = [];
  for await (const row of read) list.push(row);
  return list;
};

describe('a table file', () => {
  test.each(['parquet', 'jsonl'])('makes no folder on its way: .%s', async (extension) => {
    const target = path.join(folder, 'missing', `table.${extension}`);
    await expect(exportTable(target, columns, rows)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test('gives back every row as it was, in order, also in a folder whose name looks like a pattern', async () => {
    const odd = path.join(folder, "it's [1] *");
    fs.mkdirSync(odd);
    const file = path.join(odd, 'table.parquet');
    const written = await writeTable(file, columns, rows);
    expect(written.rowCount).toBe(rows.length);
    expect(written.bytes).toBe(fs.statSync(file).size);
    expect(fs.readdirSync(odd)).toEqual(['table.parquet']);
    expect(await all(readTable(file, columns))).toEqual(rows);
  });

  test('has the digest of its canonical rows as ARCHITECTURE.md defines it', async () => {
    const { digest } = await writeTable(path.join(folder, 'a.parquet'), columns, rows);
    const lines = [columns, ...rows.map((row) => columns.map(({ name }) => row[name]))].map((value) => `${JSON.stringify(value)}\n`);
    expect(digest).toBe(createHash('sha256').update(lines.join('')).digest('hex'));
  });

  test('is served a page at a time, also past the end', async () => {
    const file = path.join(folder, 'a.parquet');
    await writeTable(file, columns, rows);
    expect(await readTablePage(file, columns, 8190, 5)).toEqual(rows.slice(8190, 8195));
    expect(await readTablePage(file, columns, rows.length - 1, 5)).toEqual(rows.slice(-1));
    expect(await readTablePage(file, columns, rows.length, 5)).toEqual([]);
  });

  test('holds many documents of many pages, and a very long one', async () => {
    const two = columns.slice(0, 2);
    const page = 'صفحة من كتاب طويل جدا. '.repeat(6000);
    const long = function* (): Generator<Row> {
      for (let at = 0; at < 2200; at += 1) yield { id: String(at), text: `${at} ${page}` };
      yield { id: 'longest', text: 'x'.repeat(60_000_000) };
    };
    const file = path.join(folder, 'long.parquet');
    await writeTable(file, two, long());
    let [count, characters] = [0, 0];
    for await (const { text } of readTable(file, two)) {
      count += 1;
      characters += String(text).length;
    }
    expect(count).toBe(2201);
    expect(characters).toBe([...long()].reduce((sum, { text }) => sum + String(text).length, 0));
  });

  test('may have no rows at all', async () => {
    const file = path.join(folder, 'none.parquet');
    expect((await writeTable(file, columns, [])).rowCount).toBe(0);
    expect(await all(readTable(file, columns))).toEqual([]);
  });

  test.each([
    [{ id: 'a', count: 1.5 }, 'column "count"'],
    [{ id: 'a', count: 2 ** 53 }, 'column "count"'],
    [{ id: 7 }, 'column "id"'],
    [{ id: 'a', share: Number.NaN }, 'column "share"'],
    [{ id: 'a', clean: 'yes' }, 'column "clean"'],
    [{ id: 'a', text: 'half \ud83d' }, 'surrogate'],
  ])('refuses %j and leaves nothing behind', async (row, problem) => {
    await expect(writeTable(path.join(folder, 'a.parquet'), columns, [rows[0]!, row as Row])).rejects.toThrow(problem);
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test('stops when it is aborted, and leaves the file of before as it was', async () => {
    const file = path.join(folder, 'a.parquet');
    await writeTable(file, columns, rows.slice(0, 2));
    const before = fs.readFileSync(file);
    const controller = new AbortController();
    const endless = (async function* () {
      for (let index = 0; ; index += 1) {
        if (index === 5000) controller.abort(new Error('stopped by the test'));
        yield rows[index % rows.length]!;
      }
    })();
    await expect(writeTable(file, columns, endless, { signal: controller.signal })).rejects.toThrow('stopped by the test');
    expect(fs.readFileSync(file)).toEqual(before);
    expect(fs.readdirSync(folder)).toEqual(['a.parquet']);
  });

  test('tells of a full disk by the code that the rest of the engine knows', () => {
    const told = withDiskCode(new Error('IO Error: Could not write file "x": No space left on device'));
    expect(told).toMatchObject({ code: 'ENOSPC' });
    const spilling = new Error(
      "Failed to append: failed to offload data block of size 160.0 KiB. This limit was set by the 'max_temp_directory_size' setting.",
    );
    expect(withDiskCode(spilling)).toMatchObject({ code: 'ENOSPC' });
    const other = new Error('Binder Error: no such column');
    expect(withDiskCode(other)).toBe(other);
  });
});

describe('an export', () => {
  test('to JSONL and to Parquet has the same rows', async () => {
    const jsonl = path.join(folder, 'out.jsonl');
    const parquet = path.join(folder, 'out.parquet');
    await exportTable(jsonl, columns, rows.slice(0, 1500));
    await exportTable(parquet, columns, rows.slice(0, 1500));
    const lines = fs.readFileSync(jsonl, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as Row)).toEqual(rows.slice(0, 1500));
    expect(await all(readTable(parquet, columns))).toEqual(rows.slice(0, 1500));
  });

  test('that fails leaves the file of before as it was', async () => {
    const file = path.join(folder, 'out.jsonl');
    fs.writeFileSync(file, 'precious');
    const failing = (function* () {
      yield* rows.slice(0, 1000);
      throw new Error('source gone');
    })();
    await expect(exportTable(file, columns, failing)).rejects.toThrow('source gone');
    expect(fs.readFileSync(file, 'utf8')).toBe('precious');
    expect(fs.readdirSync(folder)).toEqual(['out.jsonl']);
  });

  test('to another kind of file is refused by name', async () => {
    await expect(exportTable(path.join(folder, 'out.xlsx'), columns, rows)).rejects.toThrow(/out\.xlsx.*\.jsonl or \.parquet/);
  });
});
