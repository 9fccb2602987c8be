/** How long each stage of a process takes, itself and all its threads. */
export class StageClock {
  readonly #stages = new Map<string, { cpuSeconds: number; wallSeconds: number }>();
  #stage: string;
  #cpu = 0;
  #wall = 0;

  /** The first stage counts from the start of the process. */
  constructor(stage: string) {
    this.#stage = stage;
  }

  /** From now on time is this stage's, whichever it was before. */
  enter(stage: string): void {
    if (stage === this.#stage) return;
    const { user, system } = process.cpuUsage();
    const cpu = (user + system) / 1e6;
    const wall = performance.now() / 1000;
    const { cpuSeconds, wallSeconds } = this.#stages.get(this.#stage) ?? { cpuSeconds: 0, wallSeconds: 0 };
    this.#stages.set(this.#stage, { cpuSeconds: cpuSeconds + cpu - this.#cpu, wallSeconds: wallSeconds + wall - this.#wall });
    this.#stage = stage;
    this.#cpu = cpu;
    this.#wall = wall;
  }

  get stages(): Record<string, { readonly cpuSeconds: number; readonly wallSeconds: number }> {
    return Object.fromEntries(this.#stages);
  }
}
