import { createRequire } from 'node:module';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { UserError } from '../../../nodes/kit/index.ts';

/** Best first; as ONNX Runtime calls them. */
export const EXECUTION_PROVIDERS = ['cuda', 'dml', 'coreml', 'webgpu', 'cpu'] as const;
export type ExecutionProvider = (typeof EXECUTION_PROVIDERS)[number];

export const PROVIDER_TITLES: Readonly<Record<ExecutionProvider, string>> = {
  cuda: 'CUDA (NVIDIA)',
  dml: 'DirectML',
  coreml: 'Core ML',
  webgpu: 'WebGPU',
  cpu: 'CPU',
};

/** What is known of this machine without starting a program or opening a model. */
export interface MachineFacts {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly has: (file: string) => boolean;
  /** Where ONNX Runtime's libraries are. */
  readonly libraries: string;
  readonly env: NodeJS.ProcessEnv;
}
export interface ProviderState {
  readonly provider: ExecutionProvider;
  readonly isReady: boolean;
  /** Why it cannot run, completing "… because …"; empty when it can. */
  readonly obstacle: string;
  /** What to do about it, as a command or a sentence; empty when nothing helps. */
  readonly remedy: string;
}

/** Folders in which Linux looks for libraries, in the usual distributions. */
const LIBRARY_FOLDERS = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/usr/local/lib',
  '/usr/local/cuda/lib64',
  '/usr/local/cuda/targets/x86_64-linux/lib',
  '/usr/lib/wsl/lib',
];
/** What ONNX Runtime's CUDA provider loads, and the package that has it. */
const CUDA_LIBRARIES: readonly (readonly [string, string])[] = [
  ['libcudart.so.12', 'the CUDA 12 runtime'],
  ['libcublasLt.so.12', 'cuBLAS 12'],
  ['libcudnn.so.9', 'cuDNN 9'],
];

/** What the providers need and whether this machine has it. Whether they also compute rightly is tried by `nasaq env --try`. */
export function detectProviders(machine: MachineFacts = thisMachine()): readonly ProviderState[] {
  const ready = (provider: ExecutionProvider): ProviderState => ({ provider, isReady: true, obstacle: '', remedy: '' });
  const unfit = (provider: ExecutionProvider, obstacle: string, remedy = ''): ProviderState => ({
    provider,
    isReady: false,
    obstacle,
    remedy,
  });
  return [
    cudaState(machine, ready, unfit),
    machine.platform === 'win32' ? ready('dml') : unfit('dml', 'it is part of Windows alone'),
    machine.platform === 'darwin' ? ready('coreml') : unfit('coreml', 'it is part of macOS alone'),
    webGpuState(machine, ready, unfit),
    ready('cpu'),
  ];
}

type Ready = (provider: ExecutionProvider) => ProviderState;
type Unfit = (provider: ExecutionProvider, obstacle: string, remedy?: string) => ProviderState;

function cudaState({ platform, arch, has, libraries, env }: MachineFacts, ready: Ready, unfit: Unfit): ProviderState {
  if (platform === 'darwin') return unfit('cuda', 'Macs have no NVIDIA GPU');
  const hasGpu =
    platform === 'win32'
      ? has(path.join(env.SystemRoot ?? 'C:\\Windows', 'System32', 'nvcuda.dll'))
      : ['/proc/driver/nvidia/version', '/dev/nvidiactl', '/usr/lib/wsl/lib/libcuda.so.1'].some(has);
  if (!hasGpu) return unfit('cuda', 'no NVIDIA GPU with a driver is here');
  if (platform !== 'linux' || arch !== 'x64') {
    return unfit('cuda', 'an NVIDIA GPU is here, but ONNX Runtime for Node brings its CUDA libraries for Linux on x64 alone');
  }
  if (!has(path.join(libraries, 'libonnxruntime_providers_cuda.so')) || !has(path.join(libraries, 'libonnxruntime_providers_shared.so'))) {
    return unfit(
      'cuda',
      "an NVIDIA GPU is here, but ONNX Runtime's CUDA libraries are not",
      'node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12',
    );
  }
  const folders = [...(env.LD_LIBRARY_PATH ?? '').split(':').filter(Boolean), ...LIBRARY_FOLDERS];
  const missing = CUDA_LIBRARIES.filter(([file]) => !folders.some((folder) => has(path.posix.join(folder, file)))).map(([, name]) => name);
  return missing.length === 0
    ? ready('cuda')
    : unfit(
        'cuda',
        `an NVIDIA GPU is here, but not ${missing.join(', ')}`,
        `Install ${missing.join(', ')}, or put their folder into LD_LIBRARY_PATH.`,
      );
}

function webGpuState({ platform, has, env }: MachineFacts, ready: Ready, unfit: Unfit): ProviderState {
  if (platform !== 'linux') return ready('webgpu');
  const folders = [...(env.LD_LIBRARY_PATH ?? '').split(':').filter(Boolean), ...LIBRARY_FOLDERS];
  if (!folders.some((folder) => has(path.posix.join(folder, 'libvulkan.so.1')))) {
    return unfit(
      'webgpu',
      'it needs Vulkan, which is not installed',
      'Install your distribution’s Vulkan loader, such as `libvulkan1`, and the driver of your GPU.',
    );
  }
  const hasGpu = ['/dev/dri/renderD128', '/dev/dri/renderD129', '/dev/nvidiactl', '/dev/dxg'].some(has);
  return hasGpu ? ready('webgpu') : unfit('webgpu', 'no GPU is here');
}

