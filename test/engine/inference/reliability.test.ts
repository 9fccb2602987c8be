import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InferenceThread } from '../../../main/engine/inference/InferenceThread.ts';
import { openChatTokenizer } from '../../../main/engine/inference/openChatTokenizer.ts';
import { openInference } from '../../../main/engine/inference/openInference.ts';
import { readLanguageModelFolder } from '../../../main/engine/inference/readLanguageModelFolder.ts';
import { type Generator, type Inference, UserError } from '../../../nodes/kit/index.ts';
import { resources, sampleRows, tinyModel } from './givenArtifacts.ts';

const { signal } = new AbortController();
const toxicity = path.join(resources, 'models/arabic-toxicity');
const sentences = sampleRows('news').map(({ text }) => String(text).split(/[.\n]/)[0]!.slice(0, 120).trim());
let inference: Inference & { close(): Promise<void> };
let generator: Generator;
let folder: string;
beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nasaq-reliability-'));
  inference = openInference({ log: () => undefined });
  generator = await inference.generator(tinyModel);
});
afterAll(async () => {
  await inference.close();
  fs.rmSync(folder, { recursive: true });
});
const twice = (message: string): number => 2 * generator.countTokens(message) + 8;
const answer = async (messages: string[]) => generator.answer(messages, { maxNewTokens: twice, signal });

describe('a model that gives NaN', () => {
  /** In fp16 the embedding of token 8000, which stands at the start of the weights; no text here has that token. */
  const damaged = (name: string, half: number): string => {
    const copy = path.join(folder, name);
    fs.cpSync(tinyModel, copy, { recursive: true });
    const weights = path.join(copy, 'onnx/model.onnx_data');
    const bytes = fs.readFileSync(weights);
    bytes.writeUInt16LE(half, (8000 * 256 + 7) * 2);
    fs.writeFileSync(weights, bytes);
    return copy;
  };
  const sentence = (copy: string, file: string): RegExp =>
    new RegExp(`^Model folder ${copy} gives .* not numbers \\(NaN in \`onnx/${file}\`\\)`);

  it('is named when it answers, if only one token’s logit is NaN', async () => {
    const copy = damaged('nan', 0x7e00);
    const own = openInference({ log: () => undefined });
    const failure = await (await own.generator(copy)).answer([sentences[0]!], { maxNewTokens: () => 20, signal }).catch((error) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect(failure.message).toMatch(sentence(copy, 'model.onnx'));
    await own.close();
  });

  it('is named when it scores, and when it chooses', async () => {
    const copy = damaged('nan-score', 0x7e00);
    const own = openInference({ log: () => undefined });
    const scorer = await own.scorer(copy);
    const text = { prompt: '', continuation: sentences[0]! };
    await expect(scorer.logLikelihood([text], signal)).rejects.toThrow(sentence(copy, 'score.onnx'));
    const choices = ['أ', 'ب'].map((continuation) => ({ prompt: 'سؤال:', continuation }));
    await expect(scorer.logLikelihood(choices, signal)).rejects.toThrow(sentence(copy, 'model.onnx'));
    await own.close();
  });

  it('answers where the same place holds a number', async () => {
    const own = openInference({ log: () => undefined });
    const fine = await own.generator(damaged('no-nan', 0));
    expect((await fine.answer([sentences[0]!], { maxNewTokens: () => 20, signal }))[0]!.tokens).toBeGreaterThan(0);
    await own.close();
  });
});

describe('texts of every kind', () => {
  it('a line of 10 MB is cut before it began, and holds nothing else up meanwhile', { timeout: 300_000 }, async () => {
    const line = `${sentences.join(' ')} `.repeat(300).slice(0, 5_600_000);
    expect(Buffer.byteLength(line)).toBeGreaterThan(10_000_000);
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 5);
    const [long, short] = await generator.answer([line, sentences[0]!], { maxNewTokens: () => 100, signal });
    clearInterval(timer);
    expect(long).toEqual({ text: '', tokens: 0, stopped: 'length' });
    expect(short!.stopped).toBe('end');
    expect(ticks).toBeGreaterThan(20);
  });

  it('an empty message has an answer, an empty text a probability and no score', async () => {
    const [empty] = await answer(['']);
    expect(empty!.tokens).toBeLessThanOrEqual(8);
    expect(await generator.answer([], { maxNewTokens: twice, signal })).toEqual([]);
    const [probability] = await (await inference.classifier(toxicity)).probability([''], signal);
    expect(probability).toBeGreaterThan(0);
    expect(await (await inference.scorer(tinyModel)).logLikelihood([{ prompt: '', continuation: '' }], signal)).toMatchObject([
      { tokens: 0 },
    ]);
  });

  it('half a surrogate pair counts as U+FFFD, which UTF-8 makes of it', async () => {
    const [half, replaced] = ['قال \ud83d ثم مضى', 'قال \ufffd ثم مضى'];
    expect(await answer([half])).toEqual(await answer([replaced]));
    const scorer = await inference.scorer(tinyModel);
    const scores = await scorer.logLikelihood(
      [half, replaced].map((continuation) => ({ prompt: '', continuation })),
      signal,
    );
    expect(scores[0]).toEqual(scores[1]);
    const classifier = await inference.classifier(toxicity);
    const [first, second] = await classifier.probability([half, replaced], signal);
    expect(first).toBe(second);
  });

  it('control and bidirectional characters come through the tokenizer as they are', async () => {
    const tokenizer = openChatTokenizer(await readLanguageModelFolder(tinyModel));
    const controls = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join('ا');
    for (const text of [controls, 'أ\u200fب\u202eج\u202c د\u2066ه\u2069', '\ufeffنص\u200b\u00ad', 'a\r\n\tب\u0085\u2028']) {
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
    }
    const scorer = await inference.scorer(tinyModel);
    const [score] = await scorer.logLikelihood([{ prompt: '', continuation: controls }], signal);
    expect(score!.logLikelihood).toBeLessThan(0);
    expect(score!.tokens).toBe(tokenizer.encode(controls).length);
  });
});

