import type { BenchCorpus } from './benchCorpus.ts';

/** What the parts of the deduplication benchmark share. */
export interface BenchContext {
  readonly corpus: BenchCorpus;
  /** Where results and work folders go; deleted at the end. */
  readonly folder: string;
  /** Tells the person who waits what is under way, or how a figure came about. */
  say(line: string): void;
}
