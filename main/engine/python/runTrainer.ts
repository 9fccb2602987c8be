import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable } from 'node:stream';
import { UserError } from '../../../nodes/kit/index.ts';
import type { TrainerPython } from './environment.ts';
import { EventsFile } from './EventsFile.ts';
import { explainExit } from './explainExit.ts';
import { killGroup } from './killGroup.ts';
import type { TrainerEvent } from './trainerEvents.ts';

export interface TrainerRun {
  readonly python: TrainerPython;
  /** Absolute path of the node's `train.py`. */
  readonly script: string;
  readonly settings: Record<string, unknown>;
  /** Kept over interruptions: checkpoints live here. */
  readonly workFolder: string;
  readonly outputFolder: string;
  readonly seed: number;
  /** Aborted with a RunStopped of mode `stop`, the trainer gets time to write a checkpoint; else it is killed at once. */
  readonly signal: AbortSignal;
  /** Aborted, the trainer is killed, also while it still writes the checkpoint of a stop. */
  readonly cancelling?: AbortSignal;
  readonly onEvent: (event: TrainerProgress) => void;
  /** How long a stopped trainer may take to its checkpoint. */
  readonly checkpointMs?: number;
}
/** What a trainer tells while it runs; lines of its standard output and error come as `log`. */
export type TrainerProgress = Extract<TrainerEvent, { type: 'progress' | 'metric' | 'log' }>;

const TERMINATE_MS = 5000;
/** Wakes can be lost to a full pipe. */
const POLL_MS = 1000;
const LOG_DRAIN_MS = 2000;
const KEPT_ERROR_LINES = 200;

/**
 * Runs one trainer to its end in a process group of its own, and leaves no process of the group behind.
 * Resolves with its result. Throws UserError when it failed, the signal's reason when it was stopped.
 */
export async function runTrainer(run: TrainerRun): Promise<Record<string, unknown>> {
  run.signal.throwIfAborted();
  await fs.mkdir(run.workFolder, { recursive: true });
  // A file of its own for each attempt: an orphan of the last one may still be writing.
  const eventsFile = path.join(run.workFolder, `events-${randomUUID()}.jsonl`);
  const jobFile = path.join(run.workFolder, 'job.json');
  const { settings, workFolder, outputFolder, seed } = run;
  await fs.writeFile(jobFile, JSON.stringify({ workFolder, outputFolder, eventsFile, seed, settings }, undefined, 2));
  const events = new EventsFile(eventsFile);
  try {
    return await superviseTrainer(run, jobFile, events);
  } finally {
    events.close();
    await fs.rm(eventsFile, { force: true });
  }
}

async function superviseTrainer(run: TrainerRun, jobFile: string, events: EventsFile): Promise<Record<string, unknown>> {
  run.signal.throwIfAborted();
  const child = spawn(run.python.interpreter, [run.script, jobFile], {
    cwd: run.workFolder,
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    env: trainerEnvironment(run.python),
  });
  // A trainer that has just died breaks the pipe under a `stop`.
  child.stdin!.on('error', () => undefined);

  let memoryParams: readonly string[] = [];
  let failure: string | undefined;
  let result: Record<string, unknown> | undefined;
  let defect: unknown;
  const handle = (event: TrainerEvent): void => {
    switch (event.type) {
      case 'started':
        memoryParams = event.memoryParams;
        return;
      case 'failed':
        failure = event.message;
        return;
      case 'finished':
        result = event.result;
        return;
      case 'checkpoint':
        return run.onEvent({ type: 'log', line: `checkpoint at step ${event.step}` });
      default:
        return run.onEvent(event);
    }
  };
  const readEvents = (): void => {
    if (defect) return;
    try {
      for (const event of events.read()) handle(event);
    } catch (error) {
      defect = error;
      killGroup(child, 'SIGKILL');
    }
  };

  const errorLines: string[] = [];
  const logs = [child.stdout!, child.stderr!].map((stream) => {
    const lines = createInterface({ input: stream, crlfDelay: Infinity });
    lines.on('line', (line) => {
      if (stream === child.stderr) errorLines.push(line);
      if (errorLines.length > KEPT_ERROR_LINES) errorLines.shift();
      run.onEvent({ type: 'log', line });
    });
    return { lines, stream };
  });
  (child.stdio[3] as Readable).on('data', readEvents).on('error', () => undefined);
  const poll = setInterval(readEvents, POLL_MS);
  const stopStopping = stopOnAbort(child, run);
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    // Its own children hold its pipes and memory as long as they live.
    killGroup(child, 'SIGKILL');
    await Promise.all(logs.map(({ lines, stream }) => closed(lines, stream)));
    readEvents();
    if (defect) throw defect;
    run.signal.throwIfAborted();
    if (code === 0 && result) return result;
    throw new UserError(explainExit({ code, signal, failure, memoryParams, errorLines }));
  } catch (error) {
    if (child.pid === undefined) {
      throw new UserError(
        `Python at ${run.python.interpreter} cannot be started (${(error as NodeJS.ErrnoException).code}): run \`npm run setup\`.`,
      );
    }
    throw error;
  } finally {
    clearInterval(poll);
    stopStopping();
  }
}

