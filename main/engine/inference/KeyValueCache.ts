import * as ort from 'onnxruntime-node';
import { UserError } from '../../../nodes/kit/index.ts';

type Numbers = Float32Array | Uint16Array;

/** Columns of a cache that hold one row's tokens, in their order: [start, end) each. All others are masked. */
export type Columns = readonly (readonly [number, number])[];

export interface CacheLayer {
  /** `past_key_values.{layer}.{key|value}` */
  readonly name: string;
  readonly type: 'float32' | 'float16';
  readonly heads: number;
  readonly size: number;
}

/** The cache inputs of a generation graph. Throws a UserError when it has none, or some that are not known here. */
export function cacheLayers(session: ort.InferenceSession, file: string): CacheLayer[] {
  const layers = session.inputMetadata.flatMap((input) => {
    if (!input.isTensor || !input.name.startsWith('past_key_values.')) return [];
    const [, heads, , size] = input.shape;
    const type = input.type;
    if (typeof heads !== 'number' || typeof size !== 'number' || (type !== 'float32' && type !== 'float16')) {
      throw new UserError(`\`${file}\` has an input \`${input.name}\` of a shape or type that is not known here; export the model again.`);
    }
    return [{ name: input.name, type, heads, size }];
  });
  if (layers.length === 0) throw new UserError(`\`${file}\` has no \`past_key_values\` inputs; export the model with its cache.`);
  return layers;
}

/** The keys and values of a batch: for each layer [rows, heads, width, head size]. */
export class KeyValueCache {
  readonly #layers: readonly CacheLayer[];
  readonly #tensors = new Map<string, ort.Tensor>();
  /** By layer, memory that the present values go to; the past ones are in the other. Reused, since fresh pages cost as much as a step. */
  readonly #spare = new Map<string, Numbers>();
  #rows = 0;
  #width = 0;

  constructor(layers: readonly CacheLayer[]) {
    this.#layers = layers;
  }

  get width(): number {
    return this.#width;
  }

  /** Forgets everything; the next step starts `rows` rows. */
  start(rows: number): void {
    this.#rows = rows;
    this.#width = 0;
    for (const layer of this.#layers) this.#put(layer, this.#take(layer, 0), rows, 0);
  }

  feeds(): Record<string, ort.Tensor> {
    return Object.fromEntries(this.#tensors);
  }

  /** Where a step that adds `columns` writes: pass it as fetches, then call `grown`. */
  targets(columns: number): Record<string, ort.Tensor> {
    return Object.fromEntries(
      this.#layers.map((layer) => {
        const { name, type, heads, size } = layer;
        const width = this.#width + columns;
        const memory = this.#take(layer, this.#rows * heads * width * size);
        return [name.replace('past_key_values', 'present'), new ort.Tensor(type, memory as Float32Array, [this.#rows, heads, width, size])];
      }),
    );
  }

  /** The step wrote `targets`. */
  grown(targets: Record<string, ort.Tensor>, columns: number): void {
    for (const { name } of this.#layers) this.#set(name, targets[name.replace('past_key_values', 'present')]!);
    this.#width += columns;
  }

  /**
   * Makes these rows of one or more caches this cache's rows, each one's tokens moved to the first columns.
   * `caches` may include this one.
   */
  gather(rows: readonly { readonly from: KeyValueCache; readonly row: number; readonly columns: Columns }[]): void {
    const width = Math.max(0, ...rows.map(({ columns }) => lengthOf(columns)));
    const gathered = this.#layers.map((layer) => {
      const { name, heads, size } = layer;
      const to = this.#take(layer, rows.length * heads * width * size);
      rows.forEach(({ from, row, columns }, place) => {
        const data = from.#tensors.get(name)!.data as Numbers;
        for (let head = 0; head < heads; head++) {
          const source = (row * heads + head) * from.#width;
          let target = (place * heads + head) * width * size;
          for (const [start, end] of columns) {
            to.set(data.subarray((source + start) * size, (source + end) * size), target);
            target += (end - start) * size;
          }
        }
      });
      return to;
    });
    this.#layers.forEach((layer, index) => this.#put(layer, gathered[index]!, rows.length, width));
    this.#rows = rows.length;
    this.#width = width;
  }

  #put({ name, type, heads, size }: CacheLayer, memory: Numbers, rows: number, width: number): void {
    this.#set(name, new ort.Tensor(type, memory as Float32Array, [rows, heads, width, size]));
  }

  #set(name: string, tensor: ort.Tensor): void {
    const last = this.#tensors.get(name);
    this.#tensors.set(name, tensor);
    if (last) this.#spare.set(name, whole(last.data as Numbers));
    else this.#spare.delete(name);
  }

  /** `length` floats that no tensor in use lies in. */
  #take({ name, type }: CacheLayer, length: number): Numbers {
    const spare = this.#spare.get(name);
    if (spare && spare.length >= length) return spare.subarray(0, length);
    // A quarter more, since the next step needs a little more.
    const room = Math.ceil(length * 1.25);
    const memory = type === 'float32' ? new Float32Array(room) : new Uint16Array(room);
    this.#spare.set(name, memory);
    return memory.subarray(0, length);
  }
}

const whole = (part: Numbers): Numbers => (part instanceof Float32Array ? new Float32Array(part.buffer) : new Uint16Array(part.buffer));

export const lengthOf = (columns: Columns): number => columns.reduce((sum, [start, end]) => sum + end - start, 0);
