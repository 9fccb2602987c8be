import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { rowKey } from '../../../main/engine/scoring/computeRows.ts';
import { segmentText } from '../../../main/engine/text/segment.ts';
import rewriteSpec from '../../../nodes/rewrite/spec.ts';
import { jsonLines, sampleRows, tinyModel } from '../inference/givenArtifacts.ts';
import { workflowOf } from '../testNodes.ts';
import { digestsOf, killUntilDone, startChild, writeWorkflow } from './killUntilDone.ts';
import type { WatchedLine } from './watchedRewrite.ts';

const ROWS = 320;
const ROWS_PER_BATCH = 64;
const KILLS = 20;

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nasaq-kill-rewrite-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(folder, { recursive: true, force: true });
});

const rows = sampleRows('comments')
  .filter(({ text }) => String(text).length > 20 && String(text).length < 90)
  .slice(0, ROWS)
  .map(({ id, text }) => ({ id: id!, text: text! }));
const keys = new Set(rows.map(({ text }) => rowKey(String(text))));

/** By segment: the row that has it, where it is the only one. */
const rowOf = new Map<string, string>();
const shared = new Set<string>();
for (const { text } of rows) {
  for (const segment of new Set(segmentText(String(text)).contents)) {
    if (rowOf.has(segment)) shared.add(segment);
    rowOf.set(segment, rowKey(String(text)));
  }
}
for (const segment of shared) rowOf.delete(segment);

it(
  'ends a rewrite as if nothing had happened after twenty kills, and computes no row twice but those in flight',
  { timeout: 900_000 },
  async () => {
    const file = path.join(folder, 'rows.jsonl');
    fs.writeFileSync(file, jsonLines(rows));
    const workflow = writeWorkflow(
      folder,
      workflowOf({
        read: { type: 'given-corpus', params: { file } },
        worker: { type: 'given-model', params: { folder: tinyModel } },
        rewrite: { type: 'rewrite', version: rewriteSpec.version, from: { corpus: 'read.corpus', worker: 'worker.model' } },
      }),
    );
    const watch = path.join(folder, 'watch.jsonl');
    vi.stubEnv('NASAQ_TEST_WATCH', watch);
    const undisturbed = await startChild({ workflow, cache: path.join(folder, 'undisturbed'), nodeTypes: 'watched' }).outcome;
    expect(undisturbed?.nodes.map(({ status, error }) => [status, error])).toEqual([1, 2, 3].map(() => ['ran', undefined]));
    const killed = await killUntilDone({ workflow, nodeTypes: 'watched' }, { folder, kills: KILLS, longestMs: 5_000, seed: 20_261_124 });
    expect(killed.kills).toBeGreaterThanOrEqual(KILLS);
    for (const digests of killed.finished) expect(digests).toEqual(digestsOf(undisturbed!));

    const lines = fs
      .readFileSync(watch, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as WatchedLine);
    for (const cache of new Set(lines.map((line) => line.cache))) {
      const kept = new Set<string>();
      /** Asked for in a process, and not kept yet. */
      const inFlight = new Map<number, Set<string>>();
      let computed = 0;
      for (const line of lines.filter((each) => each.cache === cache)) {
        if ('kept' in line) {
          for (const key of line.kept) {
            expect(kept.has(key), 'a row was kept twice').toBe(false);
            kept.add(key);
          }
          inFlight.delete(line.process);
          continue;
        }
        const asked = new Set(line.asked.flatMap((segment) => rowOf.get(segment) ?? []));
        for (const key of asked) expect(kept.has(key), 'a row that was kept was computed again').toBe(false);
        const flying = inFlight.get(line.process) ?? new Set();
        inFlight.set(line.process, flying);
        for (const key of asked) {
          if (!flying.has(key)) computed += 1;
          flying.add(key);
        }
        expect(flying.size, 'more than one batch was in flight').toBeLessThanOrEqual(ROWS_PER_BATCH);
      }
      if (kept.size < keys.size) continue;
      const lost = [...inFlight.values()].reduce((sum, batch) => sum + batch.size, 0);
      const alone = new Set(rowOf.values()).size;
      expect(computed).toBe(alone + lost);
    }
    expect(lines.some((line) => 'kept' in line && line.cache !== path.join(folder, 'undisturbed'))).toBe(true);
  },
);
