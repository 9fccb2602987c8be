// Documents that share a band, and of those the pairs whose sketches look alike: Leskovec, Rajaraman and Ullman, Mining of
// Massive Datasets, section 3.4.
import { Region } from './Region';
import { agreement, SLOTS } from './sketch';

/** Bytes of one row: key u64, document u32. */
const ROW_BYTES: usize = 12;
/** In a bucket of up to this many documents every pair is looked at. */
const CROWD: u32 = 128;
/** In a crowded bucket a document is paired with at most this many of its leaders. */
const LEADERS_EACH: u32 = 4;

const rows = new Region();
const table = new Region();
const members = new Region();
const starts = new Region();
const sketches = new Region();
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
    store<u64>(out, load<u64>(at));
    store<u32>(out, load<u32>(at, 8), 8);
    out += ROW_BYTES;
  }
  return <u32>((out - rows.start) / ROW_BYTES);
}

/**
 * Finds the keys that several rows have. Documents of a bucket stand side by side in `membersStart()`, in the order of the
 * rows; `bucketsStart()` has where each bucket begins and, last, where the last one ends. Returns the number of members.
 */
export function findBuckets(count: u32): u32 {
  bucketCount = 0;
  memberCount = 0;
  const end = rows.start + <usize>keepRepeated(count) * ROW_BYTES;
  const repeated = (end - rows.start) / ROW_BYTES;
  if (!repeated) return 0;
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
  members.reserve((<usize>memberCount) << 2);
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
    store<u32>(members.start + ((<usize>place - 1) << 2), load<u32>(at, 8));
    store<u32>(entry, place + 1, 12);
  }
  store<u32>(starts.start + (bucket << 2), next);
  return memberCount;
}

export function membersStart(): usize {
  return members.start;
}
export function bucketsFound(): u32 {
  return bucketCount;
}
export function bucketsStart(): usize {
  return starts.start;
}
/** Room for `count` sketches of SLOTS bytes. */
export function reserveSketches(count: u32): usize {
  return sketches.reserve(<usize>count * SLOTS);
}

/**
 * Pairs of members whose sketches agree in at least `least` slots; the members are places among the sketches, ascending in
 * each bucket. In a crowded bucket the first documents lead: each further one is paired with the first leaders that it looks
 * like, and becomes a leader itself if it looks like none and there are not too many, so that the work stays linear.
 * Returns the number of pairs, u32 and u32 at `pairsStart()`.
 */
export function findPairs(least: u32): u32 {
  pairCount = 0;
  crowded = 0;
  for (let bucket: u32 = 0; bucket < bucketCount; bucket += 1) {
    const start = load<u32>(starts.start + ((<usize>bucket) << 2));
    const size = load<u32>(starts.start + ((<usize>bucket + 1) << 2)) - start;
    const first = members.start + ((<usize>start) << 2);
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

function pairAll(first: usize, size: u32, least: u32): void {
  for (let i: u32 = 0; i < size; i += 1) {
    const a = load<u32>(first + ((<usize>i) << 2));
    for (let j = i + 1; j < size; j += 1) {
      const b = load<u32>(first + ((<usize>j) << 2));
      if (looksAlike(a, b, least)) addPair(a, b);
    }
  }
}

function pairWithLeaders(first: usize, size: u32, least: u32): void {
  crowded += 1;
  leaders.reserve((<usize>CROWD) << 2);
  let count: u32 = 0;
  for (let i: u32 = 0; i < size; i += 1) {
    const document = load<u32>(first + ((<usize>i) << 2));
    let found: u32 = 0;
    for (let at: u32 = 0; at < count && found < LEADERS_EACH; at += 1) {
      const leader = load<u32>(leaders.start + ((<usize>at) << 2));
      if (!looksAlike(leader, document, least)) continue;
      addPair(leader, document);
      found += 1;
    }
    if (found || count === CROWD) continue;
    store<u32>(leaders.start + ((<usize>count) << 2), document);
    count += 1;
  }
}

@inline
function looksAlike(a: u32, b: u32, least: u32): bool {
  return agreement(sketches.start + <usize>a * SLOTS, sketches.start + <usize>b * SLOTS) >= least;
}

function addPair(a: u32, b: u32): void {
  const at = pairs.reserve((<usize>pairCount + 1) << 3) + ((<usize>pairCount) << 3);
  store<u32>(at, a);
  store<u32>(at, b, 4);
  pairCount += 1;
}
