import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rowKey } from '../../../main/engine/scoring/computeRows.ts';
import { type BatchWork, keptResults } from '../../../main/engine/scoring/keptResults.ts';
import { openStore, type Store } from '../../../main/engine/store/openStore.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nasaq-kept-'));
  store = openStore(folder);
});
afterEach(() => {
  store.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Each result tells with whom the row shared its batch. */
const inBatches = async (batch: readonly string[]) => batch.map((row) => `${row} in ${batch.join('+')}`);
const scored = (
  rows: readonly string[],
  compute: BatchWork<string, string>['compute'] = inBatches,
  signal = new AbortController().signal,
) =>
  keptResults(rows, rows.map(rowKey), {
    results: store.rowResults.open<string>({ action: 'a', nodeType: 'test', version: 1, operation: 'o' }),
    size: (row) => row.length,
    maxRows: 3,
    maxSize: 10,
    signal,
    compute,
  });
const window = ['a', 'b', 'a', 'c', 'd', 'eeeeeeeee', 'ff', 'ggggggggggggggg', 'h'];
const expected = [
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

describe('results of a window of rows', () => {
  it('come in the order of the rows, equal rows computed once, within both limits', async () => {
    expect(await scored(window)).toEqual({ results: expected, computed: 8 });
  });

  it('are the same after an interruption, in the same batches, and no finished batch is computed again', async () => {
    let batches = 0;
    const failing = async (batch: readonly string[]) => (++batches === 3 ? Promise.reject(new Error('power cut')) : inBatches(batch));
    await expect(scored(window, failing)).rejects.toThrow('power cut');
    expect(await scored(window)).toEqual({ results: expected, computed: 3 });
  });

  it('are computed only for what is new', async () => {
    await scored(window);
    expect(await scored(['x', ...window])).toEqual({ results: ['x in x', ...expected], computed: 1 });
  });

  it('stop between batches when the run is stopped, and what is done stays done', async () => {
    const controller = new AbortController();
    const stopping = async (batch: readonly string[]) => (controller.abort(new Error('stopped')), inBatches(batch));
    await expect(scored(window, stopping, controller.signal)).rejects.toThrow('stopped');
    expect((await scored(window)).computed).toBe(5);
  });
});
