/** Just enough of Protocol Buffers (protobuf.dev, "Encoding") to add to an ONNX model and to read its nodes. */

export const message = (...parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts);

/** A length-delimited field. */
export function field(id: number, content: string | Uint8Array): Uint8Array {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return message(varint(id * 8 + LENGTH_DELIMITED), varint(bytes.length), bytes);
}

export const number = (id: number, value: number): Uint8Array => message(varint(id * 8), varint(value));

/** Negative numbers as int64 has them. */
export function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.from([...bytes, Number(rest)]);
}

export interface Field {
  readonly id: number;
  /** Of a length-delimited field; empty for others. */
  readonly content: Uint8Array;
  /** The field as it stands, with its tag. */
  readonly whole: Uint8Array;
}

const LENGTH_DELIMITED = 2;
/** Bytes of the wire types that have a fixed length. */
const FIXED: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

/** Throws a RangeError where the bytes are not a message. */
export function fieldsOf(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const readVarint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++];
      if (byte === undefined || factor > 2 ** 63) throw new RangeError('a message is cut short');
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const start = at;
    const tag = readVarint();
    const type = tag % 8;
    const length = type === 0 ? 0 : type === LENGTH_DELIMITED ? readVarint() : FIXED[type];
    if (length === undefined) throw new RangeError(`a field has wire type ${type}`);
    if (type === 0) readVarint();
    const content = bytes.subarray(at, at + length);
    at += length;
    if (at > bytes.length) throw new RangeError('a message is cut short');
    fields.push({ id: Math.floor(tag / 8), content, whole: bytes.subarray(start, at) });
  }
  return fields;
}
