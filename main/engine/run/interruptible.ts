import { setImmediate } from 'node:timers/promises';

const LONGEST_MS = 20;

/**
 * The same rows, but the signal is heard between them: awaiting rows that are at hand never leaves the microtask queue,
 * so without a pause no message, timer or signal would come through.
 */
export async function* interruptible<T>(rows: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  let pausedAt = performance.now();
  for await (const row of rows) {
    if (performance.now() - pausedAt > LONGEST_MS) {
      await setImmediate();
      pausedAt = performance.now();
    }
    signal.throwIfAborted();
    yield row;
  }
}
