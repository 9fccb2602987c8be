import { sharedUint32 } from './SharedDocuments.ts';

/**
 * Ranks by descending value within each run of documents [bounds[i], bounds[i + 1]), equal values by number; runs keep
 * their order. Returns both directions.
 */
export function rankDocuments(
  values: Uint32Array | Float64Array,
  bounds: readonly number[],
): { rankOf: Uint32Array; numberOf: Uint32Array } {
  const rankOf = sharedUint32(values.length);
  const numberOf = sharedUint32(values.length);
  for (let run = 0; run + 1 < bounds.length; run += 1) {
    const [from, to] = [bounds[run]!, bounds[run + 1]!];
    const distinct = withoutRepeats(values.slice(from, to).sort());
    // Sorting whole numbers natively is many times faster than with a comparison: the place among the values above, the document below.
    const keys = new BigUint64Array(to - from);
    const halves = new Uint32Array(keys.buffer);
    for (let number = from; number < to; number += 1) {
      halves[2 * (number - from)] = number;
      halves[2 * (number - from) + 1] = distinct.length - 1 - placeOf(distinct, values[number]!);
    }
    keys.sort();
    for (let place = 0; place < keys.length; place += 1) {
      const number = halves[2 * place]!;
      numberOf[from + place] = number;
      rankOf[number] = from + place;
    }
  }
  return { rankOf, numberOf };
}

function withoutRepeats<T extends Uint32Array | Float64Array>(ascending: T): T {
  let kept = 0;
  for (let at = 0; at < ascending.length; at += 1) {
    if (at === 0 || ascending[at] !== ascending[at - 1]) ascending[kept++] = ascending[at]!;
  }
  return ascending.subarray(0, kept) as T;
}

function placeOf(ascending: Uint32Array | Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
