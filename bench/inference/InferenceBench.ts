import type { ChatTokenizer } from '../../main/engine/inference/openChatTokenizer.ts';
import type { LanguageModelFolder } from '../../main/engine/inference/readLanguageModelFolder.ts';
import type { InferenceBenchOptions } from './readOptions.ts';

/** What the parts of the inference benchmark share. */
export interface InferenceBench extends InferenceBenchOptions {
  readonly model: LanguageModelFolder;
  readonly tokenizer: ChatTokenizer;
  /** `documents` of them, of mixed length. */
  readonly texts: readonly string[];
  /** The trainers' Python, which has PyTorch and transformers. */
  readonly python: string;
  /** Where jobs and results go; deleted at the end. */
  readonly folder: string;
  /** Tells the person who waits what is under way, or how a figure came about. */
  say(line: string): void;
}

/** Of every contender, and rows in the batches of those whose batches are fixed. */
export const THREADS = 2;
export const BATCH = 16;
