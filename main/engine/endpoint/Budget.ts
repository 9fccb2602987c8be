/** Money that may be spent. Each request sets its worst case aside before it is sent, so that no answer can exceed the limit. */
export class Budget {
  readonly #limit: number;
  #spent = 0;
  #reserved = 0;
  #open = 0;
  #waiting: (() => void)[] = [];

  /** @param limit 0: none */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get spent(): number {
    return this.#spent;
  }
  addSpent(cost: number): void {
    this.#spent += cost;
  }

  /** Waits for requests under way where their worst case stands in the way; undefined: nothing is left for this one. */
  async reserve(worst: number, signal: AbortSignal): Promise<{ settle(cost: number): void } | undefined> {
    while (this.#limit > 0 && this.#spent + this.#reserved + worst > this.#limit) {
      signal.throwIfAborted();
      if (this.#open === 0) return undefined;
      await this.#nextSettled(signal);
    }
    this.#reserved += worst;
    this.#open += 1;
    return {
      settle: (cost) => {
        this.#open -= 1;
        // Sums of floats leave crumbs.
        this.#reserved = this.#open === 0 ? 0 : this.#reserved - worst;
        this.#spent += cost;
        const waiting = this.#waiting;
        this.#waiting = [];
        for (const wake of waiting) wake();
      },
    };
  }

  #nextSettled(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== wake);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(wake);
    });
  }
}
