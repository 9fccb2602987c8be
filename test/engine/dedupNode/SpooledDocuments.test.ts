import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SpooledDocuments } from '../../../nodes/dedup/SpooledDocuments.ts';
import { type Bench, makeBench } from '../testNodes.ts';
import { jsonLines } from './dedupBench.ts';

let bench: Bench;
beforeEach(() => void (bench = makeBench()));
afterEach(() => bench.clear());
const never = new AbortController().signal;

test('any document is read by its row, counted through all files', async () => {
  const files = [700, 0, 1, 4_000].map((rows, file) => {
    const documents = Array.from({ length: rows }, (_, row) => ({ id: `${file}/${row}`, text: `${'نص\n'.repeat(row % 900)} ${row}` }));
    return { documents, rows, path: bench.write(`${file}.jsonl`, jsonLines(documents)) };
  });
  const all = files.flatMap(({ documents }, file) => documents.map((document) => ({ document, file })));
  const spooled = await SpooledDocuments.open(files, never);
  // In an order of its own, so that little of it is read twice in a row.
  for (let step = 0; step < all.length; step += 1) {
    const row = (step * 1_999) % all.length;
    expect(spooled.read(row)).toEqual(all[row]!.document);
    expect(spooled.fileOf(row)).toBe(all[row]!.file);
  }
  spooled.close();
});

test('a spool that is not as long as its table is a defect, and not read', async () => {
  const file = { path: bench.write('a.jsonl', '{"id":"a","text":""}\n'), rows: 2 };
  await expect(SpooledDocuments.open([file], never)).rejects.toThrow(/has 1 lines, not the 2/);
  fs.appendFileSync(path.join(bench.folder, 'a.jsonl'), '{"id":"b","text":""}\n');
  (await SpooledDocuments.open([file], never)).close();
});
