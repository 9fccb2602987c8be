import fs from 'node:fs';
import path from 'node:path';
import { chooseBands } from '../../main/engine/dedup/chooseBands.ts';
import { type RunContext, type TableArtifact, UserError } from '../kit/index.ts';
import { likenessOf } from './settings.ts';
import type spec from './spec.ts';
import { sizeInWords } from './sizeInWords.ts';

/** Of a document beside its bands: place and identity. */
const DOCUMENT_BYTES = 72;
const BAND_BYTES = 28;
/** Of what is kept of the pieces, by byte of text: 24 bytes for each, which are seldom shorter than a hundred. */
const PIECES_SHARE = 0.25;
/** JSON around the texts, and what it escapes. */
const SPOOL_SHARE = 1.1;
/** A table that is written lies uncompressed on the disk beyond this. */
const TABLE_MEMORY = 512e6;

/** Refuses in one sentence to begin what the disk of the work folder has no room for, as far as that can be told. */
export async function checkDiskSpace(context: RunContext<typeof spec>): Promise<void> {
  const { inputs, params } = context;
  const folder = context.workFolder();
  const texts = await sumOf([...inputs.corpus, ...inputs.against], (table) => table.columnBytes(['id', 'text']));
  const documents = [...inputs.corpus, ...inputs.against].reduce((sum, { rowCount }) => sum + rowCount, 0);
  const table = await sumOf(inputs.corpus, ({ columns, columnBytes }) => columnBytes(columns.map(({ name }) => name)));
  const packed = await sumOf(inputs.corpus, async (corpus) => (await fs.promises.stat(corpus.path)).size);
  const { near = true, threshold } = likenessOf(params);
  const bands = near ? chooseBands(threshold).bands : 0;
  const pieces = params.pieces === 'off' ? 0 : PIECES_SHARE * texts;
  const searching = SPOOL_SHARE * texts + documents * (DOCUMENT_BYTES + bands * BAND_BYTES) + pieces;
  const needed = searching + (table > TABLE_MEMORY ? table : 0) + packed - bytesIn(folder);
  const { bavail, bsize } = await fs.promises.statfs(folder);
  const free = bavail * bsize;
  if (needed <= free) return;
  throw new UserError(
    `deduplicating ${sizeInWords(texts)} of text needs about ${sizeInWords(needed)} of disk, but ${folder} has ${sizeInWords(free)} free; ` +
      'free some space or choose another cache folder, and run again.',
  );
}

async function sumOf(tables: readonly TableArtifact[], bytes: (table: TableArtifact) => Promise<number>): Promise<number> {
  let sum = 0;
  for (const table of tables) sum += await bytes(table);
  return sum;
}

const bytesIn = (folder: string): number =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + fs.statSync(path.join(parentPath, name)).size, 0);
