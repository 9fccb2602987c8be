import { UserError, type Cell } from '../../../nodes/kit/index.ts';
import { readLines } from './readLines.ts';
import type { SourceFormat, SourceRecord } from './SourceFormat.ts';

/** A JSON object a line; blank lines are passed over, nested values become JSON text, integers too big for a double become text. */
export const jsonLinesFormat = (file: string): SourceFormat => ({
  unit: 'line',
  typing: 'json',
  async *records(): AsyncGenerator<SourceRecord> {
    for await (const { text, number } of readLines(file)) {
      if (text.trim() === '') continue;
      yield { number, fields: fieldsOf(text, file, number) };
    }
  },
});

function fieldsOf(line: string, file: string, number: number): Map<string, Cell> {
  let value: unknown;
  try {
    value = JSON.parse(/\d{16}/.test(line) ? quoteBigIntegers(line) : line);
  } catch {
    throw new UserError(`${file}, line ${number}: this is not JSON: every line must be one whole JSON object.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UserError(`${file}, line ${number}: this is not a JSON object: every line must look like {"text": "…"}.`);
  }
  const fields = new Map<string, Cell>();
  for (const [name, field] of Object.entries(value)) {
    const cell: Cell = typeof field === 'object' && field !== null ? JSON.stringify(field) : (field as Cell);
    if (typeof cell === 'string' && !cell.isWellFormed()) {
      throw new UserError(`${file}, line ${number}: "${name}" has half of a surrogate pair (a broken \\u escape): repair the text.`);
    }
    fields.set(name, cell);
  }
  return fields;
}

/** `JSON.parse` would round the ids that social media give their posts. */
const quoteBigIntegers = (line: string): string =>
  line.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g, (token) =>
    /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token,
  );
