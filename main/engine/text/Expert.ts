export interface ExpertDocument {
  readonly id: string;
  readonly text: string;
}

/** `left-out`: there is no pair to learn from, for a reason in one or two words with hyphens. */
export type ExpertAnswer =
  | {
      readonly outcome: 'rewritten';
      readonly text: string;
      /** Names of what was done; empty: the text had no faults. */ readonly changes: readonly string[];
    }
  | { readonly outcome: 'left-out'; readonly reason: string };

/** Who writes the seed rewrites that a worker learns from: rules, a file of pairs, and whatever else can answer. */
export interface Expert {
  /** One answer to each document, in order. */
  rewrite(documents: readonly ExpertDocument[], signal: AbortSignal): Promise<ExpertAnswer[]>;
}
