import type { GeneratedText, Generator } from '../../../nodes/kit/index.ts';
import { GreedyBatch } from './GreedyBatch.ts';
import { lengthBatches } from './lengthBatches.ts';
import { openChatTokenizer } from './openChatTokenizer.ts';
import { openOnnxSession } from './openOnnxSession.ts';
import { readLanguageModelFolder } from './readLanguageModelFolder.ts';

const ROWS_PER_BATCH = 32;
/** Floats of cache that one batch may take: 256 MiB, held twice while a step runs. */
const CACHE_FLOATS = 64 * 1024 * 1024;

/**
 * Opens `onnx/model.onnx` of a folder for greedy answers in the model's chat format. Answers depend on the list of
 * messages alone: batches are planned from it, and each holds messages of like length.
 */
export async function openGenerator(folder: string): Promise<Generator & { close(): Promise<void> }> {
  const model = await readLanguageModelFolder(folder);
  const tokenizer = openChatTokenizer(model);
  const file = await model.onnxFile('model.onnx');
  const session = await openOnnxSession(file);

  return {
    contextLength: model.contextLength,
    countTokens: (text) => tokenizer.encode(text).length,
    async answer(messages, { maxNewTokens, signal }) {
      const sequences = messages.map((message) => {
        const prompt = tokenizer.encodeQuestion(message);
        return { prompt, limit: Math.min(maxNewTokens(message), model.contextLength - prompt.length) };
      });
      // A message that fills the whole context leaves no room for a single token: cut before it began.
      const answers: GeneratedText[] = sequences.map(() => ({ text: '', tokens: 0, stopped: 'length' }));
      const open = sequences.flatMap(({ limit }, index) => (limit > 0 ? [index] : []));
      const plan = lengthBatches(
        open.map((index) => sequences[index]!.prompt.length + sequences[index]!.limit),
        { maxRows: ROWS_PER_BATCH, maxCells: CACHE_FLOATS / model.cacheFloatsPerToken },
      );
      for (const batch of plan) {
        const indices = batch.map((place) => open[place]!);
        const decoded = await new GreedyBatch(
          session,
          file,
          indices.map((index) => sequences[index]!),
          model.endTokens,
        ).run(signal);
        decoded.forEach(({ tokens, stopped }, row) => {
          answers[indices[row]!] = { text: tokenizer.decode(tokens), tokens: tokens.length, stopped };
        });
      }
      return answers;
    },
    close: () => session.release(),
  };
}
