import fs from 'node:fs';
import path from 'node:path';
import type { Artifact, ChatEndpoint, Inference, RowResults, RunContext } from '../../../nodes/kit/index.ts';
import type { SourceFile } from '../data/sourceFile.ts';
import { openEndpoint } from '../endpoint/openEndpoint.ts';
import type { EnginePaths } from '../EnginePaths.ts';
import type { ResolvedNode } from '../plan/resolveGraph.ts';
import { resolvePath } from '../plan/resolvePath.ts';
import type { Store } from '../store/openStore.ts';
import type { ActionOutputs } from './ActionOutputs.ts';
import { interruptible } from './interruptible.ts';
import { ProgressMeter } from './ProgressMeter.ts';
import type { EmitNodeEvent } from './RunEmitter.ts';
import { storageError } from './storageError.ts';

export interface ContextParts {
  readonly node: ResolvedNode;
  readonly workflow: { readonly title: string; readonly file: string | undefined };
  readonly key: string;
  readonly inputs: Readonly<Record<string, Artifact | readonly Artifact[]>>;
  readonly seed: number;
  /** Rows are computed anew. */
  readonly forced: boolean;
  readonly signal: AbortSignal;
  /** Aborts with `signal`, or after it when a run that is stopping is cancelled: a trainer is then killed at once. */
  readonly cancelling: AbortSignal;
  /** Where relative paths start. */
  readonly base: string;
  readonly paths: EnginePaths;
  readonly store: Store;
  readonly outputs: ActionOutputs;
  readonly emit: EmitNodeEvent;
  /** Opened when first asked for, shared by the run's nodes. */
  inference(log: (line: string) => void): Promise<Inference>;
  /** The API key of this name, to be sent to the server of this origin; undefined: there is none. */
  readKey(name: string, origin: string): Promise<string | undefined>;
  /** Hears of each endpoint that the node opens. */
  readonly onEndpoint?: (endpoint: ChatEndpoint) => void;
}

/** A context and `close`, after which the node can write nothing more: it is done, or was given up on. */
export function makeContext(parts: ContextParts): { context: RunContext; close(): void } {
  const { node, key, signal, store, outputs, emit } = parts;
  const { spec } = node;
  const startedAt = Date.now();
  const meter = new ProgressMeter((progress) => emit({ type: 'node-progress', ...progress }));
  let isClosed = false;
  const checkOpen = (): void => {
    signal.throwIfAborted();
    if (isClosed) throw new Error(`node type \`${spec.type}\` went on after its \`run\` had returned`);
  };
  const log = (line: string): void => {
    if (!isClosed) emit({ type: 'node-log', line });
  };
  const progress = (done: number, total: number | undefined, unit: string, stage?: string): void => {
    if (!isClosed) meter.report(done, total, unit, stage);
  };
  const metric = (step: number, values: Record<string, number>): void => {
    if (!isClosed) emit({ type: 'node-metric', step, values });
  };
  const workFolder = (): string => {
    const folder = store.workFolder(key);
    try {
      fs.mkdirSync(folder, { recursive: true });
    } catch (error) {
      throw storageError(error, store.folder, 'making the work folder');
    }
    return folder;
  };
  const resolve = (value: string): string => resolvePath(value, parts.base, parts.paths.resources);

  const context: RunContext = {
    params: node.params as RunContext['params'],
    inputs: parts.inputs as RunContext['inputs'],
    seed: parts.seed,
    signal,
    progress,
    log,
    metric,
    path: resolve,
    workFolder,
    writeTable: async (port, columns, rows) => {
      checkOpen();
      return outputs.table(port, columns, rows, signal);
    },
    writeReport: async (port, report) => {
      checkOpen();
      await outputs.report(port, report);
    },
    publishFolder: async (port, folder) => {
      checkOpen();
      await outputs.model(port, path.resolve(folder), workFolder());
    },
    rowResults: <T>(operation: unknown, options?: { ownVersion: true }): RowResults<T> => {
      const results = store.rowResults.open<T>({
        action: key,
        nodeType: spec.type,
        ...(options?.ownVersion ? {} : { version: spec.version }),
        operation,
        ...(parts.forced ? { madeSince: startedAt } : {}),
      });
      return {
        get: (rows) => {
          checkOpen();
          return results.get(rows);
        },
        put: (found) => {
          // Even when the run is stopping: rows that are done stay done.
          if (isClosed) checkOpen();
          try {
            results.put(found);
          } catch (error) {
            throw storageError(error, store.folder, 'keeping the results of rows');
          }
        },
      };
    },
    queue: (operation) => {
      const { title, file } = parts.workflow;
      const queue = store.queues.open({ action: key, nodeType: spec.type, operation, node: node.node.id, title, file });
      return {
        fill: async (items) => {
          checkOpen();
          return queue.fill(interruptible(items, signal));
        },
        answers: queue.answers,
      };
    },
    readFile: (file, options) => {
      let opened: Promise<SourceFile> | undefined;
      // Once, because a source surveys the whole file before it gives columns or rows.
      const open = () =>
        (opened ??= import('../data/sourceFile.ts').then(({ openSourceFile }) =>
          openSourceFile(path.resolve(parts.base, resolve(file)), { textColumn: options.textColumn, idColumn: options.idColumn ?? '' }),
        ));
      const read = async function* () {
        yield* (await open()).rows();
      };
      return { columns: async () => (await open()).columns(), rows: () => interruptible(read(), signal) };
    },
    inference: {
      generator: async (folder) => (await parts.inference(log)).generator(folder),
      scorer: async (folder) => (await parts.inference(log)).scorer(folder),
      classifier: async (folder) => (await parts.inference(log)).classifier(folder),
      categoryClassifier: async (folder) => (await parts.inference(log)).categoryClassifier(folder),
    },
    endpoint: (settings) => {
      const endpoint = openEndpoint(settings, { readKey: parts.readKey, signal, log, seed: parts.seed });
      parts.onEndpoint?.(endpoint);
      return endpoint;
    },
    python: {
      train: async ({ script, settings, outputFolder }) => {
        checkOpen();
        const [{ findPython }, { runTrainer }] = await Promise.all([import('../python/environment.ts'), import('../python/runTrainer.ts')]);
        return runTrainer({
          python: await findPython(parts.paths),
          script: path.join(parts.paths.nodes, spec.type, script),
          settings,
          workFolder: workFolder(),
          outputFolder,
          seed: parts.seed,
          signal,
          cancelling: parts.cancelling,
          onEvent: (event) => {
            if (event.type === 'progress') progress(event.done, event.total, event.unit);
            else if (event.type === 'metric') metric(event.step, event.values);
            else log(event.line);
          },
        });
      },
    },
  };
  return {
    context,
    close: () => {
      meter.flush();
      isClosed = true;
    },
  };
}
