import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { computeRows, rowKey, type RowWork } from '../../../main/engine/scoring/computeRows.ts';
import { openStore, type Store } from '../../../main/engine/store/openStore.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nasaq-rows-'));
  store = openStore(folder);
});
afterEach(() => {
  store.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const results = () => store.rowResults.open<string>({ action: 'a', nodeType: 'test', version: 1, operation: 'o' });
/** Each result tells with whom the row shared its batch. */
const work = (rows: readonly string[], more: Partial<RowWork<string, string>> = {}): RowWork<string, string> => ({
  rows: () => rows,
  key: rowKey,
  size: (row) => row.length,
  maxRows: 3,
  maxSize: 10,
  results: results(),
  folder,
  name: 'test',
  signal: new AbortController().signal,
  compute: async (batch) => batch.map((row) => `${row} in ${batch.join('+')}`),
  onProgress: () => undefined,
  ...more,
});
const resultsOf = (rows: readonly string[]) =>
  rows.map((row) =>
    results()
      .get([rowKey(row)])
      .get(rowKey(row)),
  );

const rows = ['a', 'b', 'a', 'c', 'd', 'eeeeeeeee', 'ff', 'ggggggggggggggg', 'h'];
const planned = [
  'a in a+b+c',
  'b in a+b+c',
  'a in a+b+c',
  'c in a+b+c',
  'd in d+eeeeeeeee',
  'eeeeeeeee in d+eeeeeeeee',
  'ff in ff',
  'ggggggggggggggg in ggggggggggggggg',
  'h in h',
];

describe('computeRows', () => {
  it('computes distinct rows in order, within both limits', async () => {
    expect(await computeRows(work(rows))).toBe(8);
    expect(resultsOf(rows)).toEqual(planned);
  });

  it('goes on after an interruption with the batches that were planned at first', async () => {
    let batches = 0;
    const compute = async (batch: readonly string[]) => {
      if (++batches === 2) throw new Error('power cut');
      return batch.map((row) => `${row} in ${batch.join('+')}`);
    };
    await expect(computeRows(work(rows, { compute }))).rejects.toThrow('power cut');
    const progress: [number, number][] = [];
    await computeRows(work(rows, { onProgress: (done, total) => progress.push([done, total]) }));
    expect(progress).toEqual([
      [3, 8],
      [5, 8],
      [6, 8],
      [7, 8],
      [8, 8],
    ]);
    expect(resultsOf(rows)).toEqual(planned);
  });

  it('computes a batch again as planned when only a part of it is known', async () => {
    await expect(computeRows(work(rows, { compute: () => Promise.reject(new Error('power cut')) }))).rejects.toThrow();
    results().put(new Map([[rowKey('b'), 'b of another run']]));
    await computeRows(work(rows));
    expect(resultsOf(rows)).toEqual(planned);
  });

  it('computes only what is new when work starts afresh', async () => {
    await computeRows(work(rows));
    fs.rmSync(path.join(folder, 'test.batches.json'));
    const computed: string[] = [];
    const compute = async (batch: readonly string[]) => (computed.push(...batch), batch.map(() => 'new'));
    expect(await computeRows(work([...rows, 'new one'], { compute }))).toBe(1);
    expect(computed).toEqual(['new one']);
  });

  it('computes what was known when the plan was made and no longer is', async () => {
    results().put(new Map([[rowKey('h'), 'known']]));
    const compute = () => Promise.reject(new Error('power cut'));
    await expect(computeRows(work(rows, { compute }))).rejects.toThrow('power cut');
    store.catalogue.exec('DELETE FROM row_results');
    expect(await computeRows(work(rows))).toBe(8);
    expect(resultsOf(rows)).toEqual(planned);
  });

  it('stops between batches', async () => {
    const controller = new AbortController();
    const compute = async (batch: readonly string[]) => (controller.abort(new Error('stopped')), batch.map(() => 'done'));
    await expect(computeRows(work(rows, { compute, signal: controller.signal }))).rejects.toThrow('stopped');
    expect(resultsOf(rows).filter(Boolean)).toHaveLength(4);
  });
});
