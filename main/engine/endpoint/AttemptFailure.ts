export interface Remedy {
  /** Another attempt may succeed. */
  readonly retry: boolean;
  /** What to do, where nothing but a person can: completes "…: ". */
  readonly remedy?: string;
  /** Seconds that the server asks to wait. */
  readonly retryAfter?: number;
  /** Whether the server may have billed what was asked. */
  readonly isBilled?: boolean;
  /** Nothing answers at the address; before the first answer it is more likely wrong than busy. */
  readonly isUnreachable?: boolean;
}

/** Why one attempt gave no answer. `message` completes "The server at URL …". */
export class AttemptFailure extends Error {
  override readonly name = 'AttemptFailure';
  readonly remedy: Remedy;
  constructor(message: string, remedy: Remedy) {
    super(message);
    this.remedy = remedy;
  }
}
