/** Outputs that `appendLikeliest` adds to a generation graph. */
export const LIKELIEST = {
  /** int64 [rows, n, 2]: the likeliest token of each position and the one after it. */
  tokens: 'nasaq.likeliest_tokens',
  /** float32 [rows, n, 2]: their logits. */
  logits: 'nasaq.likeliest_logits',
  /** float32 [rows, n]: not a number where any logit of the position is not. */
  sum: 'nasaq.logit_sum',
} as const;

const INT = 2;
const TENSOR_TYPE = { float: 1, int64: 7 } as const;

/**
 * A generation graph (a serialised ONNX ModelProto with an output `logits` [rows, n, vocabulary], opset 13 or newer) that
 * also gives what greedy decoding needs of its logits, so that megabytes of them never leave ONNX Runtime.
 *
 * Nothing is parsed: Protocol Buffers merge a message's repeated occurrences, so nodes and outputs are added by appending
 * a second `graph` to the bytes (protobuf.dev, "Last One Wins").
 */
export function appendLikeliest(model: Uint8Array): Uint8Array {
  const graph = message(
    ...[
      node('Cast', ['logits'], ['nasaq.logits'], ['to', TENSOR_TYPE.float]),
      node('TopK', ['nasaq.logits', 'nasaq.two'], [LIKELIEST.logits, LIKELIEST.tokens]),
      node('ReduceSum', ['nasaq.logits', 'nasaq.last_axis'], [LIKELIEST.sum], ['keepdims', 0]),
    ].map((each) => field(1, each)),
    field(5, int64List('nasaq.two', 2)),
    field(5, int64List('nasaq.last_axis', -1)),
    field(12, output(LIKELIEST.tokens, 'int64')),
    field(12, output(LIKELIEST.logits, 'float')),
    field(12, output(LIKELIEST.sum, 'float')),
  );
  return message(model, field(7, graph));
}

function node(operator: string, inputs: readonly string[], outputs: readonly string[], attribute?: readonly [string, number]): Uint8Array {
  return message(
    ...inputs.map((name) => field(1, name)),
    ...outputs.map((name) => field(2, name)),
    field(3, `nasaq.${operator}`),
    field(4, operator),
    ...(attribute ? [field(5, message(field(1, attribute[0]), number(3, attribute[1]), number(20, INT)))] : []),
  );
}

const int64List = (name: string, value: number): Uint8Array =>
  message(number(1, 1), number(2, TENSOR_TYPE.int64), field(7, varint(value)), field(8, name));

const output = (name: string, type: keyof typeof TENSOR_TYPE): Uint8Array =>
  message(field(1, name), field(2, field(1, number(1, TENSOR_TYPE[type]))));

const message = (...parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts);

/** A length-delimited field. */
function field(id: number, content: string | Uint8Array): Uint8Array {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return message(varint(id * 8 + 2), varint(bytes.length), bytes);
}

const number = (id: number, value: number): Uint8Array => message(varint(id * 8), varint(value));

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.from([...bytes, Number(rest)]);
}
