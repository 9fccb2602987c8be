import * as ort from 'onnxruntime-node';
import { UserError } from '../../../nodes/kit/index.ts';

type Numbers = Float32Array | Uint16Array;

/** The keys and values of a batch, `past_key_values.{layer}.{key|value}`: [rows, heads, width, head size], left-padded. */
export class KeyValueCache {
  readonly #layers: readonly {
    readonly name: string;
    readonly type: 'float32' | 'float16';
    readonly heads: number;
    readonly size: number;
  }[];
  #tensors = new Map<string, ort.Tensor>();

  constructor(session: ort.InferenceSession, file: string) {
    this.#layers = session.inputMetadata.flatMap((input) => {
      if (!input.isTensor || !input.name.startsWith('past_key_values.')) return [];
      const [, heads, , size] = input.shape;
      const type = input.type;
      if (typeof heads !== 'number' || typeof size !== 'number' || (type !== 'float32' && type !== 'float16')) {
        throw new UserError(
          `\`${file}\` has an input \`${input.name}\` of a shape or type that is not known here; export the model again.`,
        );
      }
      return [{ name: input.name, type, heads, size }];
    });
    if (this.#layers.length === 0) throw new UserError(`\`${file}\` has no \`past_key_values\` inputs; export the model with its cache.`);
  }

  feeds(rows: number): Record<string, ort.Tensor> {
    return Object.fromEntries(
      this.#layers.map(({ name, type, heads, size }) => {
        const empty = (): ort.Tensor =>
          new ort.Tensor(type, type === 'float32' ? new Float32Array(0) : new Uint16Array(0), [rows, heads, 0, size]);
        return [name, this.#tensors.get(name) ?? empty()];
      }),
    );
  }

  take(outputs: ort.InferenceSession.ReturnType): void {
    for (const { name } of this.#layers) this.#tensors.set(name, outputs[name.replace('past_key_values', 'present')]!);
  }

  /** Keeps only these rows, and drops the first `columns` positions, which must be padding in all of them. */
  keep(rows: readonly number[], columns: number): void {
    for (const { name, type, heads, size } of this.#layers) {
      const tensor = this.#tensors.get(name)!;
      const from = tensor.data as Numbers;
      const width = tensor.dims[2]!;
      const kept = (width - columns) * size;
      const to = new (from.constructor as { new (length: number): Numbers })(rows.length * heads * kept);
      rows.forEach((row, place) => {
        for (let head = 0; head < heads; head++) {
          const start = ((row * heads + head) * width + columns) * size;
          to.set(from.subarray(start, start + kept), (place * heads + head) * kept);
        }
      });
      this.#tensors.set(name, new ort.Tensor(type, to as Float32Array, [rows.length, heads, width - columns, size]));
    }
  }
}
