import { Worker } from 'node:worker_threads';
import { UserError } from '../../../nodes/kit/index.ts';
import type { InferenceTask, ThreadMessage } from './inferenceWorker.ts';

/** Beside this file, as source or bundled. */
const workerFile = new URL(import.meta.url.endsWith('.ts') ? './inferenceWorker.ts' : './inferenceWorker.js', import.meta.url);

interface Call {
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** The thread that holds the models of a run, so that a step of seconds holds up nothing else. Starts with the first task. */
export class InferenceThread {
  readonly #log: (line: string) => void;
  readonly #program: URL;
  readonly #calls = new Map<number, Call>();
  #worker: Worker | undefined;
  #ended: Error | undefined;
  #lastCall = 0;

  constructor(log: (line: string) => void, program = workerFile) {
    this.#log = log;
    this.#program = program;
  }

  /** Rejects with the signal's reason once the thread has stopped the task, which it looks for between steps. */
  async ask(task: InferenceTask, signal?: AbortSignal): Promise<unknown> {
    signal?.throwIfAborted();
    if (this.#ended) throw this.#ended;
    const worker = (this.#worker ??= this.#start());
    const call = ++this.#lastCall;
    const stop = (): void => worker.postMessage({ stop: call });
    try {
      return await new Promise((resolve, reject) => {
        this.#calls.set(call, { resolve, reject });
        // Only a thread with something to do keeps the process alive.
        worker.ref();
        worker.postMessage({ call, task });
        signal?.addEventListener('abort', stop, { once: true });
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', stop);
      this.#calls.delete(call);
      if (this.#calls.size === 0) worker.unref();
    }
  }

  async close(): Promise<void> {
    if (!this.#worker || this.#ended) return;
    await this.ask({ do: 'close' }).catch(() => undefined);
    this.#ended = new Error('The models were closed.');
    await this.#worker.terminate();
  }

  #start(): Worker {
    const worker = new Worker(this.#program);
    worker.on('message', (message: ThreadMessage) => {
      if ('log' in message) {
        this.#log(message.log);
        return;
      }
      const call = this.#calls.get(message.call);
      if ('done' in message) call?.resolve(message.done);
      else call?.reject(failureOf(message.failed));
    });
    worker.on('error', (error) => this.#end(error.message));
    worker.on('exit', (code) => this.#end(`exit code ${code}`));
    return worker;
  }

  #end(reason: string): void {
    if (this.#ended) return;
    const first = reason.split('\n', 1)[0];
    this.#ended = new UserError(
      `The thread that runs the models ended early (${first}); run again, with a smaller model or shorter texts if memory is short.`,
    );
    for (const { reject } of this.#calls.values()) reject(this.#ended);
  }
}

function failureOf({ isForPeople, message, code, stack }: Extract<ThreadMessage, { failed: unknown }>['failed']): Error {
  return isForPeople ? new UserError(message) : Object.assign(new Error(message), { code, stack });
}