describe('the thread of the models', () => {
  it('goes on after a cancelled call', async () => {
    const expected = await answer(sentences.slice(0, 3));
    const controller = new AbortController();
    const cancelled = generator.answer(sentences, { maxNewTokens: twice, signal: controller.signal });
    setTimeout(() => controller.abort(new Error('cancelled')), 50);
    await expect(cancelled).rejects.toThrow('cancelled');
    expect(await answer(sentences.slice(0, 3))).toEqual(expected);
  });

  it('does not start what was cancelled before', async () => {
    await expect(generator.answer(['x'], { maxNewTokens: twice, signal: AbortSignal.abort(new Error('cancelled')) })).rejects.toThrow(
      'cancelled',
    );
  });

  it('counts what it wrote and how much of it was guessed', async () => {
    const before = generator.statistics!();
    const answers = await answer(sentences.slice(0, 20));
    const after = generator.statistics!();
    expect(after.tokens - before.tokens).toBe(answers.reduce((sum, { tokens }) => sum + tokens, 0));
    expect(after.accepted - before.accepted).toBeGreaterThan((after.guessed - before.guessed) / 2);
    expect(after.steps).toBeGreaterThan(before.steps);
    await generator.answer(sentences.slice(0, 5), { maxNewTokens: twice, copies: false, signal });
    expect(generator.statistics!().guessed).toBe(after.guessed);
  });

  it('says in one sentence that it died, to all who wait and who come later', async () => {
    const thread = new InferenceThread(() => undefined, new URL('./dyingThread.ts', import.meta.url));
    const task = { do: 'classify', model: 0, texts: [] } as const;
    const failures = await Promise.all([thread.ask(task), thread.ask(task)].map((call) => call.catch((error: unknown) => error)));
    failures.push(await thread.ask(task).catch((error: unknown) => error));
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(UserError);
      expect((failure as Error).message).toMatch(/^The thread that runs the models ended early \(Array buffer allocation failed\);.*$/);
    }
    await thread.close();
  });
});
