import fs from 'node:fs';
import { type Artifact, UserError } from '../../../nodes/kit/index.ts';
import type { ArtifactSummary } from '../../contract/artifact.ts';
import type { NodeType } from '../loadNodeTypes.ts';
import type { Ingredients } from '../plan/actionKey.ts';
import type { Store } from '../store/openStore.ts';
import { ActionOutputs } from './ActionOutputs.ts';
import { type ContextParts, makeContext } from './makeContext.ts';
import { storageError } from './storageError.ts';

export interface ActionJob extends Omit<ContextParts, 'outputs' | 'inputs'> {
  readonly run: string;
  readonly nodeType: NodeType;
  readonly ingredients: Ingredients;
  /** Aborts some time after `signal`: a node that has not settled by then is given up on. */
  readonly abandon: AbortSignal;
  openInputs(): Record<string, Artifact | readonly Artifact[]>;
  /** Contents of its path params as they are now. */
  readContents(): Promise<Ingredients['contents']>;
}

export interface ActionResult {
  /** `reused`: another process finished the same action meanwhile. */
  readonly status: 'ran' | 'reused';
  readonly outputs: Record<string, ArtifactSummary>;
}

/** Runs one action under its lock and publishes all its outputs, or none and throws. */
export async function runAction(job: ActionJob): Promise<ActionResult> {
  const { store, key, run } = job;
  lockAction(store, key, run);
  let isSettled = true;
  const unlock = (): void => {
    if (store.catalogue.open) store.locks.release(key, run);
  };
  try {
    const finished = job.forced ? undefined : store.actions.use(key);
    if (finished) return { status: 'reused', outputs: finished };

    const startedAt = performance.now();
    const outputs = openOutputs(job);
    const { context, close } = makeContext({ ...job, outputs, inputs: job.openInputs() });
    isSettled = false;
    const work = job.nodeType
      .loadRun()
      .then((node) => node(context))
      .finally(() => {
        isSettled = true;
      });
    try {
      await Promise.race([work, whenAborted(job.abandon)]);
      job.signal.throwIfAborted();
      await checkContents(job);
      job.signal.throwIfAborted();
      const seconds = (performance.now() - startedAt) / 1000;
      const published = publish(job, outputs, seconds);
      fs.rmSync(store.workFolder(key), { recursive: true, force: true });
      return { status: 'ran', outputs: published };
    } finally {
      close();
      if (isSettled) clean(job, outputs);
      else
        void work
          .catch(() => undefined)
          .then(() => {
            clean(job, outputs);
            unlock();
          });
    }
  } finally {
    if (isSettled) unlock();
  }
}

function lockAction(store: Store, key: string, run: string): void {
  const holder = store.locks.acquire(key, run);
  if (!holder) return;
  const since = new Date(holder.since).toTimeString().slice(0, 8);
  throw new UserError(
    `another run (process ${holder.pid}, since ${since}) is working on the same step; wait for it or cancel it, then run again.`,
  );
}

function openOutputs({ node, store, key }: ActionJob): ActionOutputs {
  try {
    return new ActionOutputs(node.spec, store.stagingFolder(key), store.folder);
  } catch (error) {
    throw storageError(error, store.folder, 'making room for outputs');
  }
}

/** What was read must be what the key says. */
async function checkContents({ ingredients, readContents }: ActionJob): Promise<void> {
  const now = await readContents();
  const changed = Object.keys(ingredients.contents).find((name) => ingredients.contents[name]!.join() !== now[name]?.join());
  if (changed !== undefined) throw new UserError(`the content of \`${changed}\` changed while it was read; run again.`);
}

function publish({ store, key, ingredients }: ActionJob, outputs: ActionOutputs, seconds: number): Record<string, ArtifactSummary> {
  const complete = outputs.complete();
  try {
    return store.actions.publish({ key, ingredients, seconds, outputs: complete });
  } catch (error) {
    throw storageError(error, store.folder, `publishing ${[...complete.keys()].map((port) => `\`${port}\``).join(', ')}`);
  }
}

/** Cancelling discards what was begun; anything else keeps it for the next run. */
function clean({ store, key, cancelling }: ActionJob, outputs: ActionOutputs): void {
  outputs.discard();
  if (cancelling.aborted) fs.rmSync(store.workFolder(key), { recursive: true, force: true });
}

const whenAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    else signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
