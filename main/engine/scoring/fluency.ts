import type { RowResults, Scorer } from '../../../nodes/kit/index.ts';
import type { BatchWork } from './keptResults.ts';
import { roundTo } from './roundTo.ts';

/** How likely a language model finds a text. */
export interface Fluency {
  /** Natural-log likelihood of the whole text, from the start token. */
  readonly logLikelihood: number;
  readonly tokens: number;
}

/** exp of more is beyond what a double holds. */
const MOST_LOG = 700;

/** Mean negative log-likelihood per token, in nats; null for a text without tokens. */
export const logPerplexity = (fluency: Fluency | undefined): number | null =>
  fluency?.tokens ? -fluency.logLikelihood / fluency.tokens : null;

/** exp of the mean negative log-likelihood per token; null for an empty text, and where no double holds it. */
export function perplexity(fluency: Fluency | undefined): number | null {
  const log = logPerplexity(fluency);
  return log === null || log > MOST_LOG ? null : roundTo(Math.exp(log), 3);
}

/** The fluency of texts by a model that is opened when the first is missing. Rounded to what the model tells, so that the last bits of floats do not show. */
export const fluencyWork = (
  results: RowResults<Fluency>,
  scorer: () => Promise<Scorer>,
  signal: AbortSignal,
): BatchWork<string, Fluency> => ({
  results,
  size: (text) => text.length,
  maxRows: 256,
  maxSize: 64_000,
  signal,
  compute: async (texts) => {
    const items = texts.map((text) => ({ prompt: '', continuation: text }));
    const found = await (await scorer()).logLikelihood(items, signal);
    return found.map(({ logLikelihood, tokens }) => ({ logLikelihood: roundTo(logLikelihood, 2), tokens }));
  },
});
