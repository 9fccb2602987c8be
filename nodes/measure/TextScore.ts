import { roundTo } from '../../main/engine/scoring/roundTo.ts';
import type { TextShape } from '../../main/engine/text/textShape.ts';

export interface TextScore extends TextShape {
  /** Probability, 0 to 1. */
  readonly toxicity: number;
  readonly fluency: Fluency | undefined;
  /** Probabilities in the order of the run's categories; undefined: not asked, or no usable answer. */
  readonly categories: readonly number[] | undefined;
}
export interface Fluency {
  /** Natural-log likelihood of the whole text, from the start token. */
  readonly logLikelihood: number;
  readonly tokens: number;
}

/** Mean negative log-likelihood per token, in nats; null for a text without tokens. */
export const logPerplexity = ({ fluency }: Pick<TextScore, 'fluency'>): number | null =>
  fluency?.tokens ? -fluency.logLikelihood / fluency.tokens : null;

/** exp of the mean negative log-likelihood per token; null for an empty text, and where it is beyond what a double holds. */
export function perplexity(score: Pick<TextScore, 'fluency'>): number | null {
  const log = logPerplexity(score);
  return log === null || log > 700 ? null : roundTo(Math.exp(log), 3);
}

/** Negative log2-likelihood per character, independent of how the text splits into tokens; null for an empty text. */
export const bitsPerCharacter = ({ fluency, characters }: Pick<TextScore, 'fluency' | 'characters'>): number | null =>
  fluency && characters ? roundTo(-fluency.logLikelihood / Math.LN2 / characters, 4) : null;

/** The fewer, the longer a model's tokens are in this text, and the less each is likely; null for an empty text. */
export const tokensPerCharacter = ({ fluency, characters }: Pick<TextScore, 'fluency' | 'characters'>): number | null =>
  fluency && characters ? roundTo(fluency.tokens / characters, 4) : null;
