import { createRequire } from 'node:module';
import { z } from 'zod';

/** How many threads an operator may use. Fixed, because float sums are split by it; `NASAQ_THREADS` overrides. */
export function inferenceThreads(env: NodeJS.ProcessEnv = process.env): number {
  const asked = Number(env.NASAQ_THREADS);
  return Number.isInteger(asked) && asked > 0 ? asked : 2;
}

/**
 * What results depend on beside models and texts: ONNX Runtime's version, its execution provider and the threads.
 * Read without loading ONNX Runtime, which takes longer than planning a whole workflow may.
 */
export function inferenceEnvironment(): string {
  const manifest: unknown = createRequire(import.meta.url)('onnxruntime-node/package.json');
  const { version } = z.object({ version: z.string() }).parse(manifest);
  return `onnxruntime ${version}, cpu, ${inferenceThreads()} threads`;
}
