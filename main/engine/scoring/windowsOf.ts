/** Rows in groups that end at whichever limit comes first; a row that is larger by itself is alone. A function of the rows alone. */
export async function* windowsOf<R>(
  rows: AsyncIterable<R>,
  { maxRows, maxSize, size }: { maxRows: number; maxSize: number; size: (row: R) => number },
): AsyncGenerator<R[]> {
  let window: R[] = [];
  let filled = 0;
  for await (const row of rows) {
    const more = size(row);
    if (window.length > 0 && (window.length >= maxRows || filled + more > maxSize)) {
      yield window;
      window = [];
      filled = 0;
    }
    window.push(row);
    filled += more;
  }
  if (window.length > 0) yield window;
}
