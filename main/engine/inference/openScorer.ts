import fs from 'node:fs/promises';
import type * as ort from 'onnxruntime-node';
import { type ContinuationScore, type Scorer, UserError } from '../../../nodes/kit/index.ts';
import { lengthBatches } from './lengthBatches.ts';
import { nextTokenScores } from './nextTokenScores.ts';
import { notANumber } from './notANumber.ts';
import { type ChatTokenizer, openChatTokenizer } from './openChatTokenizer.ts';
import { int64Tensor, openOnnxSession } from './openOnnxSession.ts';
import { quickenScoring } from './quickenScoring.ts';
import { readLanguageModelFolder } from './readLanguageModelFolder.ts';

const ROWS_PER_BATCH = 32;
/** Floats of logits that one batch may make: 32 MiB, which caches hold better than more. */
const LOGIT_FLOATS = 8 * 1024 * 1024;
/** Fewer tokens of a batch than these would read the weights of a large model too often. */
const LEAST_CELLS = 256;

/** A stretch of tokens that goes through the model at once; those from `scoredFrom` on belong to `item`'s continuation. */
export interface ScoringWindow {
  readonly item: number;
  readonly tokens: readonly number[];
  readonly scoredFrom: number;
}

/**
 * Opens `onnx/score.onnx` of a folder for log-likelihoods. Every sequence starts with the start token. A prompt that
 * is too long loses its beginning. A continuation that is longer than the context is scored in windows that overlap
 * by half, so that each token after the first window has at least half a context before it.
 */
export async function openScorer(folder: string): Promise<Scorer & { close(): Promise<void> }> {
  const model = await readLanguageModelFolder(folder);
  const tokenizer = openChatTokenizer(model);
  const file = await model.onnxFile('score.onnx');
  const graph = await fs.readFile(file);
  const quick = quickenScoring(graph);
  const session = await openOnnxSession(file, quick === graph ? undefined : quick);
  const hasAll = ['input_ids', 'attention_mask', 'position_ids'].every((name) => session.inputNames.includes(name));
  if (!hasAll || !['token_logprobs', 'is_greedy'].every((name) => session.outputNames.includes(name))) {
    await session.release();
    throw new UserError(
      `\`score.onnx\` in model folder ${folder} scores no text: it has not the inputs and outputs that Nasaq exports; export the model again.`,
    );
  }
  const limits = { maxRows: ROWS_PER_BATCH, maxCells: Math.max(LEAST_CELLS, LOGIT_FLOATS / model.vocabularySize) };
  let generationSession: Promise<ort.InferenceSession> | undefined;
  const generation = async (): Promise<[ort.InferenceSession, string]> => {
    const file = await model.onnxFile('model.onnx');
    generationSession ??= openOnnxSession(file);
    return [await generationSession, file];
  };

  return {
    contextLength: model.contextLength,
    async logLikelihood(items, signal) {
      const split = items.map(({ prompt, continuation }) => splitTokens(tokenizer, prompt, continuation));
      const scores: ContinuationScore[] = items.map(() => ({ logLikelihood: 0, tokens: 0, isGreedy: true }));
      const questions = oneTokenChoices(split);
      for (const batch of lengthBatches(lengthsOf(questions), limits)) {
        signal.throwIfAborted();
        const rows = batch.map((place) => questions[place]!);
        const found = await nextTokenScores(...(await generation()), rows);
        rows.forEach(({ items }, row) => items.forEach((item, choice) => (scores[item] = found[row]![choice]!)));
      }
      const asked = new Set(questions.flatMap(({ items }) => items));
      const windows = split.flatMap(([before, scored], item) =>
        asked.has(item) ? [] : scoringWindows(item, [model.startToken, ...before], scored, model.contextLength),
      );
      const found: ContinuationScore[] = new Array(windows.length);
      for (const batch of lengthBatches(lengthsOf(windows), limits)) {
        signal.throwIfAborted();
        const rows = batch.map((place) => windows[place]!);
        (await scoreWindows(rows)).forEach((score, row) => (found[batch[row]!] = score));
      }
      // Summed in the windows' order, whatever the batches were: float sums depend on it.
      windows.forEach(({ item }, place) => {
        const sum = scores[item]!;
        const { logLikelihood, tokens, isGreedy } = found[place]!;
        scores[item] = {
          logLikelihood: sum.logLikelihood + logLikelihood,
          tokens: sum.tokens + tokens,
          isGreedy: sum.isGreedy && isGreedy,
        };
      });
      return scores;
    },
    async close() {
      await session.release();
      if (generationSession) await (await generationSession).release();
    },
  };

  /** Prompts that two or more one-token continuations share, cut from the left to the context. */
  function oneTokenChoices(split: readonly [number[], number[]][]): { tokens: number[]; candidates: number[]; items: number[] }[] {
    const byPrompt = new Map<string, { tokens: number[]; candidates: number[]; items: number[] }>();
    split.forEach(([before, scored], item) => {
      if (scored.length !== 1) return;
      const kept = before.slice(Math.max(0, before.length - (model.contextLength - 2)));
      const key = kept.join();
      const group = byPrompt.get(key) ?? { tokens: [model.startToken, ...kept], candidates: [], items: [] };
      group.candidates.push(scored[0]!);
      group.items.push(item);
      byPrompt.set(key, group);
    });
    return [...byPrompt.values()].filter(({ items }) => items.length > 1);
  }

  async function scoreWindows(rows: readonly ScoringWindow[]): Promise<ContinuationScore[]> {
    const width = Math.max(...rows.map(({ tokens }) => tokens.length));
    const ids = new BigInt64Array(rows.length * width);
    const mask = new BigInt64Array(ids.length);
    const places = new BigInt64Array(ids.length);
    rows.forEach(({ tokens }, row) => {
      for (let place = 0; place < width; place++) {
        ids[row * width + place] = BigInt(tokens[place] ?? 0);
        mask[row * width + place] = place < tokens.length ? 1n : 0n;
        places[row * width + place] = BigInt(place);
      }
    });
    const dims = [rows.length, width];
    const outputs = await session.run({
      input_ids: int64Tensor(ids, dims),
      attention_mask: int64Tensor(mask, dims),
      position_ids: int64Tensor(places, dims),
    });
    const logProbabilities = outputs.token_logprobs!.data as Float32Array;
    const greedy = outputs.is_greedy!.data as Uint8Array;
    return rows.map(({ tokens, scoredFrom }, row) => {
      let logLikelihood = 0;
      let isGreedy = true;
      for (let place = scoredFrom; place < tokens.length; place++) {
        // Column i judges token i + 1.
        const cell = row * (width - 1) + place - 1;
        logLikelihood += logProbabilities[cell]!;
        isGreedy &&= Boolean(greedy[cell]);
      }
      if (Number.isNaN(logLikelihood)) throw notANumber(file);
      return { logLikelihood, tokens: tokens.length - scoredFrom, isGreedy };
    });
  }
}

