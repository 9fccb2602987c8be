import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sourcePaths } from '../../../main/engine/EnginePaths.ts';
import { findPython } from '../../../main/engine/python/environment.ts';
import { runTrainer, type TrainerProgress, type TrainerRun } from '../../../main/engine/python/runTrainer.ts';
import { RunStopped, UserError } from '../../../nodes/kit/index.ts';

const python = await findPython(sourcePaths());
const nodes = sourcePaths().nodes;
let folder: string;
beforeEach(() => void (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nasaq-trainer-'))));
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function trainerRun(script: string, settings: Record<string, unknown>, more: Partial<TrainerRun> = {}): TrainerRun {
  return {
    python,
    script: path.isAbsolute(script) ? script : path.join(import.meta.dirname, 'trainers', script),
    settings,
    workFolder: path.join(folder, 'work'),
    outputFolder: path.join(folder, 'work', 'model'),
    seed: 11,
    signal: new AbortController().signal,
    onEvent: () => undefined,
    ...more,
  };
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // A zombie counts as dead: it only waits for init to read its status.
    return process.platform !== 'linux' || !/^\d+ \(.*\) Z/.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};
const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 5000 });

describe('a trainer that runs to its end', () => {
  it('tells every kind of event in order and resolves with its result', async () => {
    const events: TrainerProgress[] = [];
    const result = await runTrainer(trainerRun('every_event.py', { name: 'قيمة' }, { onEvent: (event) => void events.push(event) }));
    expect(result).toEqual({ seed: 11, settings: { name: 'قيمة' }, text: 'نَصّ' });
    expect(events).toContainEqual({ type: 'log', line: 'plain output' });
    expect(events.filter((event) => event.type !== 'log' || event.line !== 'plain output')).toEqual([
      { type: 'progress', done: 1, total: 3, unit: 'steps' },
      { type: 'metric', step: 1, values: { loss: 0.25, learningRate: 1e-5 } },
      { type: 'log', line: `سطر أول\nسطر ثان ${'ط'.repeat(100_000)}` },
      { type: 'log', line: 'checkpoint at step 1' },
    ]);
    expect(fs.readdirSync(path.join(folder, 'work')).filter((name) => name.startsWith('events'))).toEqual([]);
  });

  it('leaves no child of its own behind', async () => {
    let child = 0;
    const onEvent = (event: TrainerProgress): void => {
      if (event.type === 'log' && event.line.startsWith('child')) child = Number(event.line.split(' ')[1]);
    };
    await runTrainer(trainerRun('stubborn.py', { ends: true }, { onEvent }));
    expect(child).toBeGreaterThan(0);
    await eventually(() => expect(isAlive(child)).toBe(false));
  });
});

describe('a trainer that fails is explained in one sentence', () => {
  it.each([
    ['defect', "The trainer failed with ValueError: the rank must be positive; the node's log has the details."],
    ['refusal', 'The pairs are too few: connect more.'],
    ['memory', 'Memory ran out: lower `batchSize` or `maxLength`.'],
    ['accelerator memory', "The accelerator's memory ran out: lower `batchSize` or `maxLength`."],
    ['disk', 'The disk is full while writing model.safetensors: make room and run again.'],
    ['missing module', "The trainers' Python has no module `a_module_that_is_not_there`: run `npm run setup`."],
    [
      'kernel',
      'The trainer was killed (signal 9), most likely because memory ran out: lower `batchSize` or `maxLength`, or close other programs.',
    ],
    ['native', "The trainer crashed in native code (SIGSEGV); the node's log has what it wrote before."],
    ['silent', "The trainer ended with status 5; the node's log has what it wrote."],
    [
      'not a number',
      "The trainer failed with ValueError: Out of range float values are not JSON compliant: nan; the node's log has the details.",
    ],
  ])('%s', async (how, sentence) => {
    const log: string[] = [];
    const onEvent = (event: TrainerProgress): void => void (event.type === 'log' && log.push(event.line));
    const failure = await runTrainer(trainerRun('fails.py', { how }, { onEvent })).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    // Python's own wording of numbers that JSON has not differs between its versions.
    expect((failure as UserError).message.replace(': nan;', ';')).toBe(sentence.replace(': nan;', ';'));
    if (how === 'defect') expect(log).toContain('ValueError: the rank must be positive.');
  });

  it('an event that breaks the contract is a defect', async () => {
    const failure = await runTrainer(trainerRun('fails.py', { how: 'not an event' })).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toBeInstanceOf(UserError);
  });

  it('Python that cannot be started', async () => {
    const missing = { ...python, interpreter: path.join(folder, 'no-python') };
    await expect(runTrainer(trainerRun('fails.py', {}, { python: missing }))).rejects.toThrow(
      `Python at ${missing.interpreter} cannot be started (ENOENT): run \`npm run setup\`.`,
    );
  });
});

