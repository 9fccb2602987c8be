import { setTimeout as wait } from 'node:timers/promises';

/** Time, so that limits and back-off can be tested without waiting. */
export interface Clock {
  /** Milliseconds, monotonic. */
  now(): number;
  /** Rejects with the signal's reason when it aborts first. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  async wait(milliseconds, signal) {
    signal.throwIfAborted();
    try {
      await wait(milliseconds, undefined, { signal });
    } catch {
      throw signal.reason;
    }
  },
};
