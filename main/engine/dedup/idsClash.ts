import { IdSet } from './IdSet.ts';

/** Whether an id stands in two places of the parts, each given as its rows. Stops at the first. */
export async function idsClash(parts: Iterable<AsyncIterable<{ readonly [column: string]: unknown }>>): Promise<boolean> {
  const ids = new IdSet();
  for (const rows of parts) for await (const { id } of rows) if (!ids.add(String(id))) return true;
  return false;
}
