import * as ort from 'onnxruntime-node';
import fs from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../../nodes/kit/index.ts';
import { type ExecutionProvider, PROVIDER_TITLES } from './executionProviders.ts';
import { inferenceSettings } from './inferenceEnvironment.ts';

/**
 * Opens one ONNX file on the machine's execution provider. A file that cannot be read as a model is named in one sentence.
 *
 * @param graph the file's contents, where nodes were added to them; weights are still found beside the file
 */
export async function openOnnxSession(file: string, graph?: Uint8Array): Promise<ort.InferenceSession> {
  const { provider, threads } = inferenceSettings();
  const folder = graph ? await unlinkedFolder(path.dirname(file)) : undefined;
  try {
    const options: ort.InferenceSession.SessionOptions = {
      executionProviders: provider === 'cpu' ? ['cpu'] : [provider, 'cpu'],
      ...(provider === 'dml' && { enableMemPattern: false }),
      graphOptimizationLevel: 'all',
      executionMode: 'sequential',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      // What goes wrong is thrown; nothing need be printed beside it.
      logSeverityLevel: 4,
      // Threads that spin while they wait slow everything beside them, trainers above all.
      extra: {
        session: {
          intra_op: { allow_spinning: '0' },
          ...(graph && { model_external_initializers_file_folder_path: folder ?? path.dirname(file) }),
        },
      },
    };
    return await (graph ? ort.InferenceSession.create(graph, options) : ort.InferenceSession.create(file, options));
  } catch (error) {
    throw new UserError(
      `\`${path.basename(file)}\` in model folder ${modelFolderOf(file)} ${await explain(error, file, provider, graph !== undefined)}.`,
    );
  } finally {
    // What is open stays open.
    if (folder !== undefined) await fs.rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Completes "`model.onnx` in model folder …". */
async function explain(error: unknown, file: string, provider: ExecutionProvider, isExtended: boolean): Promise<string> {
  const opened = provider !== 'cpu' || isExtended ? await outputsOnCpu(file) : undefined;
  if (opened && !opened.includes('logits') && isExtended) return NOT_GENERATING;
  if (opened && provider !== 'cpu') return `cannot be opened on ${PROVIDER_TITLES[provider]}, but can on the CPU: set NASAQ_DEVICE to cpu`;
  const beginning = await beginningOf(file);
  if (beginning === '') return 'is empty; copy or export the model again';
  if (beginning.startsWith('version https://git-lfs'))
    return 'is a Git LFS pointer and not the file itself: type `git lfs pull` where it came from, and copy it again';
  return `cannot be opened: ${faultOf(error)}; export the model again`;
}

const NOT_GENERATING = 'writes no text: it has no output `logits`; choose the folder of a language model that was exported with its cache';

const outputsOnCpu = (file: string): Promise<readonly string[] | undefined> =>
  ort.InferenceSession.create(file, { executionProviders: ['cpu'], logSeverityLevel: 4 }).then(
    async (session) => {
      const outputs = session.outputNames;
      await session.release();
      return outputs;
    },
    () => undefined,
  );

async function beginningOf(file: string): Promise<string> {
  const handle = await fs.open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * A passing folder with hard links to what a folder's symbolic links lead to, undefined when it has none: ONNX Runtime takes
 * no weights from outside the folder, and in the hub's cache all of them are links.
 */
async function unlinkedFolder(folder: string): Promise<string | undefined> {
  const entries = await fs.readdir(folder, { withFileTypes: true });
  const links = entries.filter((entry) => entry.isSymbolicLink());
  if (links.length === 0) return undefined;
  const targets = await Promise.all(
    links.map(async ({ name }) => ({ name, target: await fs.realpath(path.join(folder, name)).catch(() => undefined) })),
  );
  const found = targets.flatMap(({ name, target }) => (target === undefined ? [] : [{ name, target }]));
  if (found.length === 0) return undefined;
  // On the file system of the weights, where hard links to them can be.
  const beside = await fs.mkdtemp(path.join(path.dirname(found[0]!.target), '.nasaq-')).catch(() => undefined);
  if (beside === undefined) return undefined;
  for (const { name, target } of found) await fs.link(target, path.join(beside, name)).catch(() => undefined);
  return beside;
}

/** ONNX Runtime names its own source lines; what a person can act on is which file is at fault. */
function faultOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const weights = /External data path does not exist: ".*?([^/\\"]+)"/.exec(message)?.[1];
  if (weights) return `its weights \`${weights}\` are missing`;
  if (/escapes model directory/i.test(message)) return 'its weights are links to another folder (copy them into this one)';
  if (/External (initializer|data)/i.test(message)) return 'its file of weights was cut short or belongs to another model';
  if (/is not a registered function\/op|opset|ir[_ ]version/i.test(message)) return 'it needs a newer ONNX Runtime';
  if (/bad_alloc|Failed to allocate/i.test(message)) return 'there is not enough memory for it';
  return 'it is damaged, or is not an ONNX model';
}

const modelFolderOf = (file: string): string => {
  const folder = path.dirname(file);
  return path.basename(folder) === 'onnx' ? path.dirname(folder) : folder;
};

/** An int64 tensor; `dims` [] makes a scalar. */
export const int64Tensor = (values: readonly number[] | BigInt64Array, dims: readonly number[]): ort.Tensor =>
  new ort.Tensor('int64', values instanceof BigInt64Array ? values : BigInt64Array.from(values, BigInt), dims);