const lengthsOf = (rows: readonly { tokens: readonly number[] }[]): number[] => rows.map(({ tokens }) => tokens.length);

/**
 * Tokens of a prompt and of what follows it, split as lm-evaluation-harness does (`_encode_pair`): spaces at the
 * prompt's end go to the continuation, and both are tokenized together.
 */
function splitTokens(tokenizer: ChatTokenizer, prompt: string, continuation: string): [number[], number[]] {
  if (prompt === '') return [[], tokenizer.encode(continuation)];
  const trimmed = prompt.trimEnd();
  const whole = tokenizer.encode(prompt + continuation);
  const before = tokenizer.encode(trimmed).length;
  return [whole.slice(0, before), whole.slice(before)];
}

/** `before` starts with the start token, which every window keeps. */
export function scoringWindows(item: number, before: readonly number[], scored: readonly number[], contextLength: number): ScoringWindow[] {
  if (scored.length === 0) return [];
  const [start, ...prompt] = before;
  const room = contextLength - 1;
  if (scored.length <= room) {
    const kept = prompt.slice(Math.max(0, prompt.length + scored.length - room));
    return [{ item, tokens: [start!, ...kept, ...scored], scoredFrom: 1 + kept.length }];
  }
  const windows: ScoringWindow[] = [{ item, tokens: [start!, ...scored.slice(0, room)], scoredFrom: 1 }];
  const stride = Math.ceil(room / 2);
  for (let done = room; done < scored.length;) {
    const end = Math.min(done + stride, scored.length);
    const tokens = scored.slice(end - room, end);
    windows.push({ item, tokens: [start!, ...tokens], scoredFrom: 1 + tokens.length - (end - done) });
    done = end;
  }
  return windows;
}
