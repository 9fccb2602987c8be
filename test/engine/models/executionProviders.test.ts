import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  chooseProvider,
  chosenWeights,
  detectProviders,
  type MachineFacts,
  type ProviderState,
  type ProviderTrial,
  readTrials,
  weightsFile,
  writeTrials,
} from '../../../main/engine/inference/executionProviders.ts';
import { inferenceEnvironment } from '../../../main/engine/inference/inferenceEnvironment.ts';
import { openInference } from '../../../main/engine/inference/openInference.ts';
import { tryProviders } from '../../../main/engine/inference/tryProviders.ts';
import { tinyModel } from '../inference/givenArtifacts.ts';
import { startNasaq } from '../runNasaq.ts';

let home: string;
beforeEach(() => void (home = fs.mkdtempSync(path.join(os.tmpdir(), 'nasaq-providers-'))));
afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(home, { recursive: true, force: true });
});

const ORT = '/ort';
const machine = (platform: NodeJS.Platform, files: readonly string[], more: Partial<MachineFacts> = {}): MachineFacts => ({
  platform,
  arch: 'x64',
  has: (file) => files.includes(file),
  libraries: ORT,
  env: {},
  ...more,
});
const stateOf = (facts: MachineFacts, provider: string): ProviderState =>
  detectProviders(facts).find((state) => state.provider === provider)!;
const cudaProvider = [`${ORT}/libonnxruntime_providers_cuda.so`, `${ORT}/libonnxruntime_providers_shared.so`];
const cudaLibraries = ['libcudart.so.12', 'libcublasLt.so.12', 'libcudnn.so.9'].map((name) => `/cuda/${name}`);

describe('what a machine is ready for', () => {
  it('is the CPU wherever it is, and nothing else where there is no GPU', () => {
    expect(detectProviders(machine('linux', [])).map(({ provider, isReady }) => [provider, isReady])).toEqual([
      ['cuda', false],
      ['dml', false],
      ['coreml', false],
      ['webgpu', false],
      ['cpu', true],
    ]);
    expect(stateOf(machine('win32', []), 'dml').isReady).toBe(true);
    expect(stateOf(machine('darwin', []), 'coreml').isReady).toBe(true);
  });

  it('is CUDA only when the driver, the provider and its libraries are there; each is asked for by name', () => {
    const gpu = '/dev/nvidiactl';
    expect(stateOf(machine('linux', []), 'cuda').obstacle).toMatch(/no NVIDIA GPU/);
    const bare = stateOf(machine('linux', [gpu]), 'cuda');
    expect(bare.obstacle).toBe("an NVIDIA GPU is here, but ONNX Runtime's CUDA libraries are not");
    expect(bare.remedy).toMatch(/^node node_modules\/onnxruntime-node\/script\/install\.js --onnxruntime-node-install=cuda12$/);
    expect(fs.existsSync('node_modules/onnxruntime-node/script/install.js')).toBe(true);
    expect(stateOf(machine('linux', [gpu, ...cudaProvider]), 'cuda').obstacle).toMatch(/not the CUDA 12 runtime, cuBLAS 12, cuDNN 9$/);
    const env = { LD_LIBRARY_PATH: '/elsewhere:/cuda' };
    expect(stateOf(machine('linux', [gpu, ...cudaProvider, ...cudaLibraries]), 'cuda').isReady).toBe(false);
    expect(stateOf(machine('linux', [gpu, ...cudaProvider, ...cudaLibraries], { env }), 'cuda').isReady).toBe(true);
    expect(stateOf(machine('linux', [gpu], { arch: 'arm64' }), 'cuda').obstacle).toMatch(/x64 alone/);
  });

  it('is WebGPU on Linux with Vulkan and a GPU', () => {
    expect(stateOf(machine('linux', ['/usr/lib/x86_64-linux-gnu/libvulkan.so.1']), 'webgpu').obstacle).toBe('no GPU is here');
    expect(stateOf(machine('linux', ['/usr/lib64/libvulkan.so.1', '/dev/dri/renderD128']), 'webgpu').isReady).toBe(true);
  });
});

