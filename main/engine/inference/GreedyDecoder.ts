import { chooseColumns } from './chooseColumns.ts';
import { CopyDraft } from './CopyDraft.ts';
import type { GenerationModel, Prediction } from './GenerationModel.ts';
import { isOutOfMemory } from './isOutOfMemory.ts';
import { type Columns, type KeyValueCache, lengthOf } from './KeyValueCache.ts';

export interface GreedySequence {
  readonly prompt: readonly number[];
  /** What the answer may repeat, ending with an end token; empty: nothing is guessed. */
  readonly source: readonly number[];
  /** New tokens at most, at least 1. */
  readonly limit: number;
}
export interface GreedyAnswer {
  readonly tokens: readonly number[];
  readonly stopped: 'end' | 'length';
  readonly guessed: number;
  /** Guessed tokens that the model would have written itself. */
  readonly accepted: number;
  /** Steps at which float noise could have chosen the other token: `CLOSE`. */
  readonly close: number;
}
export interface DecoderLimits {
  readonly maxRows: number;
  /** Rows × longest length that the cache may come to hold; a row that is longer by itself is decoded alone. */
  readonly maxCells: number;
}

/** Logits nearer to each other than this may change places with what else is in the batch. */
export const CLOSE = 1e-4;
/** New rows wait until this share of the batch is free: joining copies the cache once. */
const FREE_SHARE = 0.25;
/** The cache is rewritten without its unused columns when they are this share of it. */
const UNUSED_SHARE = 0.3;
/** Tokens of new rows that go through the model in one step: more would be no faster, and later to stop. */
const PREFILL_TOKENS = 512;

/** Of guessed tokens, as `CopyDraft` counts them: what follows a wrong one is no guess. */
interface Guesses {
  right: number;
  wrong: number;
}
/** Before anything was seen. */
const EXPECTED: Guesses = { right: 19, wrong: 1 };

/** What decoding asks of a model. */
export type Stepping = Pick<GenerationModel, 'newCache' | 'step'>;

interface DecodingRow {
  readonly sequence: number;
  /** Made when the row enters, from what the rows before it showed. */
  draft: CopyDraft | undefined;
  readonly tokens: number[];
  /** Not in the cache yet. */
  pending: readonly number[];
  columns: Columns;
  stopped: 'end' | 'length' | undefined;
  guessed: number;
  accepted: number;
  close: number;
}

/**
 * Decodes sequences to their ends, always taking the likeliest token. Rows enter the batch, longest first, as others
 * leave it. Each step confirms as many guessed tokens as agree and adds the model's own next one, so the answers are
 * those of one token after the other. Answers depend on the list of sequences alone.
 */
export class GreedyDecoder {
  readonly #model: Stepping;
  readonly #endTokens: ReadonlySet<number>;
  readonly #maxCells: number;
  #maxRows: number;

  constructor(model: Stepping, endTokens: ReadonlySet<number>, { maxRows, maxCells }: DecoderLimits) {
    this.#model = model;
    this.#endTokens = endTokens;
    this.#maxRows = maxRows;
    this.#maxCells = maxCells;
  }

  /** Steps taken, by all calls. */
  steps = 0;

