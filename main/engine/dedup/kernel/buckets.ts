// Documents that share a band, and of those the pairs whose signatures look alike: Leskovec, Rajaraman and Ullman, Mining of
// Massive Datasets, section 3.4.
import { Region } from './Region';
import { SLOTS } from './sketch';

/** Bytes of one row: key u64, document u32, signature of SIGNATURE_BYTES. */
export const ROW_BYTES: usize = 28;
const SIGNATURE_AT: usize = 12;
/** Bytes of a bucket's member: document u32, nothing, signature. */
const MEMBER_BYTES: usize = 32;
const MEMBER_SIGNATURE_AT: usize = 16;
/** In a bucket of up to this many documents every pair is looked at. */
const CROWD: u32 = 128;
/** In a crowded bucket a document is paired with at most this many of its leaders. */
const LEADERS_EACH: u32 = 4;

const rows = new Region();
const table = new Region();
const members = new Region();
const starts = new Region();
const pairs = new Region();
const leaders = new Region();

let bucketCount: u32 = 0;
let memberCount: u32 = 0;
let pairCount: u32 = 0;
let crowded: u32 = 0;

export function reserveRows(count: u32): usize {
  return rows.reserve(<usize>count * ROW_BYTES);
}

/** Bytes of a table's entry: key u64, rows u32, where the bucket's next member goes u32. */
const ENTRY_BYTES: usize = 16;

@inline
function entryOf(key: u64, mask: usize): usize {
  let place = <usize>(key >> 8) & mask;
  while (true) {
    const entry = table.start + place * ENTRY_BYTES;
    if (!load<u32>(entry, 8) || load<u64>(entry) === key) return entry;
    place = (place + 1) & mask;
  }
}

/**
 * Leaves out most of the rows whose key no other row has, with a table of bytes small enough for the nearest cache: most
 * keys are alone. Returns how many rows are left, in their order.
 */
function keepRepeated(count: u32): u32 {
  let places: usize = 1024;
  while (places < (<usize>count << 1)) places <<= 1;
  const mask = places - 1;
  const seen = table.reserve(places);
  memory.fill(seen, 0, places);
  const end = rows.start + <usize>count * ROW_BYTES;
  for (let at = rows.start; at < end; at += ROW_BYTES) {
    const place = seen + (<usize>load<u64>(at) & mask);
    const times = load<u8>(place);
    store<u8>(place, times + u8(times < 2));
  }
  let out = rows.start;
  for (let at = rows.start; at < end; at += ROW_BYTES) {
    if (load<u8>(seen + (<usize>load<u64>(at) & mask)) < 2) continue;
    memory.copy(out, at, ROW_BYTES);
    out += ROW_BYTES;
  }
  return <u32>((out - rows.start) / ROW_BYTES);
}

/** Finds the keys that several rows have; the documents of each stand side by side in `members`, in the order of the rows. */
function findBuckets(count: u32): void {
  bucketCount = 0;
  memberCount = 0;
  const end = rows.start + <usize>keepRepeated(count) * ROW_BYTES;
  const repeated = (end - rows.start) / ROW_BYTES;
  if (!repeated) return;
  let slots: usize = 16;
  while (slots < repeated << 1) slots <<= 1;
  const mask = slots - 1;
  memory.fill(table.reserve(slots * ENTRY_BYTES), 0, slots * ENTRY_BYTES);
  for (let at = rows.start; at < end; at += ROW_BYTES) {
    const entry = entryOf(load<u64>(at), mask);
    store<u64>(entry, load<u64>(at));
    const seen = load<u32>(entry, 8) + 1;
    store<u32>(entry, seen, 8);
    if (seen > 1) memberCount += seen === 2 ? 2 : 1;
    if (seen === 2) bucketCount += 1;
  }
  members.reserve(<usize>memberCount * MEMBER_BYTES);
  starts.reserve((<usize>bucketCount + 1) << 2);
  let bucket: usize = 0;
  let next: u32 = 0;
  for (let at = rows.start; at < end; at += ROW_BYTES) {
    const entry = entryOf(load<u64>(at), mask);
    const size = load<u32>(entry, 8);
    if (size < 2) continue;
    let place = load<u32>(entry, 12);
    if (!place) {
      store<u32>(starts.start + (bucket << 2), next);
      bucket += 1;
      place = next + 1;
      next += size;
    }
    const member = members.start + (<usize>place - 1) * MEMBER_BYTES;
    store<u32>(member, load<u32>(at, 8));
    v128.store(member + MEMBER_SIGNATURE_AT, v128.load(at + SIGNATURE_AT));
    store<u32>(entry, place + 1, 12);
  }
  store<u32>(starts.start + (bucket << 2), next);
}

