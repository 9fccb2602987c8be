import type { Catalogue } from './openCatalogue.ts';
import { isIdentityAlive, processIdentity } from './processIdentity.ts';

export interface LockHolder {
  readonly pid: number;
  readonly run: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** One run at a time works on an action and its work folder. A lock whose process is gone is taken over. */
export class ActionLocks {
  readonly #catalogue: Catalogue;
  readonly #own = processIdentity(process.pid)!;

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  /** Undefined: the lock is held now by `run`; otherwise who has it. */
  acquire(name: string, run: string): LockHolder | undefined {
    return this.#catalogue
      .transaction(() => {
        const held = this.#catalogue.prepare('SELECT run, process, since FROM locks WHERE name = ?').get(name) as
          { run: string; process: string; since: number } | undefined;
        if (held && isIdentityAlive(held.process)) return { pid: parseInt(held.process, 10), run: held.run, since: held.since };
        this.#catalogue
          .prepare('INSERT OR REPLACE INTO locks (name, run, process, since) VALUES (?, ?, ?, ?)')
          .run(name, run, this.#own, Date.now());
        return undefined;
      })
      .immediate();
  }

  release(name: string, run: string): void {
    this.#catalogue.prepare('DELETE FROM locks WHERE name = ? AND run = ?').run(name, run);
  }

  isHeld(name: string): boolean {
    const held = this.#catalogue.prepare('SELECT process FROM locks WHERE name = ?').get(name) as { process: string } | undefined;
    return held !== undefined && isIdentityAlive(held.process);
  }
}
