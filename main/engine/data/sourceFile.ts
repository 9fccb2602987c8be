import fs from 'node:fs/promises';
import path from 'node:path';
import { UserError, type Cell, type Column, type ColumnType, type Row } from '../../../nodes/kit/index.ts';
import { delimitedFormat } from './delimitedFormat.ts';
import { fileProblem } from './fileProblem.ts';
import { IdSet } from '../dedup/IdSet.ts';
import { inferColumnType, seenType, toColumnType, type SeenTypes } from './inferColumnType.ts';
import { jsonLinesFormat } from './jsonLinesFormat.ts';
import { parquetFormat } from './parquetFormat.ts';
import { plainTextFormat } from './plainTextFormat.ts';
import type { SourceFormat, SourceRecord } from './SourceFormat.ts';

export interface SourceFile {
  /** `id` and `text`, then the file's other columns in the order in which they first appear. Reads the file once through. */
  columns(): Promise<Column[]>;
  /** In order, a few at a time; may be called again. */
  rows(): AsyncIterable<Row>;
}

/** What `openSourceFile` reads, without dots; each but Parquet also with `.gz` or `.zst` behind. */
export const SOURCE_EXTENSIONS = ['jsonl', 'ndjson', 'csv', 'tsv', 'txt', 'parquet'] as const;

/**
 * A person's file as documents. The id comes from `idColumn`; without one from the column `id`, if every record has one
 * and no two the same; else it is the file's name and the line. A column that would hide `id` or `text` gets `_original`
 * behind its name. Whatever is wrong with the file is a UserError that names it, and the line where there is one.
 */
export function openSourceFile(file: string, options: { textColumn: string; idColumn?: string }): SourceFile {
  const { textColumn } = options;
  const idColumn = options.idColumn === '' ? undefined : options.idColumn;
  const format = sourceFormat(file, textColumn);
  let survey: Promise<Survey> | undefined;
  const surveyed = () => (survey ??= surveyFile(file, format, textColumn, idColumn));
  return {
    columns: async () => (await surveyed()).columns,
    async *rows() {
      const { idFrom, others } = await surveyed();
      for await (const record of format.records()) {
        const row: Row = {
          id: idFrom === undefined ? `${path.basename(file)}:${record.number}` : String(record.fields.get(idFrom)),
          text: documentText(record, file, format, textColumn),
        };
        for (const { from, to, type } of others) row[to] = toColumnType(record.fields.get(from) ?? null, type, format.typing);
        yield row;
      }
    },
  };
}

interface Survey {
  readonly columns: Column[];
  /** Absent: ids are made of file name and line. */
  readonly idFrom: string | undefined;
  readonly others: readonly { from: string; to: string; type: ColumnType }[];
}

async function surveyFile(file: string, format: SourceFormat, textColumn: string, idColumn: string | undefined): Promise<Survey> {
  await checkIsFile(file);
  const declared = (await format.declared?.()) ?? new Map<string, ColumnType>();
  const seen = new Map<string, SeenTypes>();
  const ids = new IdSet();
  let count = 0;
  const idFrom = idColumn ?? 'id';
  let idsGood = true;
  for await (const record of format.records()) {
    count += 1;
    for (const [name, value] of record.fields) {
      const types = seen.get(name) ?? new Set();
      if (types.size === 0) seen.set(name, types);
      const type = seenType(value, format.typing);
      if (type !== undefined) types.add(type);
    }
    documentText(record, file, format, textColumn);
    if (!idsGood) continue;
    const id = record.fields.get(idFrom);
    if (id !== undefined && id !== null && id !== '' && ids.add(String(id))) continue;
    if (idColumn !== undefined) throw idProblem(record, file, format, idColumn);
    idsGood = false;
  }
  if (count === 0) {
    const { size } = await fs.stat(file);
    throw new UserError(
      `${file}: ${size === 0 ? 'the file is empty' : 'the file has no documents'}: choose one with at least one document.`,
    );
  }
  const taken = new Set(['id', 'text', '__proto__']);
  const others = [...seen]
    .filter(([name]) => name !== textColumn && !(idsGood && name === idFrom))
    .map(([from, types]) => ({ from, to: freeName(from, taken), type: declared.get(from) ?? inferColumnType(types) }));
  return {
    columns: [{ name: 'id', type: 'string' }, { name: 'text', type: 'string' }, ...others.map(({ to, type }) => ({ name: to, type }))],
    idFrom: idsGood ? idFrom : undefined,
    others,
  };
}

function sourceFormat(file: string, textColumn: string): SourceFormat {
  const name = path.basename(file).toLowerCase();
  const extension = path.extname(name.replace(/\.(gz|zst)$/, ''));
  switch (extension) {
    case '.jsonl':
    case '.ndjson':
      return jsonLinesFormat(file);
    case '.csv':
      return delimitedFormat(file, ',');
    case '.tsv':
      return delimitedFormat(file, '\t');
    case '.txt':
      return plainTextFormat(file, textColumn);
    case '.parquet':
      if (name.endsWith('.parquet')) return parquetFormat(file);
  }
  throw new UserError(
    `${file}: files of this kind cannot be read: use ${SOURCE_EXTENSIONS.map((known) => `.${known}`).join(', ')}, or one of the first five with .gz or .zst behind.`,
  );
}

async function checkIsFile(file: string): Promise<void> {
  try {
    if ((await fs.stat(file)).isDirectory()) throw new UserError(`${file}: this is a folder: choose a file in it.`);
  } catch (error) {
    throw fileProblem(error, file);
  }
}

function documentText(record: SourceRecord, file: string, { unit }: SourceFormat, textColumn: string): string {
  const text = record.fields.get(textColumn);
  if (typeof text === 'string') return text;
  const where = `${file}, ${unit} ${record.number}`;
  if (text === undefined) {
    const names = [...record.fields.keys()].slice(0, 12);
    throw new UserError(
      `${where}: there is no column "${textColumn}"; there ${names.length === 1 ? 'is' : 'are'} ${names.map((name) => `"${name}"`).join(', ') || 'none at all'}: set the text column to the one that holds the documents.`,
    );
  }
  throw new UserError(
    `${where}: "${textColumn}" is ${text === null ? 'null' : `a ${typeof text}`}, not text: every document must have a text.`,
  );
}

function idProblem(record: SourceRecord, file: string, { unit }: SourceFormat, idColumn: string): UserError {
  const where = `${file}, ${unit} ${record.number}`;
  const id: Cell | undefined = record.fields.get(idColumn);
  if (id === undefined) {
    const names = [...record.fields.keys()].slice(0, 12).map((name) => `"${name}"`);
    return new UserError(
      `${where}: there is no column "${idColumn}"; there are ${names.join(', ')}: name another id column, or none to number the documents.`,
    );
  }
  if (id === null || id === '')
    return new UserError(`${where}: the id in "${idColumn}" is empty: give every document one, or name no id column.`);
  return new UserError(`${where}: the id "${String(id)}" in "${idColumn}" was given before: make the ids unique, or name no id column.`);
}

function freeName(name: string, taken: Set<string>): string {
  let free = name === '' ? 'unnamed' : name;
  while (taken.has(free)) free = `${free}_original`;
  taken.add(free);
  return free;
}
