import type { Clock } from './Clock.ts';

const WINDOW_MS = 60_000;

/** Lets amounts through so that no more than `limit` start in any 60 seconds, in order. One larger than the limit goes alone. */
export class RateLimit {
  readonly #limit: number;
  readonly #clock: Clock;
  #recent: { at: number; amount: number }[] = [];
  #sum = 0;
  #last: Promise<void> = Promise.resolve();

  /** @param limit 0: none */
  constructor(limit: number, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /** Rejects with the signal's reason. The amount can be put right when it is known. */
  async take(amount: number, signal: AbortSignal): Promise<{ correct(amount: number): void }> {
    if (this.#limit === 0) return { correct: () => undefined };
    const turn = this.#last.then(() => this.#wait(amount, signal));
    // Who gives up leaves the line without stopping those behind.
    this.#last = turn.then(
      () => undefined,
      () => undefined,
    );
    const entry = await turn;
    return {
      correct: (actual) => {
        if (this.#recent.includes(entry)) this.#sum += actual - entry.amount;
        entry.amount = actual;
      },
    };
  }

  async #wait(amount: number, signal: AbortSignal): Promise<{ at: number; amount: number }> {
    signal.throwIfAborted();
    for (;;) {
      const now = this.#clock.now();
      while (this.#recent[0] && this.#recent[0].at <= now - WINDOW_MS) this.#sum -= this.#recent.shift()!.amount;
      if (this.#recent.length === 0 || this.#sum + amount <= this.#limit) {
        const entry = { at: now, amount };
        this.#recent.push(entry);
        this.#sum += amount;
        return entry;
      }
      await this.#clock.wait(this.#recent[0]!.at + WINDOW_MS - now, signal);
    }
  }
}
