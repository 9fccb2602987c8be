import fs from 'node:fs/promises';
import type * as ort from 'onnxruntime-node';
import { appendLikeliest, LIKELIEST } from './appendLikeliest.ts';
import { type CacheLayer, cacheLayers, type Columns, KeyValueCache } from './KeyValueCache.ts';
import { notANumber } from './notANumber.ts';
import { int64Tensor, openOnnxSession } from './openOnnxSession.ts';

/** Tokens that one row adds in a step, after those that `columns` of the cache hold. */
export interface StepRow {
  readonly tokens: readonly number[];
  readonly columns: Columns;
}
/** What the model says after each of a row's last tokens. */
export interface Prediction {
  readonly token: number;
  /** By how much its logit is above the next one's. */
  readonly margin: number;
}

/** `onnx/model.onnx` of a folder, for steps of any number of tokens in any number of rows. */
export class GenerationModel {
  readonly #session: ort.InferenceSession;
  readonly #file: string;
  readonly #layers: readonly CacheLayer[];
  readonly #inputs: ReadonlySet<string>;

  private constructor(session: ort.InferenceSession, file: string) {
    this.#session = session;
    this.#file = file;
    this.#layers = cacheLayers(session, file);
    this.#inputs = new Set(session.inputNames);
  }

  static async open(file: string): Promise<GenerationModel> {
    const session = await openOnnxSession(file, appendLikeliest(await fs.readFile(file)));
    try {
      return new GenerationModel(session, file);
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  newCache(): KeyValueCache {
    return new KeyValueCache(this.#layers);
  }

  /**
   * Runs one step and adds it to the cache: a row's tokens come to stand in its last columns. Gives for each row what
   * follows its last `wanted` tokens (fewer where it has fewer). Throws a UserError when a logit is not a number.
   */
  async step(cache: KeyValueCache, rows: readonly StepRow[], wanted: number): Promise<readonly (readonly Prediction[])[]> {
    const columns = Math.max(...rows.map(({ tokens }) => tokens.length));
    const width = cache.width + columns;
    const ids = new BigInt64Array(rows.length * columns);
    const places = new BigInt64Array(ids.length);
    const mask = new BigInt64Array(rows.length * width);
    rows.forEach(({ tokens, columns: held }, row) => {
      let place = 0;
      for (const [start, end] of held) {
        mask.fill(1n, row * width + start, row * width + end);
        place += end - start;
      }
      mask.fill(1n, (row + 1) * width - tokens.length, (row + 1) * width);
      const first = (row + 1) * columns - tokens.length;
      tokens.forEach((token, index) => {
        ids[first + index] = BigInt(token);
        places[first + index] = BigInt(place + index);
      });
    });
    const targets = cache.targets(columns);
    const fetches = { [LIKELIEST.tokens]: null, [LIKELIEST.logits]: null, [LIKELIEST.sum]: null, ...targets };
    const outputs = await this.#session.run(
      {
        input_ids: int64Tensor(ids, [rows.length, columns]),
        attention_mask: int64Tensor(mask, [rows.length, width]),
        ...(this.#inputs.has('position_ids') && { position_ids: int64Tensor(places, [rows.length, columns]) }),
        ...(this.#inputs.has('num_logits_to_keep') && { num_logits_to_keep: int64Tensor([wanted], []) }),
        ...cache.feeds(),
      },
      fetches,
    );
    cache.grown(targets, columns);
    const likeliest = outputs[LIKELIEST.tokens]!.data as BigInt64Array;
    const logits = outputs[LIKELIEST.logits]!.data as Float32Array;
    const sums = outputs[LIKELIEST.sum]!.data as Float32Array;
    const given = sums.length / rows.length;
    return rows.map(({ tokens }, row) =>
      Array.from({ length: Math.min(wanted, tokens.length) }, (_, index) => {
        const at = (row + 1) * given - Math.min(wanted, tokens.length) + index;
        if (Number.isNaN(sums[at]!) || Number.isNaN(logits[2 * at]!)) throw notANumber(this.#file);
        return { token: Number(likeliest[2 * at]), margin: logits[2 * at]! - logits[2 * at + 1]! };
      }),
    );
  }

  close(): Promise<void> {
    return this.#session.release();
  }
}
