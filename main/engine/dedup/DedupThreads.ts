import { Worker } from 'node:worker_threads';
import type { KernelSettings } from './DedupKernel.ts';
import type { DedupAnswer, DedupTask } from './dedupWorker.ts';
import type { ReadBlock } from './readBlock.ts';

/** Beside this file, as source or bundled. */
const workerFile = new URL(import.meta.url.endsWith('.ts') ? './dedupWorker.ts' : './dedupWorker.js', import.meta.url);

const ENDED_EARLY = 'A deduplication thread ended early.';

/** A fixed number of worker threads, each with a kernel of its own. */
export class DedupThreads {
  readonly #workers: Worker[];
  readonly #signal: AbortSignal | undefined;
  readonly #ended = new Set<Worker>();

  constructor(count: number, settings: KernelSettings, signal?: AbortSignal) {
    this.#signal = signal;
    this.#workers = Array.from({ length: count }, () => new Worker(workerFile, { workerData: settings }));
    for (const worker of this.#workers) {
      // One that fails between two tasks is told of by the next.
      worker.on('error', () => undefined);
      worker.once('exit', () => this.#ended.add(worker));
    }
  }

  /** Gives the tasks out in their order, one at a time to each thread; `onDone` may return false to give out no more. */
  async run(tasks: Iterable<DedupTask>, onDone: (task: DedupTask, result: ReadBlock | undefined) => boolean | void): Promise<void> {
    const source = tasks[Symbol.iterator]();
    let goesOn = true;
    const failures: unknown[] = [];
    const work = async (worker: Worker): Promise<void> => {
      for (;;) {
        this.#signal?.throwIfAborted();
        const next = goesOn ? source.next() : undefined;
        if (!next || next.done) return;
        const result = await this.#ask(worker, next.value);
        if (onDone(next.value, result) === false) goesOn = false;
      }
    };
    await Promise.all(
      this.#workers.map(async (worker) => {
        try {
          await work(worker);
        } catch (error) {
          goesOn = false;
          failures.push(error);
        }
      }),
    );
    this.#signal?.throwIfAborted();
    if (failures.length > 0) throw failures[0];
  }

  /** The same task for every thread. */
  async tellAll(task: DedupTask): Promise<void> {
    await Promise.all(this.#workers.map((worker) => this.#ask(worker, task)));
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #ask(worker: Worker, task: DedupTask): Promise<ReadBlock | undefined> {
    if (this.#ended.has(worker)) return Promise.reject(new Error(ENDED_EARLY));
    let forget = (): void => undefined;
    const answered = new Promise<ReadBlock | undefined>((resolve, reject) => {
      const onMessage = (answer: DedupAnswer): void => {
        if ('done' in answer) resolve(answer.done);
        else reject(Object.assign(new Error(answer.failed.message), answer.failed));
      };
      const onExit = (): void => reject(new Error(ENDED_EARLY));
      const onAbort = (): void => {
        reject(this.#signal!.reason as Error);
        void worker.terminate();
      };
      worker.once('message', onMessage);
      worker.once('error', reject);
      worker.once('exit', onExit);
      this.#signal?.addEventListener('abort', onAbort, { once: true });
      forget = () => {
        worker.off('message', onMessage);
        worker.off('error', reject);
        worker.off('exit', onExit);
        this.#signal?.removeEventListener('abort', onAbort);
      };
    });
    worker.postMessage(task);
    return answered.finally(forget);
  }
}