describe('what models run on', () => {
  const states = detectProviders(machine('linux', ['/usr/lib64/libvulkan.so.1', '/dev/dri/renderD128', '/dev/nvidiactl']));
  const trial = (provider: ProviderTrial['provider'], more: Partial<ProviderTrial> = {}): ProviderTrial => ({
    provider,
    onnxRuntime: '1.30.0',
    isRight: true,
    tokensPerSecond: 100,
    ...more,
  });
  const choose = (env: NodeJS.ProcessEnv = {}) => chooseProvider('1.30.0', home, env, states);

  it('is the CPU until something else was tried, and it says so', () => {
    expect(choose()).toEqual({
      provider: 'cpu',
      explanation:
        "Models run on the CPU: CUDA (NVIDIA) cannot run because an NVIDIA GPU is here, but ONNX Runtime's CUDA libraries are not; " +
        'WebGPU may be faster, but was not tried on this machine yet (type `nasaq env --try`).',
    });
  });

  it('is the fastest that computed rightly with this ONNX Runtime and is still there', () => {
    writeTrials(home, [trial('cpu'), trial('webgpu', { tokensPerSecond: 300 })]);
    expect(choose().provider).toBe('webgpu');
    expect(chooseProvider('1.31.0', home, {}, states).provider).toBe('cpu');
    writeTrials(home, [trial('cpu'), trial('webgpu', { tokensPerSecond: 300, isRight: false })]);
    expect(choose()).toMatchObject({ provider: 'cpu', explanation: expect.stringContaining('WebGPU computed other results than the CPU') });
    writeTrials(home, [trial('cpu'), trial('webgpu', { tokensPerSecond: 30 }), trial('cuda', { tokensPerSecond: 900 })]);
    expect(choose()).toMatchObject({ provider: 'cpu', explanation: expect.stringContaining('WebGPU was slower') });
    fs.writeFileSync(path.join(home, 'execution-providers.json'), 'broken');
    expect(choose().provider).toBe('cpu');
  });

  it('is what NASAQ_DEVICE names, or a sentence', () => {
    expect(choose({ NASAQ_DEVICE: 'webgpu' }).provider).toBe('webgpu');
    expect(() => choose({ NASAQ_DEVICE: 'cuda' })).toThrow(
      /^NASAQ_DEVICE is `cuda`, which cannot run because an NVIDIA GPU is here, but .*; set it to cpu/,
    );
    expect(() => choose({ NASAQ_DEVICE: 'gpu' })).toThrow('NASAQ_DEVICE is `gpu`: set it to auto, cuda, dml, coreml, webgpu, cpu.');
  });

  it('is part of what results depend on, as the weights are', () => {
    const env = { NASAQ_HOME: home, NASAQ_DEVICE: 'cpu' };
    expect(inferenceEnvironment(env)).toMatch(/^onnxruntime [\d.]+, cpu, 2 threads$/);
    expect(inferenceEnvironment({ ...env, NASAQ_WEIGHTS: 'fp16' })).toMatch(/, cpu, 2 threads, fp16$/);
  });

  it('is told once when the first model is opened', async () => {
    const log: string[] = [];
    const inference = openInference({ log: (line) => log.push(line) });
    await inference.generator(tinyModel);
    await inference.scorer(tinyModel);
    await inference.close();
    expect(log.filter((line) => line.startsWith('Models run on'))).toEqual(['Models run on CPU, as NASAQ_DEVICE says.']);
  });
});

describe('trying the providers', () => {
  it('has the CPU write and score in a process of its own, and keeps what came', async () => {
    const tried: string[] = [];
    const trials = await tryProviders(tinyModel, home, ({ provider }) => void tried.push(provider));
    expect(tried[0]).toBe('cpu');
    expect(trials[0]).toMatchObject({ provider: 'cpu', isRight: true });
    expect(trials[0]!.tokensPerSecond).toBeGreaterThan(0);
    expect(readTrials(home)).toEqual(trials);
  });

  it('says in the terminal what runs and what is missing', async () => {
    const { stdout, code } = await startNasaq(['env', '--json'], { home }).ended;
    expect(code).toBe(0);
    const shown = JSON.parse(stdout) as { provider: string; providers: unknown[]; explanation: string };
    expect(shown).toMatchObject({ provider: 'cpu', weights: 'fp32' });
    expect(shown.providers).toHaveLength(5);
  });
});

it('reports nothing to anybody: ONNX Runtime leaves no session of its telemetry behind', async () => {
  const env: NodeJS.ProcessEnv = { ...process.env, TMPDIR: home };
  delete env.ORT_DISABLE_TELEMETRY;
  const script = path.resolve('main/engine/inference/tryProvider.ts');
  await promisify(execFile)(process.execPath, [script, tinyModel], { env });
  expect(fs.readdirSync(home)).toEqual([]);
});

describe('the weights of a model', () => {
  it('are fp32 unless NASAQ_WEIGHTS says otherwise', () => {
    expect(chosenWeights({})).toBe('fp32');
    expect(weightsFile('model.onnx', chosenWeights({ NASAQ_WEIGHTS: 'int8' }))).toBe('model_quantized.onnx');
    expect(weightsFile('score.onnx', 'fp16')).toBe('score_fp16.onnx');
    expect(() => chosenWeights({ NASAQ_WEIGHTS: 'tiny' })).toThrow(
      'NASAQ_WEIGHTS is `tiny`: set it to fp32, fp16, int8, int4, or leave it out.',
    );
  });

  it('are named when a model has them not', async () => {
    vi.stubEnv('NASAQ_WEIGHTS', 'fp16');
    const inference = openInference({ log: () => undefined });
    await expect(inference.generator(tinyModel)).rejects.toThrow(/has no `onnx\/model_fp16\.onnx`, which NASAQ_WEIGHTS=fp16 asks for/);
    await inference.close();
  });
});
