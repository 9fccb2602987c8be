import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { SimilarPair } from './exactJoin.ts';

/** Bytes of a pair: `a` and `b` as 32-bit and the similarity as 64-bit little-endian numbers. */
const PAIR_BYTES = 16;
const BLOCK = 4096;

export function writePairs(file: string, pairs: Iterable<SimilarPair>): void {
  const descriptor = openSync(file, 'w');
  try {
    const block = Buffer.alloc(PAIR_BYTES * BLOCK);
    let end = 0;
    for (const { a, b, similarity } of pairs) {
      block.writeUInt32LE(a, end);
      block.writeUInt32LE(b, end + 4);
      block.writeDoubleLE(similarity, end + 8);
      end += PAIR_BYTES;
      if (end < block.length) continue;
      writeSync(descriptor, block);
      end = 0;
    }
    writeSync(descriptor, block, 0, end);
  } finally {
    closeSync(descriptor);
  }
}

export function* readPairs(file: string): Generator<SimilarPair, void, void> {
  const bytes = readFileSync(file);
  for (let at = 0; at < bytes.length; at += PAIR_BYTES) {
    yield { a: bytes.readUInt32LE(at), b: bytes.readUInt32LE(at + 4), similarity: bytes.readDoubleLE(at + 8) };
  }
}
