import { useEffect, useState } from 'react';
import type { Row } from '../../nodes/kit/index.ts';
import { useStores } from '../state/stores.ts';

const PAGE = 1000;
/** Pairs that are looked through; beyond that a table is better exported and searched elsewhere. */
export const SEARCHED_PAIRS = 50_000;

export interface ChangedPair {
  /** Its place in the whole table. */
  readonly index: number;
  readonly row: Row;
}

/** The pairs whose texts differ, among the first 50,000; undefined while they are being looked for or when nobody asked. */
export function useChangedPairs(digest: string, count: number, wanted: boolean): readonly ChangedPair[] | undefined {
  const { session } = useStores();
  const [found, setFound] = useState<readonly ChangedPair[]>();

  useEffect(() => {
    if (!wanted || found) return;
    let here = true;
    const search = async () => {
      const changed: ChangedPair[] = [];
      for (let offset = 0; offset < Math.min(count, SEARCHED_PAIRS) && here; offset += PAGE) {
        const reply = await session.rows(digest, offset, PAGE);
        if ('error' in reply) break;
        reply.rows.forEach((row, at) => row.before !== row.after && changed.push({ index: offset + at, row }));
      }
      if (here) setFound(changed);
    };
    void search();
    return () => {
      here = false;
    };
  }, [session, digest, count, wanted, found]);

  return wanted ? found : undefined;
}
