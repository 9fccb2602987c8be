// Lines or paragraphs of a document, each with a 128-bit hash of its words as they are compared.
import { compared, comparedLength, heldLength, heldStart, holdLine, input, isBlank, prepare } from './documents';
import { xxh64 } from './hashing';
import { Region } from './Region';
import { splitWords, tokens } from './shingles';

/** Bytes of one row: hash u64 and u64, document u32, piece u32. */
export const PIECE_BYTES: usize = 24;
const SECOND_SEED: u64 = 0x2545f4914f6cdd1d;
const NEWLINE: u8 = 0x0a;

export const pieceRows = new Region();
export let pieceCount: u32 = 0;

export function startPieces(): void {
  pieceCount = 0;
}

/**
 * Adds the pieces with at least `fewestWords` words of the document in the line [offset, offset + length) of the input, which
 * was read before and is right. Pieces are numbered from 0: lines as newlines divide them, paragraphs as blank lines do.
 * Returns 0, or what it needs first, as `readDocuments` has it; it then starts the document again.
 */
export function readPieces(offset: usize, length: usize, document: u32, ofParagraphs: bool, fewestWords: u32, again: bool): i32 {
  if (!again) holdLine(input.start + offset, input.start + offset + length, true);
  const before = pieceCount;
  const start = heldStart();
  const end = start + heldLength();
  let piece: u32 = 0;
  let at = start;
  while (at <= end) {
    let stop = lineStop(at, end);
    if (ofParagraphs) {
      if (isBlank(at, stop - at)) {
        at = stop + 1;
        continue;
      }
      // On to the last line before a blank one.
      while (stop < end) {
        const next = lineStop(stop + 1, end);
        if (isBlank(stop + 1, next - stop - 1)) break;
        stop = next;
      }
    }
    const needs = addPiece(at, stop - at, document, piece, fewestWords);
    if (needs) {
      pieceCount = before;
      return needs;
    }
    piece += 1;
    at = stop + 1;
  }
  return 0;
}

function addPiece(start: usize, length: usize, document: u32, piece: u32, fewestWords: u32): i32 {
  const needs = prepare(start, length);
  if (needs) return needs;
  const words = splitWords(compared, comparedLength);
  if (!words || words < fewestWords) return 0;
  const row = pieceRows.reserve((<usize>pieceCount + 1) * PIECE_BYTES) + <usize>pieceCount * PIECE_BYTES;
  store<u64>(row, xxh64(tokens.start, (<usize>words) << 3, 0));
  store<u64>(row, xxh64(tokens.start, (<usize>words) << 3, SECOND_SEED), 8);
  store<u32>(row, document, 16);
  store<u32>(row, piece, 20);
  pieceCount += 1;
  return 0;
}

function lineStop(at: usize, end: usize): usize {
  while (at < end && load<u8>(at) !== NEWLINE) at += 1;
  return at;
}
