import { createRequire } from 'node:module';
import { z } from 'zod';
import { defaultHome } from '../EnginePaths.ts';
import { chooseProvider, chosenWeights, type ExecutionProvider, type Weights } from './executionProviders.ts';

/** How many threads an operator may use. Fixed, because float sums are split by it; `NASAQ_THREADS` overrides. */
export function inferenceThreads(env: NodeJS.ProcessEnv = process.env): number {
  const asked = Number(env.NASAQ_THREADS);
  return Number.isInteger(asked) && asked > 0 ? asked : 2;
}

export interface InferenceSettings {
  readonly onnxRuntime: string;
  readonly provider: ExecutionProvider;
  /** One sentence: what models run on, and why nothing better. */
  readonly explanation: string;
  readonly weights: Weights;
  readonly threads: number;
}

/** How models are opened. Read without loading ONNX Runtime, which takes longer than planning a whole workflow may. */
export function inferenceSettings(env: NodeJS.ProcessEnv = process.env): InferenceSettings {
  const manifest: unknown = createRequire(import.meta.url)('onnxruntime-node/package.json');
  const { version } = z.object({ version: z.string() }).parse(manifest);
  const choice = chooseProvider(version, defaultHome(env), env);
  return { onnxRuntime: version, ...choice, weights: chosenWeights(env), threads: inferenceThreads(env) };
}

/** What results depend on beside models and texts: ONNX Runtime's version, its execution provider, the threads and the weights. */
export function inferenceEnvironment(env: NodeJS.ProcessEnv = process.env): string {
  const { onnxRuntime, provider, threads, weights } = inferenceSettings(env);
  return `onnxruntime ${onnxRuntime}, ${provider}, ${threads} threads${weights === 'fp32' ? '' : `, ${weights}`}`;
}