  /** `checkStop` is called before every step and may throw. */
  async run(sequences: readonly GreedySequence[], checkStop: () => void): Promise<readonly GreedyAnswer[]> {
    const answers: GreedyAnswer[] = new Array(sequences.length);
    const sizeOf = ({ prompt, limit }: GreedySequence): number => prompt.length + limit;
    let waiting = sequences
      .map(({ prompt }, sequence): DecodingRow => ({
        sequence,
        draft: undefined,
        tokens: [],
        pending: prompt,
        columns: [],
        stopped: undefined,
        guessed: 0,
        accepted: 0,
        close: 0,
      }))
      .sort((a, b) => sizeOf(sequences[b.sequence]!) - sizeOf(sequences[a.sequence]!) || a.sequence - b.sequence);
    let cache = this.#model.newCache();
    let entering = this.#model.newCache();
    let rows: DecodingRow[] = [];
    const seen = { ...EXPECTED };

    while (waiting.length > 0 || rows.length > 0) {
      checkStop();
      const longest = sizeOf(sequences[(rows[0] ?? waiting[0])!.sequence]!);
      const room = Math.max(1, Math.min(this.#maxRows, Math.floor(this.#maxCells / longest))) - rows.length;
      const joins =
        waiting.length > 0 && room > 0 && (rows.length === 0 || room >= Math.min(waiting.length, FREE_SHARE * (rows.length + room)));
      const stepping = joins ? this.#enter(waiting, room) : rows;
      for (const row of stepping) row.draft ??= new CopyDraft(sequences[row.sequence]!.source, seen.right / (seen.right + seen.wrong));
      try {
        if (joins) entering.start(stepping.length);
        await this.#step(joins ? entering : cache, stepping, sequences, seen);
      } catch (error) {
        if (!isOutOfMemory(error) || rows.length + (joins ? stepping.length : 0) <= 1) throw error;
        // Everything that was in the batch starts again from the tokens it has; half as many rows go together.
        this.#maxRows = Math.ceil((joins ? Math.max(stepping.length, rows.length) : rows.length) / 2);
        for (const row of rows) row.pending = [...sequences[row.sequence]!.prompt, ...row.tokens];
        for (const row of rows) row.columns = [];
        waiting = [...rows, ...waiting];
        rows = [];
        cache = this.#model.newCache();
        entering = this.#model.newCache();
        continue;
      }
      for (const row of stepping) {
        const { tokens, stopped, guessed, accepted, close } = row;
        if (stopped) answers[row.sequence] = { tokens, stopped, guessed, accepted, close };
      }
      const going = rows.flatMap((row, place) => (row.stopped ? [] : [{ row, from: cache, place }]));
      if (joins) {
        waiting = waiting.slice(stepping.length);
        going.push(...stepping.flatMap((row, place) => (row.stopped ? [] : [{ row, from: entering, place }])));
      } else if (going.length > 0 && !this.#isWorthCompacting(cache, rows, going.length)) {
        continue;
      }
      cache.gather(going.map(({ row, from, place }) => ({ from, row: place, columns: row.columns })));
      rows = going.map(({ row }) => row);
      for (const row of rows) row.columns = [[0, lengthOf(row.columns)]];
    }
    return answers;
  }

  /** The next rows whose prompts fit into one step. */
  #enter(waiting: readonly DecodingRow[], room: number): DecodingRow[] {
    let count = 0;
    let columns = 0;
    while (count < Math.min(room, waiting.length)) {
      columns = Math.max(columns, waiting[count]!.pending.length);
      if (count > 0 && (count + 1) * columns > PREFILL_TOKENS) break;
      count += 1;
    }
    return waiting.slice(0, count);
  }

  async #step(cache: KeyValueCache, rows: readonly DecodingRow[], sequences: readonly GreedySequence[], seen: Guesses): Promise<void> {
    const open = rows.map((row) => {
      const left = row.stopped ? 0 : sequences[row.sequence]!.limit - row.tokens.length - 1;
      return { available: Math.min(row.draft!.available, left), rate: row.draft!.rate };
    });
    const wanted = chooseColumns(open);
    const guesses = rows.map(({ draft }, place) => draft!.guess(Math.min(wanted - 1, open[place]!.available)));
    const inputs = rows.map(({ pending, columns }, place) => ({ tokens: [...pending, ...guesses[place]!], columns }));
    const predictions = await this.#model.step(cache, inputs, wanted);
    this.steps += 1;
    rows.forEach((row, place) => {
      // It goes along until the cache is compacted, and adds nothing.
      if (row.stopped) return;
      const guess = guesses[place]!;
      const accepted = this.#accept(row, predictions[place]!.slice(-1 - guess.length), guess, sequences[row.sequence]!.limit);
      seen.right += accepted;
      if (accepted < guess.length && !row.stopped) seen.wrong += 1;
      const start = cache.width - inputs[place]!.tokens.length;
      row.columns = joined(row.columns, [start, cache.width - (guess.length - accepted)]);
    });
  }

  /** Takes what the model confirms of the guess and its own next token. Returns how many of the guess it confirmed. */
  #accept(row: DecodingRow, predictions: readonly Prediction[], guess: readonly number[], limit: number): number {
    let accepted = 0;
    for (const { token, margin } of predictions) {
      if (margin < CLOSE) row.close += 1;
      if (this.#endTokens.has(token)) row.stopped = 'end';
      else row.tokens.push(token);
      if (!row.stopped && row.tokens.length >= limit) row.stopped = 'length';
      const isGuessed = token === guess[accepted];
      if (isGuessed) accepted += 1;
      if (row.stopped || !isGuessed) break;
    }
    row.guessed += guess.length;
    row.accepted += accepted;
    row.pending = [row.tokens.at(-1) ?? row.pending.at(-1)!];
    if (!row.stopped) row.draft!.follow(row.tokens, guess.length, Math.min(accepted, guess.length));
    return accepted;
  }

  #isWorthCompacting(cache: KeyValueCache, rows: readonly DecodingRow[], going: number): boolean {
    const used = Math.max(...rows.map((row) => (row.stopped ? 0 : lengthOf(row.columns))));
    return 1 - (going * used) / (rows.length * cache.width) > UNUSED_SHARE;
  }
}

function joined(columns: Columns, [start, end]: readonly [number, number]): Columns {
  const last = columns.at(-1);
  return last?.[1] === start ? [...columns.slice(0, -1), [last[0], end]] : [...columns, [start, end]];
}
