/** Weight of what was seen before against the last guess. */
const MEMORY = 0.7;
/** What other answers show counts as so many tokens of this one. */
const PRIOR_TOKENS = 20;
/** How far from where the output seems to stand a single token is looked for. */
const NEAR = 24;
const LONGEST_MATCH = 4;

/**
 * Guesses how an answer goes on, for answers that mostly repeat their source: as the source goes on from the place where
 * the answer stands (prompt lookup decoding, github.com/apoorvumang/prompt-lookup-decoding). The guesses only save time:
 * the model confirms each of them.
 */
export class CopyDraft {
  readonly #source: readonly number[];
  /** Where in the source the answer's next token is expected. */
  #place = 0;
  #right: number;
  #wrong: number;

  /**
   * `source` ends with the token that ends an answer, so that the end is guessed too.
   *
   * @param rate how likely a guess is to be right before any was made
   */
  constructor(source: readonly number[], rate = 0.95) {
    this.#source = source;
    this.#right = PRIOR_TOKENS * rate;
    this.#wrong = PRIOR_TOKENS - this.#right;
  }

  /** Tokens that can be guessed. */
  get available(): number {
    return this.#source.length - this.#place;
  }

  /** How likely a guessed token is to be right, going by the last ones. */
  get rate(): number {
    return this.#right / (this.#right + this.#wrong);
  }

  guess(count: number): readonly number[] {
    return this.#source.slice(this.#place, this.#place + count);
  }

  /**
   * Moves on. `answer`: all its tokens so far; the last is the model's own, before it `accepted` of the `guessed` ones.
   */
  follow(answer: readonly number[], guessed: number, accepted: number): void {
    this.#right = this.#right * MEMORY + accepted;
    this.#wrong = this.#wrong * MEMORY + (accepted < guessed ? 1 : 0);
    const expected = this.#place + accepted;
    this.#place = this.#source[expected] === answer.at(-1) ? expected + 1 : this.#realigned(answer, expected);
  }

  /** After the nearest place in the source that ends as the answer does; the longest such end counts. */
  #realigned(answer: readonly number[], expected: number): number {
    for (let length = Math.min(LONGEST_MATCH, answer.length); length >= 1; length--) {
      const reach = length === 1 ? NEAR : this.#source.length;
      for (let distance = 0; distance <= reach; distance++) {
        for (const end of [expected + distance, expected - 1 - distance]) {
          if (this.#endsAlike(answer, end, length)) return end + 1;
        }
      }
    }
    // One token in place of another.
    return Math.min(expected + 1, this.#source.length);
  }

  #endsAlike(answer: readonly number[], end: number, length: number): boolean {
    for (let back = 0; back < length; back++) {
      if (this.#source[end - back] === undefined || this.#source[end - back] !== answer[answer.length - 1 - back]) return false;
    }
    return true;
  }
}
