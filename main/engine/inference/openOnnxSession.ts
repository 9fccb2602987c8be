import * as ort from 'onnxruntime-node';
import path from 'node:path';
import { UserError } from '../../../nodes/kit/index.ts';

/** How many threads an operator may use. Fixed, because float sums are split by it; `NASAQ_THREADS` overrides. */
export function inferenceThreads(env: NodeJS.ProcessEnv = process.env): number {
  const asked = Number(env.NASAQ_THREADS);
  return Number.isInteger(asked) && asked > 0 ? asked : 2;
}

/** What results depend on beside models and texts: ONNX Runtime's version, its execution provider and the threads. */
export const inferenceEnvironment = (): string =>
  `onnxruntime ${ort.env.versions.node ?? ort.env.versions.common}, cpu, ${inferenceThreads()} threads`;

/** Opens one ONNX file on the CPU. A file that cannot be read as a model is named in one sentence. */
export async function openOnnxSession(file: string): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(file, {
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'all',
      executionMode: 'sequential',
      intraOpNumThreads: inferenceThreads(),
      interOpNumThreads: 1,
      logSeverityLevel: 3,
      // Threads that spin while they wait slow everything beside them, trainers above all.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });
  } catch (error) {
    const why =
      error instanceof Error
        ? error.message.split('\n')[0]!.replace(/^.*?(?=Load model|Protobuf|Deserialize|External|Failed)/i, '')
        : String(error);
    throw new UserError(
      `\`${path.basename(file)}\` in model folder ${modelFolderOf(file)} is not an ONNX model that can be opened (${why.slice(0, 200)}); export the model again.`,
    );
  }
}

const modelFolderOf = (file: string): string => {
  const folder = path.dirname(file);
  return path.basename(folder) === 'onnx' ? path.dirname(folder) : folder;
};

/** An int64 tensor; `dims` [] makes a scalar. */
export const int64Tensor = (values: readonly number[] | BigInt64Array, dims: readonly number[]): ort.Tensor =>
  new ort.Tensor('int64', values instanceof BigInt64Array ? values : BigInt64Array.from(values, BigInt), dims);
