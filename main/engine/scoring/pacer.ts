import { setImmediate as nextTurn } from 'node:timers/promises';

/** What long work awaits now and then: lets other work of the thread have its turn once some 20 ms have gone by, and throws when aborted. */
export function pacer(signal: AbortSignal, milliseconds = 20): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < milliseconds) return;
    await nextTurn();
    signal.throwIfAborted();
    last = performance.now();
  };
}
