import { readLines } from './readLines.ts';
import type { SourceFormat, SourceRecord } from './SourceFormat.ts';

/** A document a line, under `textColumn`; blank lines are passed over. */
export const plainTextFormat = (file: string, textColumn: string): SourceFormat => ({
  unit: 'line',
  typing: 'json',
  async *records(): AsyncGenerator<SourceRecord> {
    for await (const { text, number } of readLines(file)) {
      const document = text.endsWith('\r') ? text.slice(0, -1) : text;
      if (document.trim() !== '') yield { number, fields: new Map([[textColumn, document]]) };
    }
  },
});
