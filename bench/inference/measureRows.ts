import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Figure, judged } from '../figures.ts';
import type { InferenceBench } from './InferenceBench.ts';
import { type MeasureJob, type MeasureResult, measureResultSchema } from './MeasureJob.ts';

/** Rows with perplexity, of which later 1 % are new. */
const CHANGING_ROWS = 4000;
const GIGABYTE = 1e9;

/** What any number of rows costs: memory over many, and what a corpus costs of which 1 % is new. */
export async function measureRows({ rows, folder, say }: InferenceBench): Promise<Figure[]> {
  const many = await runMeasure({ rows, fresh: 0, hasFluency: false }, path.join(folder, 'many'));
  say(`measured ${rows} rows in ${many.seconds.toFixed(0)} s`);
  const [early, late] = [peak(many, 0, 0.5), peak(many, 0.5, 1)];
  const cache = path.join(folder, 'changing');
  const first = await runMeasure({ rows: CHANGING_ROWS, fresh: 0, hasFluency: true }, cache);
  const second = await runMeasure({ rows: CHANGING_ROWS, fresh: CHANGING_ROWS / 100, hasFluency: true }, cache);
  say(
    `measured ${CHANGING_ROWS} rows with perplexity in ${first.seconds.toFixed(1)} s, and with 1 % new ones in ${second.seconds.toFixed(1)} s`,
  );
  return [
    judged(
      `resident memory, ${rows.toLocaleString('en-US')} rows through measure`,
      Math.max(early, late) / GIGABYTE,
      'GB',
      '<',
      1.5,
      'whole process, classifier only',
    ),
    judged('that of the second half of the rows by that of the first', late / early, '×', '<=', 1.1, 'does not grow with rows'),
    { name: 'rows through measure, classifier only', value: rows / many.seconds, unit: 'rows/s' },
    judged(
      'texts computed, 1 % of the rows new',
      (100 * second.computed) / first.computed,
      '%',
      '<=',
      2,
      `${CHANGING_ROWS} rows, with perplexity`,
    ),
    judged('time, 1 % of the rows new', (100 * second.seconds) / first.seconds, '%', '<', 5, 'of the whole, first run'),
  ];
}

async function runMeasure(job: Omit<MeasureJob, 'cacheFolder'>, cacheFolder: string): Promise<MeasureResult> {
  await fs.mkdir(cacheFolder, { recursive: true });
  const file = path.join(cacheFolder, 'job.json');
  await fs.writeFile(file, JSON.stringify({ ...job, cacheFolder: path.join(cacheFolder, 'cache') }));
  const program = path.join(import.meta.dirname, 'runMeasure.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [program, file], { maxBuffer: 1 << 28 });
  return measureResultSchema.parse(JSON.parse(stdout.trim().split('\n').at(-1)!));
}

/** Most resident bytes while these shares of the rows were done. */
function peak({ memory }: MeasureResult, from: number, to: number): number {
  const rows = memory.at(-1)![0];
  const seen = memory.filter(([done]) => done >= from * rows && done <= to * rows).map(([, bytes]) => bytes);
  return Math.max(...seen);
}
