import { onnxNode } from './onnxNode.ts';
import { field, message, number, varint } from './protobuf.ts';

/** Outputs that `appendLikeliest` adds to a generation graph. */
export const LIKELIEST = {
  /** int64 [rows, n, 2]: the likeliest token of each position and the one after it. */
  tokens: 'nasaq.likeliest_tokens',
  /** float32 [rows, n, 2]: their logits. */
  logits: 'nasaq.likeliest_logits',
  /** float32 [rows, n]: not a number where any logit of the position is not. */
  sum: 'nasaq.logit_sum',
} as const;

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
      onnxNode('Cast', ['logits'], ['nasaq.logits'], ['to', TENSOR_TYPE.float]),
      onnxNode('TopK', ['nasaq.logits', 'nasaq.two'], [LIKELIEST.logits, LIKELIEST.tokens]),
      onnxNode('ReduceSum', ['nasaq.logits', 'nasaq.last_axis'], [LIKELIEST.sum], ['keepdims', 0]),
    ].map((each) => field(1, each)),
    field(5, int64List('nasaq.two', 2)),
    field(5, int64List('nasaq.last_axis', -1)),
    field(12, output(LIKELIEST.tokens, 'int64')),
    field(12, output(LIKELIEST.logits, 'float')),
    field(12, output(LIKELIEST.sum, 'float')),
  );
  return message(model, field(7, graph));
}

const int64List = (name: string, value: number): Uint8Array =>
  message(number(1, 1), number(2, TENSOR_TYPE.int64), field(7, varint(value)), field(8, name));

const output = (name: string, type: keyof typeof TENSOR_TYPE): Uint8Array =>
  message(field(1, name), field(2, field(1, number(1, TENSOR_TYPE[type]))));
