import type { ChatMessage } from '../../../nodes/kit/index.ts';
import type { Usage } from './completionSchemas.ts';

/** What a chat format puts around a message, and around all of them. */
const MESSAGE_TOKENS = 16;
/** One for each Arabic letter: more than any tokenizer of the last years needs, so that estimates are on the high side. */
const BYTES_PER_TOKEN = 2;

/** A bound: a byte-level tokenizer makes no more tokens than there are bytes. */
export const mostInputTokens = (messages: readonly ChatMessage[]): number =>
  messages.reduce((sum, { content }) => sum + Buffer.byteLength(content) + MESSAGE_TOKENS, MESSAGE_TOKENS);

/** As the server counted, or estimated where it did not. */
export function usedTokens(
  messages: readonly ChatMessage[],
  answer: string,
  usage: Usage,
): { inputTokens: number; outputTokens: number; isEstimated: boolean } {
  if (usage) return { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens, isEstimated: false };
  const estimate = (text: string): number => Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
  const inputTokens = messages.reduce((sum, { content }) => sum + estimate(content) + MESSAGE_TOKENS, 0);
  return { inputTokens, outputTokens: estimate(answer), isEstimated: true };
}
