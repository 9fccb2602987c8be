// A block of JSONL, line by line: each document's place, identity, sketch and band keys.
import { ROW_BYTES } from './buckets';
import { xxh64 } from './hashing';
import { LINE_BLANK, LINE_OK, LINE_TOO_LONG, lineEnd, orderLength, orderStart, readLine, text, textLength } from './json';
import { missingPoint, NEEDS_COMPOSING, NEEDS_PAGE, normalise, normalised, normalisedLength } from './normalise';
import { PIECE_BYTES, pieceCount, pieceRows } from './pieces';
import { Region } from './Region';
import { characterShingles, shingles, splitWords, TOO_MANY, wordShingles } from './shingles';
import { bandKey, sketch, SIGNATURE_BYTES, storeSignature } from './sketch';
import { countCharacters } from './utf8';

export const READ_ALL: i32 = 0;
export const READ_NEEDS_PAGE: i32 = 1;
export const READ_NEEDS_COMPOSING: i32 = 2;
/** The number of the line's problem is added. */
export const READ_BAD_LINE: i32 = 16;

/** Bytes of one document's record: place u64, line bytes u32, text bytes u32, characters u32, flags u32, order's start u32, order's length u32. */
const DOCUMENT_BYTES: usize = 32;
/** Bytes of one identity: normalised hash (high, low), raw hash (high, low), document u32, nothing u32. */
const IDENTITY_BYTES: usize = 40;

/** Only white space. */
const FLAG_EMPTY: u32 = 1;
/** Nothing that is compared. */
const FLAG_WORDLESS: u32 = 2;

const SECOND_SEED: u64 = 0x2545f4914f6cdd1d;
/** Keeps the raw text of a wordless document apart from every normalised text. */
const RAW_SEED: u64 = 0x5851f42d4c957f2d;

export const input = new Region();
const documents = new Region();
const identities = new Region();
const signature = new Region();
const rows = new Region();
const sortedIdentities = new Region();
const sortedRows = new Region();
const sortedPieces = new Region();

let shinglesOfCharacters: bool = false;
let shingleSize: u32 = 1;
let isNormalising: bool = false;
let isCounting: bool = false;
let bands: u32 = 0;
let bandRows: u32 = 0;
let seed: u64 = 0;

let cursor: usize = 0;
let lines: u32 = 0;
let documentCount: u32 = 0;
let identityCount: u32 = 0;
let rowCount: u32 = 0;
/** The text at hand was read and only waits for its normalisation. */
let isTextRead: bool = false;
let isComposed: bool = false;
let lineStart: usize = 0;
let lineStop: usize = 0;

export function configure(
  ofCharacters: bool,
  size: u32,
  normalising: bool,
  counting: bool,
  bandCount: u32,
  rowsOfBand: u32,
  seedValue: u64,
): void {
  shinglesOfCharacters = ofCharacters;
  shingleSize = size;
  isNormalising = normalising;
  isCounting = counting;
  bands = bandCount;
  bandRows = rowsOfBand;
  seed = seedValue;
}

export function reserveInput(bytes: usize): usize {
  return input.reserve(bytes);
}

/** Forgets the documents of the block before. */
export function startBlock(): void {
  lines = 0;
  documentCount = 0;
  identityCount = 0;
  rowCount = 0;
}

/** Says that the next lines stand in the input from `offset` on. */
export function startInput(offset: usize): void {
  cursor = input.start + offset;
  isTextRead = false;
}

/**
 * Reads the lines that begin before `limit` and end before `length` (offsets in the input; the input's last line ends in a
 * newline, or with `isLast` has one behind it). `place`: where the input begins in the file. Called again after it needed
 * something, it goes on where it stopped.
 */
