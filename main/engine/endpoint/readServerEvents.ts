/**
 * The data of server-sent events (WHATWG HTML, 9.2.6) from bytes that may be cut anywhere, also inside a character.
 * Comments and other fields are passed over; an event that the stream ends in is given too, since servers forget the blank line.
 */
export async function* readServerEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let data: string[] = [];
  for await (const line of readLines(chunks)) {
    if (line === '') {
      if (data.length > 0) yield data.join('\n');
      data = [];
    } else if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
  }
  if (data.length > 0) yield data.join('\n');
}

async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let begun = '';
  // May be the first half of a line end.
  let held = '';
  for await (const chunk of chunks) {
    let text = held + decoder.decode(chunk, { stream: true });
    held = text.endsWith('\r') ? '\r' : '';
    if (held) text = text.slice(0, -1);
    const lines = text.split(/\r\n|\n|\r/);
    lines[0] = begun + lines[0]!;
    begun = lines.pop()!;
    yield* lines;
  }
  yield* (begun + held + decoder.decode()).split(/\r\n|\n|\r/);
}