/**
 * Pairs of documents that share the key of one of the `count` rows and whose signatures agree in at least `least` slots; the
 * lower number comes first. In a crowded bucket the first documents lead: each further one is paired with the first leaders
 * that it looks like, and becomes a leader itself if it looks like none and there are not too many, so that the work stays
 * linear. Returns the number of pairs, u32 and u32 at `pairsStart()`.
 */
export function findPairs(count: u32, least: u32): u32 {
  pairCount = 0;
  crowded = 0;
  findBuckets(count);
  for (let bucket: u32 = 0; bucket < bucketCount; bucket += 1) {
    const start = load<u32>(starts.start + ((<usize>bucket) << 2));
    const size = load<u32>(starts.start + ((<usize>bucket + 1) << 2)) - start;
    const first = members.start + <usize>start * MEMBER_BYTES;
    sortMembers(first, size);
    if (size <= CROWD) pairAll(first, size, least);
    else pairWithLeaders(first, size, least);
  }
  return pairCount;
}

export function pairsStart(): usize {
  return pairs.start;
}
export function crowdedBuckets(): u32 {
  return crowded;
}

@inline
function member(first: usize, index: u32): usize {
  return first + <usize>index * MEMBER_BYTES;
}

/** By document, ascending: heapsort, unless they stand so already, as they do where the first document is preferred. */
function sortMembers(first: usize, size: u32): void {
  let isSorted = true;
  for (let at: u32 = 1; at < size && isSorted; at += 1) isSorted = load<u32>(member(first, at - 1)) < load<u32>(member(first, at));
  if (isSorted) return;
  for (let root = size >> 1; root > 0; root -= 1) sink(first, root - 1, size);
  for (let end = size - 1; end > 0; end -= 1) {
    swap(first, member(first, end));
    sink(first, 0, end);
  }
}

function sink(first: usize, root: u32, size: u32): void {
  while (true) {
    let child: u32 = 2 * root + 1;
    if (child >= size) return;
    if (child + 1 < size && load<u32>(member(first, child)) < load<u32>(member(first, child + 1))) child += 1;
    if (load<u32>(member(first, root)) >= load<u32>(member(first, child))) return;
    swap(member(first, root), member(first, child));
    root = child;
  }
}

function swap(a: usize, b: usize): void {
  for (let at: usize = 0; at < MEMBER_BYTES; at += 16) {
    const kept = v128.load(a + at);
    v128.store(a + at, v128.load(b + at));
    v128.store(b + at, kept);
  }
}

function pairAll(first: usize, size: u32, least: u32): void {
  for (let i: u32 = 0; i < size; i += 1) {
    const a = member(first, i);
    for (let j = i + 1; j < size; j += 1) {
      const b = member(first, j);
      if (looksAlike(a, b, least)) addPair(a, b);
    }
  }
}

function pairWithLeaders(first: usize, size: u32, least: u32): void {
  crowded += 1;
  leaders.reserve((<usize>CROWD) << 2);
  let count: u32 = 0;
  for (let i: u32 = 0; i < size; i += 1) {
    const document = member(first, i);
    let found: u32 = 0;
    for (let at: u32 = 0; at < count && found < LEADERS_EACH; at += 1) {
      const leader = load<usize>(leaders.start + ((<usize>at) << 2));
      if (!looksAlike(leader, document, least)) continue;
      addPair(leader, document);
      found += 1;
    }
    if (found || count === CROWD) continue;
    store<usize>(leaders.start + ((<usize>count) << 2), document);
    count += 1;
  }
}

@inline
function looksAlike(a: usize, b: usize, least: u32): bool {
  const differing = v128.popcnt<i8>(v128.xor(v128.load(a + MEMBER_SIGNATURE_AT), v128.load(b + MEMBER_SIGNATURE_AT)));
  const halves = i64x2.extract_lane(differing, 0) + i64x2.extract_lane(differing, 1);
  // Bytes of at most 16 each: the product gathers their sum in the top one.
  return <u32>((<u64>halves * 0x0101010101010101) >> 56) + least <= SLOTS;
}

function addPair(a: usize, b: usize): void {
  const at = pairs.reserve((<usize>pairCount + 1) << 3) + ((<usize>pairCount) << 3);
  store<u32>(at, load<u32>(a));
  store<u32>(at, load<u32>(b), 4);
  pairCount += 1;
}
