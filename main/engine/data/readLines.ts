import { isUtf8 } from 'node:buffer';
import fs from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import zlib from 'node:zlib';
import { UserError } from '../../../nodes/kit/index.ts';
import { fileProblem } from './fileProblem.ts';

export interface Line {
  /** Without its `\n`; a `\r` before it stays. */
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

const NEWLINE = 0x0a;
const LONGEST_LINE = 256 * 2 ** 20;

/**
 * The lines of a UTF-8 file, plain, `.gz` or `.zst`, without a byte order mark and without an empty last one.
 * Throws a UserError that names the file, and the line where there is one, when it cannot be read to its end.
 */
export async function* readLines(file: string): AsyncGenerator<Line, void, undefined> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let number = 0;
  const source = fs.createReadStream(file);
  const bytes = decompress(source, file);
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      const end = chunk.lastIndexOf(NEWLINE);
      if (end < 0) {
        rest.push(chunk);
        restBytes += chunk.length;
        if (restBytes > LONGEST_LINE)
          throw new UserError(`${file}, line ${number + 1}: the line is longer than 256 MB: is this a text file with a document a line?`);
        continue;
      }
      const block = Buffer.concat([...rest, chunk.subarray(0, end)]);
      rest = [chunk.subarray(end + 1)];
      restBytes = rest[0]!.length;
      for (const text of decode(block, number, file)) yield { text, number: (number += 1) };
    }
    const last = Buffer.concat(rest);
    if (last.length > 0) for (const text of decode(last, number, file)) yield { text, number: (number += 1) };
  } catch (error) {
    throw fileProblem(error, file);
  } finally {
    bytes.destroy();
    source.destroy();
  }
}

function decompress(source: fs.ReadStream, file: string): Readable {
  const extension = path.extname(file).toLowerCase();
  if (extension === '.gz') return piped(source, zlib.createGunzip());
  if (extension !== '.zst') return source;
  if (typeof zlib.createZstdDecompress !== 'function') {
    source.destroy();
    throw new UserError(`${file}: Node ${process.versions.node} cannot read .zst: unpack the file first, or use Node 22.15 or newer.`);
  }
  return piped(source, zlib.createZstdDecompress());
}

/** `pipe` alone would leave the reader waiting when the source fails. */
function piped<T extends Readable & NodeJS.WritableStream>(source: fs.ReadStream, target: T): T {
  source.on('error', (error) => target.destroy(error));
  return source.pipe(target);
}

function decode(block: Buffer, linesBefore: number, file: string): string[] {
  if (!isUtf8(block)) {
    let number = linesBefore;
    let start = 0;
    while (start <= block.length) {
      const end = block.indexOf(NEWLINE, start);
      const line = block.subarray(start, end < 0 ? block.length : end);
      number += 1;
      if (!isUtf8(line)) throw new UserError(`${file}, line ${number}: the bytes are not UTF-8: save the file as UTF-8.`);
      start += line.length + 1;
    }
  }
  const text = block.toString('utf8');
  return (linesBefore === 0 && text.startsWith('\uFEFF') ? text.slice(1) : text).split('\n');
}
