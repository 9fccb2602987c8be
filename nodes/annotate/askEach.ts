import type { RowResults } from '../kit/index.ts';

export interface AskedRows<R, T> {
  readonly rows: AsyncIterable<R>;
  readonly key: (row: R) => string;
  readonly results: RowResults<T>;
  /** Asked at once. */
  readonly concurrency: number;
  /** Undefined: the row stays without a result. */
  readonly ask: (row: R) => Promise<T | undefined>;
  /** After each row, whether it was asked for or known. */
  readonly onDone: () => void;
}

const PAGE = 256;

/**
 * Asks for every row without a result, rows of one key once, and keeps each answer as it comes: a crash costs what is
 * under way. When one fails no more are asked, and those under way are still taken in, since they are paid for.
 */
export async function askEach<R, T>({ rows, key, results, concurrency, ask, onDone }: AskedRows<R, T>): Promise<void> {
  const seen = new Set<string>();
  const underWay = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const start = (row: R, name: string): void => {
    const asked = ask(row)
      .then((answer) => {
        if (answer !== undefined) results.put(new Map([[name, answer]]));
        onDone();
      })
      .catch((error: unknown) => void (failure ??= { error }))
      .finally(() => underWay.delete(asked));
    underWay.add(asked);
  };
  for await (const page of pages(rows)) {
    const known = results.get(page.map(key));
    for (const row of page) {
      const name = key(row);
      if (known.has(name) || seen.has(name)) {
        onDone();
        continue;
      }
      seen.add(name);
      while (underWay.size >= concurrency && !failure) await Promise.race(underWay);
      if (failure) break;
      start(row, name);
    }
    if (failure) break;
  }
  await Promise.all(underWay);
  if (failure) throw failure.error;
}

/** The results that are known already, rows of one key once. */
export async function* knownResults<R, T>(rows: AsyncIterable<R>, key: (row: R) => string, results: RowResults<T>): AsyncIterable<T> {
  const seen = new Set<string>();
  for await (const page of pages(rows)) {
    const keys = page.map(key).filter((name) => !seen.has(name) && seen.add(name));
    yield* results.get(keys).values();
  }
}

async function* pages<R>(rows: AsyncIterable<R>): AsyncIterable<R[]> {
  let page: R[] = [];
  for await (const row of rows) {
    page.push(row);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
