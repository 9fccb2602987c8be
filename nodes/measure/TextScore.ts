import type { Fluency } from '../../main/engine/scoring/fluency.ts';
import { roundTo } from '../../main/engine/scoring/roundTo.ts';
import type { TextShape } from '../../main/engine/text/textShape.ts';

export interface TextScore extends TextShape {
  /** Probability, 0 to 1. */
  readonly toxicity: number;
  readonly fluency: Fluency | undefined;
  /** Probabilities in the order of the run's categories; undefined: not asked, or no usable answer. */
  readonly categories: readonly number[] | undefined;
}

type Measured = Pick<TextScore, 'fluency' | 'characters'>;

/** Negative log2-likelihood per character, independent of how the text splits into tokens; null for an empty text. */
export const bitsPerCharacter = ({ fluency, characters }: Measured): number | null =>
  fluency && characters ? roundTo(-fluency.logLikelihood / Math.LN2 / characters, 4) : null;

/** The fewer, the longer a model's tokens are in this text, and the less likely each is; null for an empty text. */
export const tokensPerCharacter = ({ fluency, characters }: Measured): number | null =>
  fluency && characters ? roundTo(fluency.tokens / characters, 4) : null;
