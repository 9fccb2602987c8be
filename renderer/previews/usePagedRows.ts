import { useCallback, useEffect, useRef, useState } from 'react';
import type { Row } from '../../nodes/kit/index.ts';
import { useStores } from '../state/stores.ts';

const PAGE = 100;

export interface PagedRows {
  /** undefined: not here yet. */
  row(index: number): Row | undefined;
  readonly error: string | undefined;
}

/** Rows of an artifact, fetched a page at a time for the part that is being looked at. */
export function usePagedRows(digest: string, first: number, last: number): PagedRows {
  const { session } = useStores();
  const [pages, setPages] = useState<ReadonlyMap<number, readonly Row[]>>(new Map());
  const [error, setError] = useState<string>();
  const asked = useRef(new Set<number>());

  useEffect(() => {
    let here = true;
    for (let page = Math.floor(first / PAGE); page <= Math.floor(last / PAGE); page++) {
      if (page < 0 || asked.current.has(page)) continue;
      asked.current.add(page);
      session.rows(digest, page * PAGE, PAGE).then(
        (reply) => {
          if ('error' in reply) setError(reply.error);
          else setPages((old) => new Map(old).set(page, reply.rows));
        },
        (problem: unknown) => here && setError(problem instanceof Error ? problem.message : String(problem)),
      );
    }
    return () => {
      here = false;
    };
  }, [session, digest, first, last]);

  const row = useCallback((index: number) => pages.get(Math.floor(index / PAGE))?.[index % PAGE], [pages]);
  return { row, error };
}
