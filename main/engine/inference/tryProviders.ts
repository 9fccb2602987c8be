import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { detectProviders, type ExecutionProvider, type ProviderTrial, writeTrials } from './executionProviders.ts';
import { inferenceSettings } from './inferenceEnvironment.ts';

const outcomeSchema = z.strictObject({
  texts: z.array(z.string()),
  scores: z.array(z.number()),
  tokensPerSecond: z.number().nonnegative(),
});
type Outcome = z.infer<typeof outcomeSchema>;

/** By how much mean log-likelihoods of a token may differ from the CPU's. */
const TOLERANCE = 1e-3;
const LONGEST_MS = 180_000;

/**
 * Has each provider that this machine is ready for write and score with a model, compares it with the CPU, and keeps
 * what came in `home`, where `chooseProvider` looks. Each runs in a process of its own: a driver may crash it.
 */
export async function tryProviders(model: string, home: string, onTried: (trial: ProviderTrial) => void): Promise<ProviderTrial[]> {
  const { onnxRuntime } = inferenceSettings({ ...process.env, NASAQ_DEVICE: 'cpu' });
  const cpu = await tryOne('cpu', model);
  const ready = detectProviders().filter(({ isReady, provider }) => isReady && provider !== 'cpu');
  const trials: ProviderTrial[] = [];
  const keep = (provider: ExecutionProvider, outcome: Outcome | string): void => {
    const problem = typeof outcome === 'string' ? outcome : undefined;
    const isRight = typeof outcome !== 'string' && typeof cpu !== 'string' && agree(outcome, cpu);
    const tokensPerSecond = typeof outcome === 'string' ? 0 : Math.round(outcome.tokensPerSecond);
    trials.push({ provider, onnxRuntime, isRight, tokensPerSecond, ...(problem !== undefined && { problem }) });
    onTried(trials.at(-1)!);
  };
  keep('cpu', cpu);
  for (const { provider } of ready) keep(provider, await tryOne(provider, model));
  writeTrials(home, trials);
  return trials;
}

const agree = (a: Outcome, b: Outcome): boolean =>
  a.texts.join('\n') === b.texts.join('\n') && a.scores.every((score, index) => Math.abs(score - b.scores[index]!) < TOLERANCE);

/** What came, or why nothing did, completing "WebGPU …". */
async function tryOne(provider: ExecutionProvider, model: string): Promise<Outcome | string> {
  const script = path.join(import.meta.dirname, 'tryProvider.ts');
  const env = { ...process.env, NASAQ_DEVICE: provider, NASAQ_WEIGHTS: 'fp32' };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [script, model], { env, timeout: LONGEST_MS, maxBuffer: 1 << 24 });
    return outcomeSchema.parse(JSON.parse(stdout.trim().split('\n').at(-1)!));
  } catch (error) {
    const { killed, signal } = error as { killed?: boolean; signal?: string };
    if (killed) return `gave no answer in ${LONGEST_MS / 1000} s when it was tried`;
    return signal ? `crashed (${signal}) when it was tried` : 'failed when it was tried';
  }
}
