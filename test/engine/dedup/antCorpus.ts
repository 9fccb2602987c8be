import fs from 'node:fs';
import path from 'node:path';

const folder = path.join(
  process.env.NASAQ_TEST_DATA ?? path.resolve(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data'),
  'ant_corpus',
);

/** 10,161 news articles. Absent where the test data are not. */
export const antFile = path.join(folder, 'ant_v1.1.jsonl');
/** Pairs of them that are near duplicates, with the exact Jaccard similarity of their word 3-grams; copies are left out. */
export const antPairsFile = path.join(folder, 'near_dup_pairs.jsonl');

export const antDocuments = (): { id: string; text: string; date: string }[] => readLines(antFile);
export const antPairs = (): { a: string; b: string; jaccard_w3: number }[] => readLines(antPairsFile);

const readLines = <T>(file: string): T[] =>
  fs
    .readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
