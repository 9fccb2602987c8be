import fs from 'node:fs';
import path from 'node:path';
import { type JsonLines, type JsonMembers, type RunContext, type TableArtifact, UserError } from '../kit/index.ts';
import { orderMembers } from './orderMember.ts';
import type spec from './spec.ts';

export interface Spool {
  /** JSON lines with the members `id`, `text` and, where it has one, `order`. */
  readonly path: string;
  readonly rows: number;
  readonly hasOrder: boolean;
}
export interface Spools {
  readonly corpora: readonly Spool[];
  readonly against: readonly Spool[];
  /** Documents without a value to order by, among corpora that have the column. */
  readonly unordered: number;
}

interface Planned {
  readonly table: TableArtifact;
  readonly members: JsonMembers;
  readonly path: string;
}

/**
 * Writes the inputs as JSON lines into `folder`, each table once. Those that are whole already are taken as they are: a run
 * that was stopped goes on with them.
 */
export async function spoolInputs({ inputs, params, progress }: RunContext<typeof spec>, folder: string): Promise<Spools> {
  const orders = orderMembers(inputs.corpus, params);
  const corpora = inputs.corpus.map((table, at) => plan(table, orders[at], folder));
  const against = inputs.against.map((table) => plan(table, undefined, folder));
  const all = new Map([...corpora, ...against].map((planned) => [planned.path, planned]));
  let total = 0;
  for (const { table } of all.values()) total += await table.columnBytes(['id', 'text']);
  fs.mkdirSync(folder, { recursive: true });

  const written = new Map<string, JsonLines>();
  let before = 0;
  for (const { table, members, path: file } of all.values()) {
    const onProgress = (bytes: number): void => progress(before + bytes, Math.max(total, before + bytes), 'bytes', 'Preparing');
    const lines = readNote(file) ?? (await table.writeJsonLines(file, members, { onProgress }));
    writeNote(file, lines);
    written.set(file, lines);
    before += lines.bytes;
  }

  const ordered = corpora.filter((_, at) => orders[at]);
  const unordered = ordered.reduce((sum, { path: file }) => sum + (written.get(file)!.missing.order ?? 0), 0);
  const orderedRows = ordered.reduce((sum, { table }) => sum + table.rowCount, 0);
  if (orderedRows > 0 && unordered === orderedRows) {
    const what = params.keep === 'newest' ? 'a date such as 2024-05-31, or a number' : 'a number';
    throw new UserError(`Param \`orderColumn\`: no document has ${what} in "${params.orderColumn}": choose another column.`);
  }
  const spool = ({ table, members, path: file }: Planned): Spool => ({ path: file, rows: table.rowCount, hasOrder: 'order' in members });
  return { corpora: corpora.map(spool), against: against.map(spool), unordered };
}

function plan(table: TableArtifact, order: JsonMembers[string] | undefined, folder: string): Planned {
  const members: JsonMembers = { id: { column: 'id' }, text: { column: 'text' }, ...(order && { order }) };
  return { table, members, path: path.join(folder, `${table.digest}${order ? '-ordered' : ''}.jsonl`) };
}

/** Beside each spool that is whole stands what its writing told. */
const noteOf = (file: string): string => `${file}.done`;
function readNote(file: string): JsonLines | undefined {
  return fs.existsSync(noteOf(file)) ? (JSON.parse(fs.readFileSync(noteOf(file), 'utf8')) as JsonLines) : undefined;
}
function writeNote(file: string, lines: JsonLines): void {
  fs.writeFileSync(`${noteOf(file)}.part`, JSON.stringify(lines));
  fs.renameSync(`${noteOf(file)}.part`, noteOf(file));
}
