import type { ChatEndpoint, ChatMessage, Generator } from '../kit/index.ts';

export interface WorkerAnswer {
  readonly text: string;
  /** That the worker wrote. */
  readonly tokens: number;
  /** Absent: nothing. */
  readonly cost?: number;
  readonly stopped: 'end' | 'length' | 'filtered';
}

/** Who rewrites segments. */
export interface RewriteWorker {
  /** One answer to each segment, in order. */
  answer(segments: readonly string[], signal: AbortSignal): Promise<WorkerAnswer[]>;
}

/** Tokens beyond the limit in characters: tokenizers split a little differently after a small change. */
const SPARE_TOKENS = 8;

/** A fine-tuned model, which is given the raw text and nothing else. */
export const modelWorker = (generator: Generator, maxRatio: number): RewriteWorker => ({
  answer: (segments, signal) =>
    generator.answer(segments, {
      maxNewTokens: (segment) => Math.ceil(generator.countTokens(segment) * maxRatio) + SPARE_TOKENS,
      signal,
    }),
});

/** A chat model behind HTTP, which is told `instructions` and then given the raw text. */
export const endpointWorker = (endpoint: ChatEndpoint, instructions: string): RewriteWorker => ({
  answer: (segments, signal) =>
    Promise.all(
      segments.map(async (segment): Promise<WorkerAnswer> => {
        const messages: ChatMessage[] = [
          { role: 'system', content: instructions },
          { role: 'user', content: segment },
        ];
        const { text, stopped, outputTokens, cost } = await endpoint.ask(messages, { signal });
        return { text, tokens: outputTokens, cost, stopped: stopped === 'too-long' ? 'length' : stopped };
      }),
    ),
});
