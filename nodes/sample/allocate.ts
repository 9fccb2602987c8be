/**
 * Spreads `count` over strata of the given sizes, none getting more than it has; the sum is `count` or all there is.
 * `proportional` rounds by largest remainders, ties to the earlier stratum; `equal` hands out one after another.
 */
export function allocate(count: number, sizes: readonly number[], allocation: 'proportional' | 'equal'): number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const wanted = Math.min(count, total);
  return allocation === 'equal' ? equal(wanted, sizes) : proportional(wanted, sizes, total);
}

function proportional(wanted: number, sizes: readonly number[], total: number): number[] {
  const exact = sizes.map((size) => (total === 0 ? 0 : (wanted * size) / total));
  const shares = exact.map(Math.floor);
  const missing = wanted - shares.reduce((sum, share) => sum + share, 0);
  const byRemainder = [...exact.keys()].sort((a, b) => exact[b]! - shares[b]! - (exact[a]! - shares[a]!) || a - b);
  for (const at of byRemainder.slice(0, missing)) shares[at]! += 1;
  return shares;
}

function equal(wanted: number, sizes: readonly number[]): number[] {
  const shares = sizes.map(() => 0);
  let left = wanted;
  while (left > 0) {
    const open = [...sizes.keys()].filter((at) => shares[at]! < sizes[at]!);
    const each = Math.max(1, Math.floor(left / open.length));
    for (const at of open) {
      const more = Math.min(each, sizes[at]! - shares[at]!, left);
      shares[at]! += more;
      left -= more;
    }
  }
  return shares;
}