export function readDocuments(limit: usize, length: usize, isLast: bool, place: u64): i32 {
  const stop = input.start + limit;
  const end = input.start + length;
  while (isTextRead || cursor < stop) {
    if (!isTextRead) {
      lineStart = cursor;
      lineStop = lineEnd(cursor, end);
      if (lineStop === end && !isLast) return READ_ALL;
      const code = holdLine(lineStart, lineStop, false);
      if (code === LINE_BLANK) {
        lines += 1;
        cursor = lineStop + 1;
        continue;
      }
      if (code !== LINE_OK) return READ_BAD_LINE + code;
      isTextRead = true;
    }
    const needs = addDocument(place);
    if (needs) return needs;
    isTextRead = false;
    lines += 1;
    cursor = lineStop + 1;
  }
  return READ_ALL;
}

function addDocument(place: u64): i32 {
  const needs = prepareComparison();
  if (needs) return needs;
  const rawLength = textLength;
  const count = makeShingles();
  if (count === TOO_MANY) return READ_BAD_LINE + LINE_TOO_LONG;
  let flags: u32 = 0;
  if (!count) flags = isBlank(text.start, rawLength) ? FLAG_EMPTY : FLAG_WORDLESS;

  const document = documents.reserve((<usize>documentCount + 1) * DOCUMENT_BYTES) + <usize>documentCount * DOCUMENT_BYTES;
  store<u64>(document, place + <u64>(lineStart - input.start));
  store<u32>(document, <u32>(lineStop - lineStart), 8);
  store<u32>(document, <u32>rawLength, 12);
  store<u32>(document, isCounting ? countCharacters(text.start, rawLength) : 0, 16);
  store<u32>(document, flags, 20);
  store<u32>(document, orderLength ? <u32>(orderStart - input.start) : 0, 24);
  store<u32>(document, <u32>orderLength, 28);

  if (flags !== FLAG_EMPTY) {
    const identity = identities.reserve((<usize>identityCount + 1) * IDENTITY_BYTES) + <usize>identityCount * IDENTITY_BYTES;
    identityCount += 1;
    const raw = xxh64(text.start, rawLength, RAW_SEED);
    const rawLow = xxh64(text.start, rawLength, SECOND_SEED);
    const same = flags !== 0 || !isNormalising;
    store<u64>(identity, same ? raw : xxh64(compared, comparedLength, 0));
    store<u64>(identity, same ? rawLow : xxh64(compared, comparedLength, SECOND_SEED), 8);
    store<u64>(identity, raw, 16);
    store<u64>(identity, rawLow, 24);
    store<u64>(identity, documentCount, 32);
  }
  if (bands && count) {
    sketch(shingles.start, count);
    const bits = signature.reserve(SIGNATURE_BYTES);
    storeSignature(bits);
    let row = rows.reserve((<usize>rowCount + bands) * ROW_BYTES) + <usize>rowCount * ROW_BYTES;
    for (let band: u32 = 0; band < bands; band += 1) {
      store<u64>(row, bandKey(band, bandRows));
      store<u32>(row, documentCount, 8);
      v128.store(row + 12, v128.load(bits));
      row += ROW_BYTES;
    }
    rowCount += bands;
  }
  documentCount += 1;
  return 0;
}

/**
 * The shingles of the line [offset, offset + length) of the input, which was read before and is right; how many, or −1 and −2
 * as READ_NEEDS_PAGE and READ_NEEDS_COMPOSING.
 */
export function shinglesOfLine(offset: usize, length: usize, again: bool): i32 {
  if (!again) holdLine(input.start + offset, input.start + offset + length, true);
  const needs = prepareComparison();
  return needs ? -needs : <i32>makeShingles();
}

/** Reads one line as the text at hand; one of the LINE codes. */
export function holdLine(start: usize, end: usize, isKnown: bool): i32 {
  isComposed = false;
  return readLine(start, end, isKnown);
}

export let compared: usize = 0;
export let comparedLength: usize = 0;

/** The text at hand, composed if it had to be. */
export function heldStart(): usize {
  return isComposed ? composedText.start : text.start;
}
export function heldLength(): usize {
  return isComposed ? composedLength : textLength;
}