export function thisMachine(env: NodeJS.ProcessEnv = process.env): MachineFacts {
  const manifest = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
  return {
    platform: process.platform,
    arch: os.arch(),
    has: (file) => fs.existsSync(file),
    libraries: path.join(path.dirname(manifest), 'bin', 'napi-v6', process.platform, os.arch()),
    env,
  };
}

/** What trying a provider gave; see `tryProviders`. */
const trialSchema = z.strictObject({
  provider: z.enum(EXECUTION_PROVIDERS),
  onnxRuntime: z.string(),
  /** It writes the same tokens as the CPU, and scores within a thousandth. */
  isRight: z.boolean(),
  tokensPerSecond: z.number().nonnegative(),
  problem: z.string().optional(),
});
export type ProviderTrial = z.infer<typeof trialSchema>;
const trialsSchema = z.array(trialSchema);

const trialsFile = (home: string): string => path.join(home, 'execution-providers.json');

export function readTrials(home: string): readonly ProviderTrial[] {
  try {
    return trialsSchema.parse(JSON.parse(fs.readFileSync(trialsFile(home), 'utf8')));
  } catch {
    // None were made, or an older Nasaq wrote them: they can be made again.
    return [];
  }
}

export function writeTrials(home: string, trials: readonly ProviderTrial[]): void {
  fs.mkdirSync(home, { recursive: true });
  fs.writeFileSync(`${trialsFile(home)}.new`, `${JSON.stringify(trials, null, 2)}\n`);
  fs.renameSync(`${trialsFile(home)}.new`, trialsFile(home));
}

export interface ProviderChoice {
  readonly provider: ExecutionProvider;
  /** One sentence: what runs, and why nothing better does. */
  readonly explanation: string;
}

/**
 * Which provider models run on. NASAQ_DEVICE names one, or is `auto`, as it is when it is not set: the fastest of those that were
 * tried on this machine with this ONNX Runtime and computed rightly; the CPU where none was. Never a guess: what runs is part of
 * cache keys, and a provider that computes wrongly would make wrong corpora.
 */
export function chooseProvider(
  onnxRuntime: string,
  home: string,
  env: NodeJS.ProcessEnv = process.env,
  states: readonly ProviderState[] = detectProviders(thisMachine(env)),
): ProviderChoice {
  const asked = (env.NASAQ_DEVICE ?? 'auto').toLowerCase();
  if (asked !== 'auto') {
    const state = states.find(({ provider }) => provider === asked);
    if (!state) throw new UserError(`NASAQ_DEVICE is \`${asked}\`: set it to auto, ${EXECUTION_PROVIDERS.join(', ')}.`);
    if (!state.isReady) {
      const remedy = state.remedy && `; ${state.remedy.replace(/\.$/, '')}`;
      throw new UserError(
        `NASAQ_DEVICE is \`${asked}\`, which cannot run because ${state.obstacle}${remedy}; set it to cpu to go on without.`,
      );
    }
    return { provider: state.provider, explanation: `Models run on ${PROVIDER_TITLES[state.provider]}, as NASAQ_DEVICE says.` };
  }
  const trials = readTrials(home).filter((trial) => trial.onnxRuntime === onnxRuntime);
  const isReady = (provider: ExecutionProvider): boolean => states.some((state) => state.provider === provider && state.isReady);
  const [best] = trials
    .filter(({ provider, isRight }) => isRight && isReady(provider))
    .sort((a, b) => b.tokensPerSecond - a.tokensPerSecond);
  const provider = best?.provider ?? 'cpu';
  const reasons = states.flatMap((state) => reasonAgainst(state, provider, trials));
  return {
    provider,
    explanation: `Models run on ${provider === 'cpu' ? 'the CPU' : PROVIDER_TITLES[provider]}${reasons.length > 0 ? `: ${reasons.join('; ')}` : ''}.`,
  };
}

/** Only what could be otherwise: that a Linux machine has no Core ML needs no saying. */
function reasonAgainst(state: ProviderState, chosen: ExecutionProvider, trials: readonly ProviderTrial[]): string[] {
  if (state.provider === chosen || state.provider === 'cpu') return [];
  const title = PROVIDER_TITLES[state.provider];
  if (!state.isReady) return state.remedy || /is here/.test(state.obstacle) ? [`${title} cannot run because ${state.obstacle}`] : [];
  const trial = trials.find(({ provider }) => provider === state.provider);
  if (!trial) return [`${title} may be faster, but was not tried on this machine yet (type \`nasaq env --try\`)`];
  if (!trial.isRight) return [`${title} ${trial.problem ?? 'computed other results than the CPU when it was tried'}`];
  return [`${title} was slower when it was tried`];
}

/** Which weights of a model are opened, and what their files are called. */
const WEIGHT_SUFFIXES = { fp32: '', fp16: '_fp16', int8: '_quantized', int4: '_q4' } as const;
export type Weights = keyof typeof WEIGHT_SUFFIXES;

/** NASAQ_WEIGHTS: `fp32` unless it says `fp16`, `int8` or `int4`. */
export function chosenWeights(env: NodeJS.ProcessEnv = process.env): Weights {
  const asked = env.NASAQ_WEIGHTS || 'fp32';
  if (!Object.hasOwn(WEIGHT_SUFFIXES, asked)) {
    throw new UserError(`NASAQ_WEIGHTS is \`${asked}\`: set it to ${Object.keys(WEIGHT_SUFFIXES).join(', ')}, or leave it out.`);
  }
  return asked as Weights;
}

/** `model.onnx` as the file with those weights is called. */
export const weightsFile = (name: string, weights: Weights): string => name.replace(/\.onnx$/, `${WEIGHT_SUFFIXES[weights]}.onnx`);
