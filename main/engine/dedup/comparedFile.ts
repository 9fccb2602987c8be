import fs from 'node:fs';
import { type Compared, PairList } from './compareDocuments.ts';

/** `[verified, removed, pairs]` as f64, then the ranks of both lists, then their similarities. */
export function writeCompared(target: string, { verified, removed, pairs }: Compared): void {
  const part = `${target}.part`;
  const descriptor = fs.openSync(part, 'w');
  try {
    const write = (values: Float64Array | Uint32Array) => {
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      for (let at = 0; at < bytes.length;) at += fs.writeSync(descriptor, bytes, at, Math.min(bytes.length - at, 2 ** 30));
    };
    write(Float64Array.of(verified, removed.length, pairs.length));
    for (const list of [removed, pairs]) write(list.ranks.subarray(0, 2 * list.length));
    for (const list of [removed, pairs]) write(list.similarities.subarray(0, list.length));
  } finally {
    fs.closeSync(descriptor);
  }
  fs.renameSync(part, target);
}

export function readCompared(file: string): Compared {
  const { buffer, byteOffset } = copied(fs.readFileSync(file));
  const [verified, removed, pairs] = new Float64Array(buffer, byteOffset, 3);
  const counts = [removed!, pairs!];
  let at = byteOffset + 24;
  const lists = counts.map((length) => {
    const list = new PairList();
    list.ranks = new Uint32Array(buffer, at, 2 * length);
    list.length = length;
    at += 8 * length;
    return list;
  });
  for (const list of lists) {
    list.similarities = new Float64Array(buffer, at, list.length);
    at += 8 * list.length;
  }
  return { verified: verified!, removed: lists[0]!, pairs: lists[1]! };
}

/** At an offset that every kind of number may stand at. */
const copied = (bytes: Buffer): Uint8Array<ArrayBuffer> => Uint8Array.from(bytes);
