import { roundTo } from '../../main/engine/scoring/roundTo.ts';
import type { Classifier, Scorer } from '../kit/index.ts';

export interface TextScore {
  /** Probability, 0 to 1. */
  readonly toxicity: number;
  /** Natural-log likelihood of the whole text, from the start token. */
  readonly logLikelihood: number;
  readonly tokens: number;
  /** Code points. */
  readonly characters: number;
}

/** Scores texts together. Rounded to what the models tell, so that the last bits of floats do not show. */
export async function scoreTexts(
  texts: readonly string[],
  classifier: Classifier,
  scorer: Scorer,
  signal: AbortSignal,
): Promise<TextScore[]> {
  const toxicity = await classifier.probability(texts, signal);
  const likelihood = await scorer.logLikelihood(
    texts.map((text) => ({ prompt: '', continuation: text })),
    signal,
  );
  return texts.map((text, index) => ({
    toxicity: roundTo(toxicity[index]!, 5),
    logLikelihood: roundTo(likelihood[index]!.logLikelihood, 2),
    tokens: likelihood[index]!.tokens,
    characters: [...text].length,
  }));
}

/** exp of the mean negative log-likelihood per token; null for an empty text. */
export const perplexity = ({ logLikelihood, tokens }: TextScore): number | null =>
  tokens ? roundTo(Math.exp(-logLikelihood / tokens), 3) : null;

/** Negative log2-likelihood per character, independent of how the text splits into tokens; null for an empty text. */
export const bitsPerCharacter = ({ logLikelihood, characters }: TextScore): number | null =>
  characters ? roundTo(-logLikelihood / Math.LN2 / characters, 4) : null;
