import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openInference } from '../../../main/engine/inference/openInference.ts';
import { resources, tinyModel } from '../inference/givenArtifacts.ts';

let folder: string;
beforeEach(() => {
  folder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'nasaq-broken-')), 'model');
  fs.cpSync(tinyModel, folder, { recursive: true });
});
afterEach(() => fs.rmSync(path.dirname(folder), { recursive: true, force: true }));

const at = (name: string): string => path.join(folder, name);
const changeJson = (name: string, change: (value: Record<string, never>) => unknown): void =>
  fs.writeFileSync(at(name), JSON.stringify(change(JSON.parse(fs.readFileSync(at(name), 'utf8')) as Record<string, never>)));
const withTemplate = (template: string): void => {
  fs.rmSync(at('chat_template.jinja'), { force: true });
  changeJson('tokenizer_config.json', (config) => ({ ...config, chat_template: template }));
};
const classifierGraph = path.join(resources, 'models/arabic-toxicity/onnx/model.onnx');

type Case = [string, () => void, RegExp];
const both: Case[] = [
  ['no folder', () => fs.rmSync(folder, { recursive: true }), /^Model folder \S+ has no `config\.json`/],
  [
    'a file in place of the folder',
    () => (fs.rmSync(folder, { recursive: true }), fs.writeFileSync(folder, 'x')),
    /^Model folder \S+ has no `config\.json`/,
  ],
  [
    'the configuration of something that writes no text',
    () => fs.writeFileSync(at('config.json'), '{"model_type":"vit","hidden_size":3}'),
    /`config\.json`.*not usable/,
  ],
  ['no weights', () => fs.rmSync(at('onnx/model.onnx_data')), /its weights `model\.onnx_data` are missing/],
  ['weights cut short', () => fs.truncateSync(at('onnx/model.onnx_data'), 1_000_000), /weights was cut short/],
  [
    'weights that are no numbers',
    () => fs.writeFileSync(at('onnx/model.onnx_data'), Buffer.alloc(fs.statSync(at('onnx/model.onnx_data')).size, 0xff)),
    /not numbers/,
  ],
  ['a tokenizer cut short', () => fs.truncateSync(at('tokenizer.json'), 5_000), /`tokenizer\.json`.* is not JSON/],
  [
    'a tokenizer of an unknown kind',
    () => fs.writeFileSync(at('tokenizer.json'), '{"model":{"type":"Strange","vocab":{}}}'),
    /`tokenizer\.json`.*cannot be used/,
  ],
  [
    'the tokenizer of a larger model',
    () => changeJson('config.json', (config) => ({ ...config, vocab_size: 1000 })),
    /`tokenizer\.json`.*belong/,
  ],
  [
    'only pickled weights',
    () => (fs.rmSync(at('onnx'), { recursive: true }), fs.writeFileSync(at('pytorch_model.bin'), 'x')),
    /has no `onnx\/\w+\.onnx`; export the model/,
  ],
];
const generating: Case[] = [
  ['a graph cut short', () => fs.truncateSync(at('onnx/model.onnx'), 10_000), /`model\.onnx`.* not an ONNX model/],
  ['an empty graph', () => fs.truncateSync(at('onnx/model.onnx'), 0), /`model\.onnx`.* empty/],
  [
    'a pointer in place of the graph',
    () => fs.writeFileSync(at('onnx/model.onnx'), 'version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 12\n'),
    /`model\.onnx`.* Git LFS/,
  ],
  ['the graph of a classifier', () => fs.copyFileSync(classifierGraph, at('onnx/model.onnx')), /`model\.onnx`.* writes no text/],
  ['the graph that scores', () => fs.copyFileSync(at('onnx/score.onnx'), at('onnx/model.onnx')), /`model\.onnx`.* writes no text/],
  ['no chat format', () => withTemplate(''), /has no `chat_template`/],
  ['a chat format that does not read', () => withTemplate('{% for %}'), /`chat_template`.*cannot be used/],
  ['a chat format that takes no lone message', () => withTemplate('{{ raise_exception("System only") }}'), /`chat_template`.*System only/],
];
const scoring: Case[] = [
  ['a graph cut short', () => fs.truncateSync(at('onnx/score.onnx'), 9_000), /`score\.onnx`.* not an ONNX model/],
  ['the graph of a classifier', () => fs.copyFileSync(classifierGraph, at('onnx/score.onnx')), /`score\.onnx`.* scores no text/],
  ['the graph that writes', () => fs.copyFileSync(at('onnx/model.onnx'), at('onnx/score.onnx')), /`score\.onnx`.* scores no text/],
];

const signal = AbortSignal.timeout(100_000);
async function messageOf(use: (inference: ReturnType<typeof openInference>) => Promise<unknown>): Promise<string> {
  const inference = openInference({ log: () => undefined });
  try {
    const error = await use(inference).then(
      (value) => expect.unreachable(`it worked: ${JSON.stringify(value)}`),
      (failure: Error) => failure,
    );
    expect(error.name, error.message).toBe('UserError');
    expect(error.message).not.toMatch(/\n/);
    expect(error.message).toContain(folder);
    expect(error.message.length).toBeLessThan(400);
    return error.message;
  } finally {
    await inference.close();
  }
}

describe('a model to write with', () => {
  it.each([...both, ...generating])('that has %s is named in one sentence', async (_, damage, expected) => {
    damage();
    const write = async (inference: ReturnType<typeof openInference>) =>
      (await inference.generator(folder)).answer(['ذهب الولد إلى المدرسة'], { maxNewTokens: () => 4, signal });
    expect(await messageOf(write)).toMatch(expected);
  });
});

describe('a model to score with', () => {
  it.each([...both, ...scoring])('that has %s is named in one sentence', async (_, damage, expected) => {
    damage();
    const score = async (inference: ReturnType<typeof openInference>) =>
      (await inference.scorer(folder)).logLikelihood([{ prompt: '', continuation: 'ذهب الولد إلى المدرسة' }], signal);
    expect(await messageOf(score)).toMatch(expected);
  });
});

it('is opened with its graphs beside its description too', async () => {
  for (const name of fs.readdirSync(at('onnx'))) fs.renameSync(at(`onnx/${name}`), at(name));
  fs.rmSync(at('model.safetensors'));
  const inference = openInference({ log: () => undefined });
  const [answer] = await (await inference.generator(folder)).answer(['ذهب الولد'], { maxNewTokens: () => 4, signal });
  expect(answer!.tokens).toBeGreaterThan(0);
  await inference.close();
});