describe.skipIf(process.platform === 'win32')('a run that is ended', () => {
  it.each(['cancel', 'stop'] as const)('%s: even a trainer that will not listen is gone, with its child', async (mode) => {
    const controller = new AbortController();
    const pids: number[] = [];
    const onEvent = (event: TrainerProgress): void => {
      if (event.type !== 'log' || !event.line.startsWith('child')) return;
      pids.push(Number(event.line.split(' ')[1]));
      controller.abort(new RunStopped(mode));
    };
    const run = trainerRun('stubborn.py', { ends: false }, { onEvent, signal: controller.signal, checkpointMs: 200 });
    const reason = await runTrainer(run).catch((error: unknown) => error);
    expect(reason).toBe(controller.signal.reason);
    expect(pids).toHaveLength(1);
    await eventually(() => expect(isAlive(pids[0]!)).toBe(false));
  });

  it('stop, then cancel: it gets no more time for its checkpoint', async () => {
    const [stopping, cancelling] = [new AbortController(), new AbortController()];
    const pids: number[] = [];
    const onEvent = (event: TrainerProgress): void => {
      if (event.type !== 'log' || !event.line.startsWith('child')) return;
      pids.push(Number(event.line.split(' ')[1]));
      stopping.abort(new RunStopped('stop'));
      setTimeout(() => cancelling.abort(new RunStopped('cancel')), 50);
    };
    const run = trainerRun('stubborn.py', { ends: false }, { onEvent, signal: stopping.signal, cancelling: cancelling.signal });
    await expect(runTrainer(run)).rejects.toThrow(RunStopped);
    await eventually(() => expect(isAlive(pids[0]!)).toBe(false));
  });

  it('before it began: nothing is started', async () => {
    await expect(runTrainer(trainerRun('every_event.py', {}, { signal: AbortSignal.abort(new RunStopped('cancel')) }))).rejects.toThrow(
      RunStopped,
    );
    expect(fs.readdirSync(folder)).toEqual([]);
  });
});

describe('pre-training on real text', () => {
  const settings = {
    ...{ baseModel: '', vocabularySize: 500, hiddenSize: 32, layers: 2, heads: 2, sequenceLength: 32, batchSize: 4, steps: 300 },
    ...{ tokenBudget: 0, learningRate: 0.01, warmupSteps: 5, weightDecay: 0.1, heldOutShare: 0.1, precision: 'fp32', device: 'cpu' },
    ...{ threads: 1, checkpointSeconds: 1000 },
  };
  const script = path.join(nodes, 'pretrain', 'train.py');

  it('stops with a checkpoint, goes on from it, and ends with a model', async () => {
    const corpusFile = path.join(folder, 'corpus.parquet');
    await writeCorpus(corpusFile);
    const controller = new AbortController();
    const steps: number[] = [];
    const stopped = trainerRun(
      script,
      { ...settings, corpusFile },
      {
        signal: controller.signal,
        onEvent: (event) => {
          if (event.type !== 'progress') return;
          steps.push(event.done);
          if (event.done === 3) controller.abort(new RunStopped('stop'));
        },
      },
    );
    await expect(runTrainer(stopped)).rejects.toThrow(RunStopped);
    expect(fs.existsSync(path.join(stopped.workFolder, 'checkpoint.pt'))).toBe(true);
    expect(fs.existsSync(stopped.outputFolder)).toBe(false);

    const continued: number[] = [];
    const losses: number[] = [];
    const result = await runTrainer({
      ...stopped,
      signal: new AbortController().signal,
      onEvent: (event) => {
        if (event.type === 'progress') continued.push(event.done);
        if (event.type === 'metric' && event.values.loss !== undefined) losses.push(event.step);
      },
    });
    expect(continued[0]).toBe(steps.at(-1)! + 1);
    expect(continued.at(-1)).toBe(300);
    // Those who watch only now still see the whole curve.
    expect(losses).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
    expect(result).toMatchObject({ sequenceLength: 32, tokens: 300 * 4 * 32 });
    expect(fs.readdirSync(path.join(stopped.outputFolder, 'onnx')).sort()).toEqual(['model.onnx', 'model.onnx_data', 'score.onnx']);
  });
});

async function writeCorpus(file: string): Promise<void> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const samples = path.join(sourcePaths().resources, 'samples', 'comments.jsonl');
  await connection.run(`COPY (SELECT id, text FROM read_json('${samples}') LIMIT 100) TO '${file}' (FORMAT parquet, COMPRESSION zstd)`);
  connection.closeSync();
  instance.closeSync();
}
