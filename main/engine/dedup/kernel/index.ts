// What the host may call. Pointers hold until the next call that may grow memory.
export { reserveOrderName, reserveTextName } from './json';
export { reservePool, reserveTable } from './normalise';
export {
  configure,
  documentsRead,
  documentsStart,
  inputRead,
  linesRead,
  pointWanted,
  readDocuments,
  reserveComposed,
  reserveInput,
  shinglesOfLine,
  sortedBounds,
  sortRows,
  startBlock,
  startInput,
  textBytes,
  textStart,
} from './documents';
export { crowdedBuckets, findPairs, pairsStart, reserveRows } from './buckets';
export { readPieces, startPieces } from './pieces';
export { limitShingles } from './shingles';
export { holdSet, reserveSets, shared, storeSet } from './similarity';
export { checkLine, hashBytes, normalisedBytes, normalisedStart, normaliseText, sketchOf } from './probes';