/** Makes the text at hand comparable: normalises it, if that is asked for. */
export function prepareComparison(): i32 {
  return prepare(heldStart(), heldLength());
}

/** As `prepareComparison`, for a part of the text at hand. */
export function prepare(start: usize, length: usize): i32 {
  compared = start;
  comparedLength = length;
  if (isNormalising) {
    const needs = normalise(start, length, isComposed);
    if (needs === NEEDS_PAGE) return READ_NEEDS_PAGE;
    if (needs === NEEDS_COMPOSING) return READ_NEEDS_COMPOSING;
    compared = normalised.start;
    comparedLength = normalisedLength;
  }
  return 0;
}

function makeShingles(): u32 {
  // By characters white space is a text like others, unless normalisation took it out.
  if (shinglesOfCharacters && isBlank(compared, comparedLength)) return 0;
  return shinglesOfCharacters
    ? characterShingles(compared, comparedLength, shingleSize, seed)
    : wordShingles(compared, comparedLength, shingleSize, seed);
}

/** White space only, as the words have it. */
export function isBlank(start: usize, length: usize): bool {
  return splitWords(start, length) === 0;
}

const composedText = new Region();
let composedLength: usize = 0;

/** Where the text at hand stands, for composing. */
export function textStart(): usize {
  return text.start;
}
export function textBytes(): usize {
  return textLength;
}
/** Room for the composed text; reading then goes on with it. */
export function reserveComposed(bytes: usize): usize {
  composedLength = bytes;
  isComposed = true;
  return composedText.reserve(bytes);
}
export function pointWanted(): u32 {
  return missingPoint;
}

/** Where the first line that was not read begins, as an offset in the input. */
export function inputRead(): usize {
  return cursor - input.start;
}
export function linesRead(): u32 {
  return lines;
}
export function documentsRead(): u32 {
  return documentCount;
}
export function documentsStart(): usize {
  return documents.start;
}
/**
 * Identities (`which` 0), band rows (1) or pieces (2) sorted by partition: by the top `bits` of their first word, within a
 * partition as they came. Writes where each partition begins, in rows, and the number of rows behind them, u32, at
 * `sortedBounds()`.
 */
export function sortRows(which: u32, bits: u32): usize {
  if (which === 0) return sortInto(sortedIdentities, identities.start, identityCount, IDENTITY_BYTES, bits);
  if (which === 1) return sortInto(sortedRows, rows.start, rowCount, ROW_BYTES, bits);
  return sortInto(sortedPieces, pieceRows.start, pieceCount, PIECE_BYTES, bits);
}

function sortInto(sorted: Region, start: usize, count: u32, bytes: usize, bits: u32): usize {
  const partitions: usize = (<usize>1) << bits;
  const counts = bounds.reserve((partitions + 2) << 2);
  memory.fill(counts, 0, (partitions + 2) << 2);
  const target = sorted.reserve(<usize>count * bytes);
  const end = start + <usize>count * bytes;
  // Shifted by one place: after the rows are written, each entry has become its partition's beginning.
  for (let at = start; at < end; at += bytes) {
    const place = counts + ((partitionOf(at, bits) + 2) << 2);
    store<u32>(place, load<u32>(place) + 1);
  }
  for (let partition: usize = 1; partition <= partitions; partition += 1) {
    const place = counts + ((partition + 1) << 2);
    store<u32>(place, load<u32>(place) + load<u32>(place - 4));
  }
  for (let at = start; at < end; at += bytes) {
    const place = counts + ((partitionOf(at, bits) + 1) << 2);
    const index = load<u32>(place);
    store<u32>(place, index + 1);
    memory.copy(target + <usize>index * bytes, at, bytes);
  }
  return target;
}

const bounds = new Region();
export function sortedBounds(): usize {
  return bounds.start;
}

/** The first word of each is a hash: its top bits are as good as any. */
@inline
function partitionOf(at: usize, bits: u32): usize {
  return bits ? <usize>(load<u64>(at) >> (64 - <u64>bits)) : 0;
}
