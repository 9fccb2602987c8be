import { UserError } from '../../../nodes/kit/index.ts';
import { readLines } from './readLines.ts';
import type { SourceFormat, SourceRecord } from './SourceFormat.ts';

const LONGEST_RECORD = 64_000_000;

/** Comma- or tab-separated values with a header, after RFC 4180; a quote inside an unquoted field is only a quote. */
export const delimitedFormat = (file: string, delimiter: ',' | '\t'): SourceFormat => ({
  unit: 'line',
  typing: 'words',
  async *records(): AsyncGenerator<SourceRecord> {
    let header: string[] | undefined;
    for await (const { fields, number } of readRecords(file, delimiter)) {
      if (header === undefined) {
        header = checkedHeader(fields, file, number);
        continue;
      }
      if (fields.length !== header.length) {
        throw new UserError(
          `${file}, line ${number}: the record has ${fields.length} fields, but the header has ${header.length}: add or remove some, or quote the text.`,
        );
      }
      yield { number, fields: new Map(header.map((name, at) => [name, fields[at]!])) };
    }
  },
});

function checkedHeader(names: string[], file: string, number: number): string[] {
  const doubled = names.find((name, at) => names.indexOf(name) !== at);
  if (doubled !== undefined) throw new UserError(`${file}, line ${number}: two columns are called "${doubled}": rename one.`);
  return names;
}

async function* readRecords(file: string, delimiter: string): AsyncGenerator<{ fields: string[]; number: number }> {
  let open: { fields: string[]; start: number; quoted: string } | undefined;
  for await (const { text, number } of readLines(file)) {
    if (open === undefined && (text === '' || text === '\r')) continue;
    const fields = open?.fields ?? [];
    const start = open?.start ?? number;
    const unclosed = splitLine(text, delimiter, fields, open === undefined ? undefined : `${open.quoted}\n`);
    if (unclosed === undefined) {
      open = undefined;
      yield { fields, number: start };
    } else {
      open = { fields, start, quoted: unclosed };
      if (unclosed.length > LONGEST_RECORD) throw neverClosed(file, start);
    }
  }
  if (open !== undefined) throw neverClosed(file, open.start);
}

const neverClosed = (file: string, line: number) =>
  new UserError(`${file}, line ${line}: a quote is opened here and never closed: close it, or double the quotes inside the field.`);

/** Adds a line's fields; `quoted` is the part of a quoted field read so far, and the returned part one that goes on in the next line. */
function splitLine(text: string, delimiter: string, fields: string[], quoted: string | undefined): string | undefined {
  let at = 0;
  for (;;) {
    if (quoted === undefined && text[at] === '"') {
      quoted = '';
      at += 1;
    }
    if (quoted === undefined) {
      const end = text.indexOf(delimiter, at);
      if (end < 0) {
        fields.push(withoutReturn(text.slice(at)));
        return undefined;
      }
      fields.push(text.slice(at, end));
      at = end + 1;
      continue;
    }
    const quote = text.indexOf('"', at);
    if (quote < 0) return quoted + text.slice(at);
    quoted += text.slice(at, quote);
    at = quote + 1;
    if (text[at] === '"') {
      quoted += '"';
      at += 1;
      continue;
    }
    const end = text.indexOf(delimiter, at);
    fields.push(quoted + (end < 0 ? withoutReturn(text.slice(at)) : text.slice(at, end)));
    if (end < 0) return undefined;
    quoted = undefined;
    at = end + 1;
  }
}

const withoutReturn = (text: string): string => (text.endsWith('\r') ? text.slice(0, -1) : text);
