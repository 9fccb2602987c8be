import path from 'node:path';
import { defaultHome, sourcePaths } from '../../engine/EnginePaths.ts';
import { detectProviders, PROVIDER_TITLES, readTrials } from '../../engine/inference/executionProviders.ts';
import { inferenceSettings } from '../../engine/inference/inferenceEnvironment.ts';
import { hubFolder } from '../../engine/inference/resolveModel.ts';
import { type Command, EXIT } from '../Command.ts';
import { textTable } from '../textTable.ts';

export const envCommand: Command = {
  summary: 'say what models run on here, and what a faster way would need',
  help: `nasaq env [--try] [--json]

Shows each execution provider of ONNX Runtime: whether this machine is ready for it, what is missing and how to get it,
and what came when it was tried.

  --try    has every provider that is ready write and score with the model that ships, compares it with the CPU, and
           keeps the result: from then on models run on the fastest that computed rightly
  --json   the same as one object

Environment:
  NASAQ_DEVICE   auto (the default), cpu, cuda, dml, coreml or webgpu
  NASAQ_WEIGHTS  fp32 (the default), fp16, int8 or int4: which weights of a model are opened
  NASAQ_THREADS  threads of one operator, 2 unless told
All three are part of what results depend on: changing one computes anew.
`,
  arguments: [],
  options: { try: { type: 'boolean' }, json: { type: 'boolean' } },
  async run({ options, terminal }) {
    const home = defaultHome();
    if (options.try) {
      const { tryProviders } = await import('../../engine/inference/tryProviders.ts');
      await tryProviders(
        path.join(sourcePaths().resources, 'models', 'tiny-arabic-llama'),
        home,
        ({ provider, isRight, tokensPerSecond, problem }) =>
          terminal.err(
            `${PROVIDER_TITLES[provider]}: ${problem ?? (isRight ? `${tokensPerSecond} tokens a second` : 'other results than the CPU')}\n`,
          ),
      );
    }
    const settings = inferenceSettings();
    const trials = readTrials(home).filter(({ onnxRuntime }) => onnxRuntime === settings.onnxRuntime);
    const providers = detectProviders().map((state) => ({ ...state, trial: trials.find(({ provider }) => provider === state.provider) }));
    if (options.json) {
      terminal.out(`${JSON.stringify({ ...settings, providers, hub: hubFolder() })}\n`);
      return EXIT.done;
    }
    const rows = providers.map(({ provider, isReady, obstacle, trial }) => [
      PROVIDER_TITLES[provider],
      isReady ? 'ready' : 'not ready',
      trial ? (trial.isRight ? `${trial.tokensPerSecond} tokens/s` : (trial.problem ?? 'other results than the CPU')) : 'not tried',
      obstacle,
    ]);
    terminal.out(textTable(['provider', 'here', 'tried', 'because'], rows));
    for (const { provider, remedy } of providers) if (remedy) terminal.out(`\nFor ${PROVIDER_TITLES[provider]}: ${remedy}\n`);
    terminal.out(`\n${settings.explanation}\n`);
    terminal.out(
      `ONNX Runtime ${settings.onnxRuntime}, ${settings.threads} threads, ${settings.weights} weights. Models of the hub: ${hubFolder()}\n`,
    );
    return EXIT.done;
  },
};
