export interface ExpertDocument {
  readonly id: string;
  readonly text: string;
}

/** `left-out`: there is no pair to learn from, for a reason in one or two words with hyphens. */
export type ExpertAnswer =
  | {
      readonly outcome: 'rewritten';
      readonly text: string;
      /** Names of what was done; empty: the text had no faults. */
      readonly changes: readonly string[];
    }
  | { readonly outcome: 'left-out'; readonly reason: string };

/** Who writes the seed rewrites that a worker learns from: rules, a file of pairs, a model, people. */
export interface Expert {
  /** Makes the answers that take time or money, each kept as it comes, before any is asked for. `documents` may be called again. */
  prepare?(documents: () => AsyncIterable<ExpertDocument>): Promise<void>;
  /** One answer to each document, in order. */
  rewrite(documents: readonly ExpertDocument[], signal: AbortSignal): Promise<ExpertAnswer[]>;
  /** What the answers took, in sentences for the report. */
  notes?(): readonly string[];
}
