/** Bytes that SIMD loads and eager stores may touch past the end of what is asked for. */
export const SLACK: usize = 128;

/** A piece of memory that grows and never shrinks. */
@unmanaged
export class Region {
  start: usize = 0;
  capacity: usize = 0;

  /** Room for `bytes` and the slack behind them; what was there stays. */
  @inline
  reserve(bytes: usize): usize {
    if (bytes > this.capacity || !this.start) this.grow(bytes);
    return this.start;
  }

  grow(bytes: usize): void {
    const capacity = max(bytes, this.capacity + (this.capacity >> 1));
    this.start = this.start ? heap.realloc(this.start, capacity + SLACK) : heap.alloc(capacity + SLACK);
    this.capacity = capacity;
  }
}
