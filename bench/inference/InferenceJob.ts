import { z } from 'zod';

const tokens = z.array(z.int().nonnegative());

/** What one contender does in one process, as a JSON file; it reads the model from `model`, a folder in Hugging Face layout. */
export const inferenceJobSchema = z.strictObject({
  model: z.string(),
  /** Of matrix products. */
  threads: z.int().positive(),
  /** Rows that peers take at a time, in the order given. */
  batch: z.int().positive(),
  texts: z.array(z.string()),
  /** The texts in the model's chat format, so that peers need not tokenize. */
  prompts: z.array(tokens),
  /** New tokens at most, for each prompt. */
  limits: z.array(z.int().positive()),
  /** Tokens after which an answer ends. */
  endTokens: tokens,
  paddingToken: z.int().nonnegative(),
  /** Nasaq only. */
  copies: z.boolean(),
  /** Where the contender writes what it found. */
  result: z.string(),
});
export type InferenceJob = z.infer<typeof inferenceJobSchema>;

/** Processor time of all threads meanwhile. */
const cpuSeconds = z.number().positive();

export const generationResultSchema = z.strictObject({
  /** From the open and once used model to the last answer. */
  seconds: z.number().positive(),
  cpuSeconds,
  /** Without end tokens, cut at their limits. Peers give the tokens, Nasaq the texts. */
  answers: z.array(z.union([z.string(), tokens])),
  /** In all answers. */
  tokens: z.int(),
  statistics: z.record(z.string(), z.number()).optional(),
});
export type GenerationResult = z.infer<typeof generationResultSchema>;

export const scoringResultSchema = z.strictObject({
  seconds: z.number().positive(),
  cpuSeconds,
  /** Sum of the natural logarithms of its tokens' probabilities, for each text. */
  logLikelihoods: z.array(z.number()),
  tokens: z.int(),
});
export type ScoringResult = z.infer<typeof scoringResultSchema>;
