import fs from 'node:fs';
import { type Compared, PairList } from './compareDocuments.ts';
import { writeFile } from './writeFile.ts';

/** `[verified, removed, pairs]` as f64, then the ranks of both lists, then their similarities. */
export function writeCompared(target: string, { verified, removed, pairs }: Compared): void {
  const lists = [removed, pairs];
  writeFile(target, [
    Float64Array.of(verified, removed.length, pairs.length),
    ...lists.map(({ ranks, length }) => ranks.subarray(0, 2 * length)),
    ...lists.map(({ similarities, length }) => similarities.subarray(0, length)),
  ]);
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