function trainerEnvironment({ packages }: TrainerPython): NodeJS.ProcessEnv {
  const { PYTHONHOME: _, ...inherited } = process.env;
  // API keys are nothing to a trainer, nor to what it loads.
  const own = Object.fromEntries(Object.entries(inherited).filter(([name]) => !name.toUpperCase().startsWith('NASAQ_KEY_')));
  return {
    ...own,
    PYTHONPATH: packages,
    PYTHONUNBUFFERED: '1',
    PYTHONUTF8: '1',
    PYTHONNOUSERSITE: '1',
    // What ships may be read-only, and a cache of it would change the packaged app.
    PYTHONDONTWRITEBYTECODE: '1',
    HF_HUB_OFFLINE: '1',
    // Exports are compared with PyTorch in ONNX Runtime, which would report its use.
    ORT_DISABLE_TELEMETRY: '1',
    TOKENIZERS_PARALLELISM: 'false',
    // Spinning threads of one trainer slow a busy neighbour tenfold.
    OMP_WAIT_POLICY: 'PASSIVE',
    // Without it CUDA has no deterministic matrix products.
    CUBLAS_WORKSPACE_CONFIG: ':4096:8',
    NASAQ_WAKE_DESCRIPTOR: '3',
  };
}

/** Returns what takes the arrangement back. */
function stopOnAbort(child: ChildProcess, { signal, cancelling, checkpointMs = 30_000 }: TrainerRun): () => void {
  const timers: NodeJS.Timeout[] = [];
  const kill = (): void => killGroup(child, 'SIGKILL');
  const stop = (): void => {
    const reason: unknown = signal.reason;
    if (!(reason instanceof Error && reason.name === 'RunStopped' && 'mode' in reason && reason.mode === 'stop')) {
      kill();
      return;
    }
    child.stdin!.write('stop\n');
    timers.push(
      setTimeout(() => killGroup(child, 'SIGTERM'), checkpointMs),
      setTimeout(kill, checkpointMs + TERMINATE_MS),
    );
  };
  signal.addEventListener('abort', stop, { once: true });
  cancelling?.addEventListener('abort', kill, { once: true });
  return () => {
    signal.removeEventListener('abort', stop);
    cancelling?.removeEventListener('abort', kill);
    timers.forEach(clearTimeout);
  };
}

/** Resolves when the last line of a log was read; a process that left the group may hold its pipe, and is not waited for. */
async function closed(lines: Interface, stream: Readable): Promise<void> {
  if (stream.closed) return;
  const unblock = setTimeout(() => stream.destroy(), LOG_DRAIN_MS);
  await once(lines, 'close');
  clearTimeout(unblock);
}
