import type { GeneratedText, GenerationStatistics, Generator } from '../../../nodes/kit/index.ts';
import { GenerationModel } from './GenerationModel.ts';
import { GreedyDecoder } from './GreedyDecoder.ts';
import { openChatTokenizer } from './openChatTokenizer.ts';
import { readLanguageModelFolder } from './readLanguageModelFolder.ts';

/** Where each row looks at many tokens in a step, a few rows keep the processor busy, and more would leave its caches. */
const ROWS_PER_BATCH = { guessing: 16, plain: 32 };
/** Floats of cache that one batch may take: 256 MiB, held twice while a step runs. */
const CACHE_FLOATS = 64 * 1024 * 1024;
const REMEMBERED_TEXTS = 10_000;

/**
 * Opens `onnx/model.onnx` of a folder for greedy answers in the model's chat format. Answers depend on the list of
 * messages alone.
 */
export async function openGenerator(folder: string): Promise<Generator & { statistics(): GenerationStatistics; close(): Promise<void> }> {
  const description = await readLanguageModelFolder(folder);
  const { contextLength, endTokens } = description;
  const tokenizer = openChatTokenizer(description);
  const model = await GenerationModel.open(await description.onnxFile('model.onnx'));
  const maxCells = CACHE_FLOATS / description.cacheFloatsPerToken;
  const decoders = {
    guessing: new GreedyDecoder(model, endTokens, { maxRows: ROWS_PER_BATCH.guessing, maxCells }),
    plain: new GreedyDecoder(model, endTokens, { maxRows: ROWS_PER_BATCH.plain, maxCells }),
  };
  const [end] = endTokens;
  const totals = { tokens: 0, guessed: 0, accepted: 0, close: 0 };
  /** Of texts that were counted and will be answered. */
  const encoded = new Map<string, number[]>();
  const encode = (text: string): number[] => {
    const known = encoded.get(text);
    if (known) return known;
    const tokens = tokenizer.encode(text);
    if (encoded.size < REMEMBERED_TEXTS) encoded.set(text, tokens);
    return tokens;
  };

  return {
    contextLength,
    countTokens: (text) => encode(text).length,
    async answer(messages, { maxNewTokens, copies = true, signal }) {
      const sequences = messages.map((message) => {
        const tokens = encode(message);
        // Not even tokenized again: it may be megabytes long.
        const prompt = tokens.length < contextLength ? tokenizer.encodeQuestion(message) : tokens;
        const limit = Math.min(maxNewTokens(message), contextLength - prompt.length);
        return { prompt, source: copies ? [...tokens, end!] : [], limit };
      });
      encoded.clear();
      // A message that fills the whole context leaves no room for a single token: cut before it began.
      const answers: GeneratedText[] = sequences.map(() => ({ text: '', tokens: 0, stopped: 'length' }));
      const open = sequences.flatMap(({ limit }, index) => (limit > 0 ? [index] : []));
      const decoded = await decoders[copies ? 'guessing' : 'plain'].run(
        open.map((index) => sequences[index]!),
        () => signal.throwIfAborted(),
      );
      decoded.forEach(({ tokens, stopped, guessed, accepted, close }, place) => {
        answers[open[place]!] = { text: tokenizer.decode(tokens), tokens: tokens.length, stopped };
        totals.tokens += tokens.length;
        totals.guessed += guessed;
        totals.accepted += accepted;
        totals.close += close;
      });
      return answers;
    },
    statistics: () => ({ steps: decoders.guessing.steps + decoders.plain.steps, ...totals }),
    close: () => model.close(),
  };
}
