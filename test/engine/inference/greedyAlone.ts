import * as ort from 'onnxruntime-node';

/** Greedy decoding as plainly as it can be written: one row, one token at a time, the raw logits of `model.onnx`. */
export async function openGreedyAlone(file: string): Promise<(prompt: readonly number[], limit: number) => Promise<number[]>> {
  const session = await ort.InferenceSession.create(file, { intraOpNumThreads: 2, logSeverityLevel: 4 });
  const int64 = (values: number[], dims: number[]): ort.Tensor => new ort.Tensor('int64', BigInt64Array.from(values, BigInt), dims);
  const past = session.inputMetadata.flatMap((input) => (input.isTensor && input.name.startsWith('past_key_values') ? [input] : []));

  return async (prompt, limit) => {
    let cache: Record<string, ort.Tensor> = {};
    for (const { name, shape } of past) {
      cache[name] = new ort.Tensor('float32', new Float32Array(0), [1, Number(shape[1]), 0, Number(shape[3])]);
    }
    const answer: number[] = [];
    let input = [...prompt];
    for (let seen = 0; answer.length < limit; seen += input.length, input = [answer.at(-1)!]) {
      const total = seen + input.length;
      const outputs = await session.run({
        input_ids: int64(input, [1, input.length]),
        attention_mask: int64(new Array<number>(total).fill(1), [1, total]),
        position_ids: int64(
          input.map((_, place) => seen + place),
          [1, input.length],
        ),
        num_logits_to_keep: int64([1], []),
        ...cache,
      });
      const logits = outputs.logits!.data as Float32Array;
      const best = logits.reduce((last, logit, token) => (logit > logits[last]! ? token : last), 0);
      if (best === 2) break;
      answer.push(best);
      cache = Object.fromEntries(past.map(({ name }) => [name, outputs[name.replace('past_key_values', 'present')]!]));
    }
    return answer;
  };
}
