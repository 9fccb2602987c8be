import type * as ort from 'onnxruntime-node';
import { KeyValueCache } from './KeyValueCache.ts';
import { int64Tensor } from './openOnnxSession.ts';

/** Copying the cache costs about as much as a step, so ended rows go along until they are this share of the batch. */
const ENDED_SHARE = 0.15;

export interface GreedySequence {
  readonly prompt: readonly number[];
  /** New tokens at most, at least 1. */
  readonly limit: number;
}
export interface GreedyAnswer {
  readonly tokens: readonly number[];
  readonly stopped: 'end' | 'length';
}

/**
 * Decodes sequences together to their ends, always taking the likeliest token. Left-padded, so that every row's next
 * token stands in the last column. What one step appends (here one token a row) is decided in `step` alone.
 */
export class GreedyBatch {
  readonly #session: ort.InferenceSession;
  readonly #cache: KeyValueCache;
  readonly #endTokens: ReadonlySet<number>;
  readonly #answers: { tokens: number[]; stopped: 'end' | 'length' | undefined }[];
  readonly #limits: readonly number[];
  /** What each row of the cache belongs to. */
  #rows: number[];
  #padding: number[];
  #width: number;
  #input: BigInt64Array;

  constructor(session: ort.InferenceSession, file: string, sequences: readonly GreedySequence[], endTokens: ReadonlySet<number>) {
    this.#session = session;
    this.#cache = new KeyValueCache(session, file);
    this.#endTokens = endTokens;
    this.#answers = sequences.map(() => ({ tokens: [], stopped: undefined }));
    this.#limits = sequences.map(({ limit }) => limit);
    this.#rows = sequences.map((_, index) => index);
    this.#width = Math.max(...sequences.map(({ prompt }) => prompt.length));
    this.#padding = sequences.map(({ prompt }) => this.#width - prompt.length);
    this.#input = new BigInt64Array(sequences.length * this.#width);
    sequences.forEach(({ prompt }, row) =>
      prompt.forEach((token, place) => (this.#input[row * this.#width + this.#padding[row]! + place] = BigInt(token))),
    );
  }

  async run(signal: AbortSignal): Promise<readonly GreedyAnswer[]> {
    while (this.#rows.length > 0) {
      signal.throwIfAborted();
      this.#append(await this.#step());
    }
    return this.#answers.map(({ tokens, stopped }) => ({ tokens, stopped: stopped! }));
  }

  /** Runs the model on `#input`; gives the likeliest next token of each row. */
  async #step(): Promise<readonly number[]> {
    const rows = this.#rows.length;
    const columns = this.#input.length / rows;
    const outputs = await this.#session.run({
      input_ids: int64Tensor(this.#input, [rows, columns]),
      attention_mask: int64Tensor(
        this.#table(this.#width, (place) => (place >= 0 ? 1 : 0)),
        [rows, this.#width],
      ),
      position_ids: int64Tensor(
        this.#table(columns, (place) => Math.max(place, 0)),
        [rows, columns],
      ),
      num_logits_to_keep: int64Tensor([1], []),
      ...this.#cache.feeds(rows),
    });
    this.#cache.take(outputs);
    return likeliest(outputs.logits!.data as Float32Array, rows);
  }

  /** [rows, columns] for the last columns, from each cell's place in its sequence, which is negative in padding. */
  #table(columns: number, value: (place: number) => number): BigInt64Array {
    const table = new BigInt64Array(this.#rows.length * columns);
    this.#padding.forEach((padding, row) => {
      for (let column = 0; column < columns; column++) {
        table[row * columns + column] = BigInt(value(this.#width - columns + column - padding));
      }
    });
    return table;
  }

  #append(next: readonly number[]): void {
    this.#rows.forEach((index, row) => {
      const answer = this.#answers[index]!;
      if (answer.stopped) return;
      if (this.#endTokens.has(next[row]!)) {
        answer.stopped = 'end';
        return;
      }
      answer.tokens.push(next[row]!);
      if (answer.tokens.length >= this.#limits[index]!) answer.stopped = 'length';
    });
    const going = this.#rows.flatMap((index, row) => (this.#answers[index]!.stopped ? [] : [row]));
    const ended = this.#rows.length - going.length;
    if (ended === 0 || (going.length > 0 && ended < ENDED_SHARE * this.#rows.length)) {
      this.#input = BigInt64Array.from(next, BigInt);
    } else {
      this.#compact(going, next);
    }
    this.#width += 1;
  }

  #compact(going: readonly number[], next: readonly number[]): void {
    const padding = going.map((row) => this.#padding[row]!);
    const common = going.length ? Math.min(...padding) : 0;
    if (going.length) this.#cache.keep(going, common);
    this.#rows = going.map((row) => this.#rows[row]!);
    this.#padding = padding.map((columns) => columns - common);
    this.#width -= common;
    this.#input = BigInt64Array.from(going, (row) => BigInt(next[row]!));
  }
}

/** Index of the largest logit of each row; the first one of equals. */
function likeliest(logits: Float32Array, rows: number): number[] {
  const size = logits.length / rows;
  return Array.from({ length: rows }, (_, row) => {
    const start = row * size;
    let best = start;
    for (let place = start + 1; place < start + size; place++) if (logits[place]! > logits[best]!) best = place;
    return best - start;
  });
}
