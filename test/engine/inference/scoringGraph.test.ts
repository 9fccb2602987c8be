import fs from 'node:fs';
import path from 'node:path';
import type * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { openChatTokenizer } from '../../../main/engine/inference/openChatTokenizer.ts';
import { int64Tensor, openOnnxSession } from '../../../main/engine/inference/openOnnxSession.ts';
import { fieldsOf } from '../../../main/engine/inference/protobuf.ts';
import { quickenScoring } from '../../../main/engine/inference/quickenScoring.ts';
import { readOnnxNode } from '../../../main/engine/inference/onnxNode.ts';
import { readLanguageModelFolder } from '../../../main/engine/inference/readLanguageModelFolder.ts';
import { sampleRows, tinyModel } from './givenArtifacts.ts';

const file = path.join(tinyModel, 'onnx/score.onnx');
const operatorsOf = (model: Uint8Array): string[] =>
  fieldsOf(fieldsOf(model).find(({ id }) => id === 7)!.content).flatMap(({ id, content }) =>
    id === 1 ? [readOnnxNode(content).operator] : [],
  );

describe('a scoring graph that is made quicker', () => {
  it('gives the log-probabilities of the graph as it was exported', async () => {
    const tokenizer = openChatTokenizer(await readLanguageModelFolder(tinyModel));
    const exported = fs.readFileSync(file);
    const quick = quickenScoring(exported);
    const [slowSession, quickSession] = [await openOnnxSession(file), await openOnnxSession(file, quick)];
    for (const { text } of [...sampleRows('news').slice(0, 20), ...sampleRows('comments').slice(0, 20)]) {
      const tokens = [1, ...tokenizer.encode(String(text))].slice(0, 400);
      const dims = [1, tokens.length];
      const feeds = {
        input_ids: int64Tensor(tokens, dims),
        attention_mask: int64Tensor(new Array<number>(tokens.length).fill(1), dims),
        position_ids: int64Tensor([...tokens.keys()], dims),
      };
      const run = async (session: ort.InferenceSession): Promise<[number[], number[]]> => {
        const outputs = await session.run(feeds);
        return [Array.from(outputs.token_logprobs!.data as Float32Array), Array.from(outputs.is_greedy!.data as Uint8Array)];
      };
      const [slow, slowGreedy] = await run(slowSession);
      const [fast, fastGreedy] = await run(quickSession);
      expect(fast).toHaveLength(tokens.length - 1);
      for (const [place, value] of fast.entries()) expect(value).toBeCloseTo(slow[place]!, 3);
      expect(fastGreedy).toEqual(slowGreedy);
    }
    await slowSession.release();
    await quickSession.release();
  });

  it('has lost the slow operators and nothing else', () => {
    const exported = operatorsOf(fs.readFileSync(file));
    const quick = operatorsOf(quickenScoring(fs.readFileSync(file)));
    expect(exported).toEqual(expect.arrayContaining(['ReduceLogSumExp', 'ArgMax']));
    expect(quick.filter((operator) => ['ReduceLogSumExp', 'ArgMax'].includes(operator))).toEqual([]);
    const rest = ['Attention', 'MatMul', 'RotaryEmbedding', 'Gather'];
    expect(quick.filter((operator) => rest.includes(operator))).toEqual(exported.filter((operator) => rest.includes(operator)));
  });

  it('is given back as it is where it is of another make, or no graph', () => {
    for (const model of [
      fs.readFileSync(path.join(tinyModel, 'onnx/model.onnx')),
      quickenScoring(fs.readFileSync(file)),
      Buffer.from('not a graph'),
      Buffer.alloc(0),
      fs.readFileSync(file).subarray(0, 900),
    ]) {
      expect(quickenScoring(model)).toBe(model);
    }
  });
});
