import { field, fieldsOf, message, number } from './protobuf.ts';

const INT = 2;

/** A NodeProto with at most one attribute, an integer. */
export const onnxNode = (
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attribute?: readonly [string, number],
): Uint8Array =>
  message(
    ...inputs.map((name) => field(1, name)),
    ...outputs.map((name) => field(2, name)),
    field(3, `nasaq.${operator}.${outputs[0]}`),
    field(4, operator),
    ...(attribute ? [field(5, message(field(1, attribute[0]), number(3, attribute[1]), number(20, INT)))] : []),
  );

export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export function readOnnxNode(bytes: Uint8Array): OnnxNode {
  const fields = fieldsOf(bytes);
  const texts = (id: number): string[] => fields.flatMap((each) => (each.id === id ? [Buffer.from(each.content).toString()] : []));
  return { operator: texts(4)[0] ?? '', inputs: texts(1), outputs: texts(2) };
}
