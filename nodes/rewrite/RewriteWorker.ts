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
  /** In a sentence, how far guessing answers from their source has saved steps; undefined where nothing was guessed. */
  guesses?(): string | undefined;
}

/** Tokens beyond the limit in characters: tokenizers split a little differently after a small change. */
const SPARE_TOKENS = 8;

/** A fine-tuned model, which is given the raw text and nothing else. */
export function modelWorker(generator: Generator, maxRatio: number): RewriteWorker {
  // The model is shared by the nodes of a run.
  const before = generator.statistics?.();
  return {
    answer: (segments, signal) =>
      generator.answer(segments, {
        maxNewTokens: (segment) => Math.ceil(generator.countTokens(segment) * maxRatio) + SPARE_TOKENS,
        signal,
      }),
    guesses() {
      const now = generator.statistics?.();
      if (!now || !before) return undefined;
      const [guessed, accepted, tokens, steps, close] = (['guessed', 'accepted', 'tokens', 'steps', 'close'] as const).map(
        (field) => now[field] - before[field],
      ) as [number, number, number, number, number];
      if (guessed === 0) return undefined;
      return (
        `Of ${guessed} tokens guessed from the source the worker confirmed ${accepted} (${((100 * accepted) / guessed).toFixed(1)} %): ` +
        `${tokens} tokens took ${steps} steps; ${close} were so close to another that what shares the batch may decide them.`
      );
    },
  };
}

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
