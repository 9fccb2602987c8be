import * as ort from 'onnxruntime-node';
import path from 'node:path';
import { UserError } from '../../../nodes/kit/index.ts';
import { inferenceThreads } from './inferenceEnvironment.ts';

/**
 * Opens one ONNX file on the CPU. A file that cannot be read as a model is named in one sentence.
 *
 * @param graph the file's contents, where nodes were added to them; weights are still found beside the file
 */
export async function openOnnxSession(file: string, graph?: Uint8Array): Promise<ort.InferenceSession> {
  try {
    const options: ort.InferenceSession.SessionOptions = {
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'all',
      executionMode: 'sequential',
      intraOpNumThreads: inferenceThreads(),
      interOpNumThreads: 1,
      // What goes wrong is thrown; nothing need be printed beside it.
      logSeverityLevel: 4,
      // Threads that spin while they wait slow everything beside them, trainers above all.
      extra: {
        session: { intra_op: { allow_spinning: '0' }, ...(graph && { model_external_initializers_file_folder_path: path.dirname(file) }) },
      },
    };
    return await (graph ? ort.InferenceSession.create(graph, options) : ort.InferenceSession.create(file, options));
  } catch (error) {
    throw new UserError(
      `\`${path.basename(file)}\` in model folder ${modelFolderOf(file)} cannot be opened: ${faultOf(error)}; export the model again.`,
    );
  }
}

/** ONNX Runtime names its own source lines; what a person can act on is which file is at fault. */
function faultOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const weights = /External data path does not exist: ".*?([^/\\"]+)"/.exec(message)?.[1];
  if (weights) return `its weights \`${weights}\` are missing`;
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
