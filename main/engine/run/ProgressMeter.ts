const INTERVAL_MS = 100;
const WINDOW_MS = 10_000;
/** A rate over less time than this says nothing. */
const SHORTEST_MS = 500;

export interface Progress {
  readonly done: number;
  readonly total?: number;
  readonly unit: string;
  readonly stage?: string;
  readonly rate?: number;
  readonly etaSeconds?: number;
}

/** Turns a node's progress calls into at most ten events a second, the newest never lost, with rate and time left. */
export class ProgressMeter {
  readonly #emit: (progress: Progress) => void;
  readonly #now: () => number;
  #samples: { at: number; done: number }[] = [];
  #unit = '';
  #stage: string | undefined;
  #emittedAt = -Infinity;
  #late: Progress | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param now milliseconds, monotonic */
  constructor(emit: (progress: Progress) => void, now: () => number = () => performance.now()) {
    this.#emit = emit;
    this.#now = now;
  }

  report(done: number, total: number | undefined, unit: string, stage?: string): void {
    const at = this.#now();
    const progress = {
      done,
      ...(total === undefined ? {} : { total }),
      unit,
      ...(stage === undefined ? {} : { stage }),
      ...this.#pace(at, done, total, unit, stage),
    };
    if (at - this.#emittedAt >= INTERVAL_MS || done === total) this.#send(progress);
    else {
      this.#late = progress;
      this.#timer ??= setTimeout(() => this.flush(), INTERVAL_MS);
    }
  }

  /** Sends what still waits. */
  flush(): void {
    if (this.#late) this.#send(this.#late);
  }

  #send(progress: Progress): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#late = undefined;
    this.#emittedAt = this.#now();
    this.#emit(progress);
  }

  /** Over the last seconds, from the first report on: what a resumed node starts with was not done at this pace. */
  #pace(
    at: number,
    done: number,
    total: number | undefined,
    unit: string,
    stage: string | undefined,
  ): { rate?: number; etaSeconds?: number } {
    const previous = this.#samples.at(-1);
    if (unit !== this.#unit || stage !== this.#stage || (previous && done < previous.done)) this.#samples = [];
    this.#unit = unit;
    this.#stage = stage;
    if (previous === undefined || this.#samples.length === 0 || at - previous.at >= INTERVAL_MS) this.#samples.push({ at, done });
    while (this.#samples.length > 2 && at - this.#samples[1]!.at > WINDOW_MS) this.#samples.shift();
    const first = this.#samples[0]!;
    if (at - first.at < SHORTEST_MS || done <= first.done) return {};
    const rate = ((done - first.done) / (at - first.at)) * 1000;
    return { rate, ...(total === undefined ? {} : { etaSeconds: Math.max(0, (total - done) / rate) }) };
  }
}
