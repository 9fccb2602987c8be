import { logPerplexity } from '../../main/engine/scoring/fluency.ts';
import { bitsPerCharacter, type TextScore, tokensPerCharacter } from './TextScore.ts';

/** One number that a text has before and after. */
export interface Measure {
  readonly name: string;
  readonly decimals: number;
  /** Of a bin of its distribution. */
  readonly width: number;
  /** Shown as the histogram's axis; a measure without is told by its table alone. */
  readonly axis?: string;
  readonly of: (score: TextScore) => number | null;
}

export const TOXICITY = 'toxicity';
export const LOG_PERPLEXITY = 'log perplexity (nats per token)';
export const BITS = 'bits per character';
export const TOKENS = 'tokens per character';
export const CHARACTERS = 'characters';

/** In the order of the report. */
export function measuresOf({ hasFluency, categories }: { hasFluency: boolean; categories: readonly string[] }): Measure[] {
  return [
    { name: TOXICITY, decimals: 4, width: 0.001, axis: 'probability', of: ({ toxicity }) => toxicity },
    ...categories.map((name, at): Measure => ({
      name,
      decimals: 4,
      width: 0.001,
      axis: 'probability',
      of: (score) => score.categories?.[at] ?? null,
    })),
    ...(hasFluency
      ? [
          { name: LOG_PERPLEXITY, decimals: 4, width: 0.005, of: ({ fluency }: TextScore) => logPerplexity(fluency) },
          { name: BITS, decimals: 4, width: 0.005, axis: 'bits', of: bitsPerCharacter },
          { name: TOKENS, decimals: 4, width: 0.001, of: tokensPerCharacter },
        ]
      : []),
    { name: CHARACTERS, decimals: 2, width: 1, of: ({ characters }) => characters },
    { name: 'share of Arabic letters', decimals: 4, width: 0.001, axis: 'share', of: ({ scripts }) => scripts.arabic },
    { name: 'share of Latin letters', decimals: 4, width: 0.001, of: ({ scripts }) => scripts.latin },
    { name: 'share of digits', decimals: 4, width: 0.001, of: ({ scripts }) => scripts.digits },
    { name: 'share of other characters', decimals: 4, width: 0.001, of: ({ scripts }) => scripts.other },
  ];
}
