import { expect, test } from 'vitest';
import { IdSet } from '../../../main/engine/dedup/IdSet.ts';

test('a set of ids knows each of many', () => {
  const ids = new IdSet();
  for (let at = 0; at < 100_000; at += 1) expect(ids.add(`doc-${at}`) || `doc-${at} is new`).toBe(true);
  for (let at = 0; at < 100_000; at += 997) expect(ids.add(`doc-${at}`)).toBe(false);
});
