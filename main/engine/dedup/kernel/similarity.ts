// The exact Jaccard similarity of two documents' shingle sets.
import { Region } from './Region';
import { shingles } from './shingles';

const arena = new Region();
const table = new Region();
let tableMask: usize = 0;
/** Marks the table's entries of now: it need not be cleared for each set. */
let epoch: u32 = 0;

/** Bytes of an entry: hash u64, epoch u32, nothing u32. */
const ENTRY_BYTES: usize = 16;
/** More would not be given in one piece; so a set may have up to about 28 million hashes. */
const MOST_SLOTS: usize = 1 << 25;
/** A set that may be larger gets a table that grows with it: most of its hashes may repeat. */
const FEW: u32 = 4096;

function prepareTable(count: u32): void {
  let slots: usize = 64;
  while (slots < (<usize>count << 1) && slots < MOST_SLOTS) slots <<= 1;
  if (slots - 1 > tableMask || !table.start) {
    memory.fill(table.reserve(slots * ENTRY_BYTES), 0, slots * ENTRY_BYTES);
    epoch = 0;
    tableMask = slots - 1;
  }
  epoch += 1;
  if (!epoch) {
    memory.fill(table.start, 0, (tableMask + 1) * ENTRY_BYTES);
    epoch = 1;
  }
}

/** Whether the hash was new. */
@inline
function insert(hash: u64): bool {
  let place = <usize>hash & tableMask;
  while (true) {
    const entry = table.start + place * ENTRY_BYTES;
    if (load<u32>(entry, 8) !== epoch) {
      store<u64>(entry, hash);
      store<u32>(entry, epoch, 8);
      return true;
    }
    if (load<u64>(entry) === hash) return false;
    place = (place + 1) & tableMask;
  }
}

@inline
function contains(hash: u64): bool {
  let place = <usize>hash & tableMask;
  while (true) {
    const entry = table.start + place * ENTRY_BYTES;
    if (load<u32>(entry, 8) !== epoch) return false;
    if (load<u64>(entry) === hash) return true;
    place = (place + 1) & tableMask;
  }
}

/** Room for `count` hashes of sets that are kept; offsets in it stay true when it grows. */
export function reserveSets(count: u32): usize {
  return arena.reserve((<usize>count) << 3);
}

/** Writes the distinct ones of the `count` shingles last made to place `at` (in hashes) of the sets; returns how many. */
export function storeSet(count: u32, at: u32): u32 {
  prepareTable(min(count, FEW));
  const start = arena.reserve((<usize>at + count) << 3) + ((<usize>at) << 3);
  let out = start;
  let full = start + ((tableMask + 1) << 2);
  const end = shingles.start + ((<usize>count) << 3);
  for (let from = shingles.start; from < end; from += 8) {
    const hash = load<u64>(from);
    store<u64>(out, hash);
    out += usize(insert(hash)) << 3;
    if (out === full) full = enlargeTable(start, out);
  }
  return <u32>((out - start) >> 3);
}

/** Doubles the table of the set that was written so far to [start, end); returns where it will be half full. */
function enlargeTable(start: usize, end: usize): usize {
  prepareTable(<u32>(tableMask + 1));
  for (let from = start; from < end; from += 8) insert(load<u64>(from));
  return tableMask + 1 < MOST_SLOTS ? start + ((tableMask + 1) << 2) : 0;
}

/** Makes the set of `count` hashes at `at` the one that `shared` compares with. */
export function holdSet(at: u32, count: u32): void {
  prepareTable(count);
  const start = arena.start + ((<usize>at) << 3);
  const end = start + ((<usize>count) << 3);
  for (let from = start; from < end; from += 8) insert(load<u64>(from));
}

/** How many hashes of the set at `at` the held set has too. */
export function shared(at: u32, count: u32): u32 {
  let found: u32 = 0;
  const start = arena.start + ((<usize>at) << 3);
  const end = start + ((<usize>count) << 3);
  for (let from = start; from < end; from += 8) found += u32(contains(load<u64>(from)));
  return found;
}
