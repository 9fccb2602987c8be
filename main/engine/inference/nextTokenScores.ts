import type * as ort from 'onnxruntime-node';
import type { ContinuationScore } from '../../../nodes/kit/index.ts';
import { cacheLayers, KeyValueCache } from './KeyValueCache.ts';
import { notANumber } from './notANumber.ts';
import { int64Tensor } from './openOnnxSession.ts';

/**
 * Scores of one-token continuations from the logits after their prompt: a question's answer letters cost one pass
 * instead of one each. `prompts` go through `onnx/model.onnx` as one batch; each has the candidate tokens to score.
 */
export async function nextTokenScores(
  session: ort.InferenceSession,
  file: string,
  prompts: readonly { readonly tokens: readonly number[]; readonly candidates: readonly number[] }[],
): Promise<ContinuationScore[][]> {
  const width = Math.max(...prompts.map(({ tokens }) => tokens.length));
  const ids = new BigInt64Array(prompts.length * width);
  const mask = new BigInt64Array(ids.length);
  const places = new BigInt64Array(ids.length);
  prompts.forEach(({ tokens }, row) => {
    const padding = width - tokens.length;
    tokens.forEach((token, place) => {
      const cell = row * width + padding + place;
      ids[cell] = BigInt(token);
      mask[cell] = 1n;
      places[cell] = BigInt(place);
    });
  });
  const dims = [prompts.length, width];
  const cache = new KeyValueCache(cacheLayers(session, file));
  cache.start(prompts.length);
  const outputs = await session.run(
    {
      input_ids: int64Tensor(ids, dims),
      attention_mask: int64Tensor(mask, dims),
      position_ids: int64Tensor(places, dims),
      num_logits_to_keep: int64Tensor([1], []),
      ...cache.feeds(),
    },
    ['logits'],
  );
  const logits = outputs.logits!.data as Float32Array;
  const size = logits.length / prompts.length;
  return prompts.map(({ candidates }, row) => {
    const own = logits.subarray(row * size, (row + 1) * size);
    let best = 0;
    for (let token = 1; token < size; token++) if (own[token]! > own[best]!) best = token;
    let sum = 0;
    for (let token = 0; token < size; token++) sum += Math.exp(own[token]! - own[best]!);
    const logSum = own[best]! + Math.log(sum);
    if (Number.isNaN(logSum)) throw notANumber(file);
    return candidates.map((token) => ({ logLikelihood: own[token]! - logSum, tokens: 1, isGreedy: token === best }));
  });
}
