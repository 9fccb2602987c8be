import { type PeopleQueue, QUEUE_STATES, type QueueAnswer, type QueueItem, type QueueState, UserError } from '../../../nodes/kit/index.ts';
import type { QueueCounts, QueueDecision, QueuePage, QueueRow, QueueSummary } from '../../contract/queue.ts';
import { canonicalJson } from './canonicalJson.ts';
import { sha256 } from './contentDigest.ts';
import type { Catalogue } from './openCatalogue.ts';

export interface QueueOfNode {
  /** Key of the action that asks: the queue's name. */
  readonly action: string;
  readonly nodeType: string;
  readonly operation: unknown;
  readonly node: string;
  /** Of the workflow. */
  readonly title: string;
  readonly file: string | undefined;
}

/** Queues of rows for people, by action; their answers by (operation, row), so that a changed corpus asks only for what is new. */
export class QueueStore {
  readonly #catalogue: Catalogue;

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  open({ action, nodeType, operation, node, title, file }: QueueOfNode): PeopleQueue {
    const digest = sha256(canonicalJson({ nodeType, operation }));
    const catalogue = this.#catalogue;
    const replace = catalogue.transaction((items: readonly QueueItem[]) => {
      // An earlier queue of the node, for another corpus or code of conduct, is nobody's any more; its answers stay.
      catalogue
        .prepare('DELETE FROM queue_items WHERE action IN (SELECT action FROM queues WHERE node = ? AND title = ? AND file IS ?)')
        .run(node, title, file ?? null);
      catalogue.prepare('DELETE FROM queue_items WHERE action = ?').run(action);
      catalogue
        .prepare(
          `INSERT INTO queues (action, operation, node, title, file, filled) VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT (action) DO UPDATE SET operation = excluded.operation, node = excluded.node, title = excluded.title,
             file = excluded.file, filled = excluded.filled`,
        )
        .run(action, digest, node, title, file ?? null, Date.now());
      const insert = catalogue.prepare(
        'INSERT OR IGNORE INTO queue_items (action, row, position, id, before, draft) VALUES (?, ?, ?, ?, ?, ?)',
      );
      for (const [position, { row, id, before, draft }] of items.entries()) insert.run(action, row, position, id, before, draft);
    });
    const select = catalogue.prepare(
      `SELECT row, state, text FROM json_each(?) AS wanted JOIN queue_answers ON operation = ? AND row = wanted.value`,
    );
    return {
      fill: async (items) => {
        const all: QueueItem[] = [];
        for await (const item of items) all.push(item);
        replace.immediate(all);
        return this.#counts(action);
      },
      answers: (rows) => {
        const found = select.all(JSON.stringify(rows), digest) as ({ row: string } & QueueAnswer)[];
        return new Map(found.map(({ row, state, text }) => [row, { state, text }]));
      },
    };
  }

  /** Those with rows, the latest first. */
  list(): QueueSummary[] {
    const rows = this.#catalogue
      .prepare(
        `SELECT action, node, title, file, filled FROM queues
         WHERE EXISTS (SELECT 1 FROM queue_items WHERE queue_items.action = queues.action) ORDER BY filled DESC, action`,
      )
      .all() as { action: string; node: string; title: string; file: string | null; filled: number }[];
    return rows.map(({ action, node, title, file, filled }) => ({
      queue: action,
      node,
      title,
      ...(file === null ? {} : { file }),
      filled,
      counts: this.#counts(action),
    }));
  }

  rows({ queue, state, offset, limit }: QueuePage): QueueRow[] {
    const operation = this.#operation(queue);
    return this.#catalogue
      .prepare(
        `SELECT row, id, before, draft, state, after FROM (
           SELECT queue_items.row, id, before, draft, position, coalesce(state, 'waiting') AS state,
             CASE WHEN state IN ('accepted', 'edited') THEN text END AS after
           FROM queue_items LEFT JOIN queue_answers ON operation = ? AND queue_answers.row = queue_items.row
           WHERE action = ?)
         WHERE ? IS NULL OR state = ? ORDER BY position LIMIT ? OFFSET ?`,
      )
      .all(operation, queue, state ?? null, state ?? null, limit, offset) as QueueRow[];
  }

  /** All of the decisions or none. Results that were made of other answers are computed again by the next run. */
  answer(queue: string, decisions: readonly QueueDecision[]): QueueCounts {
    const operation = this.#operation(queue);
    const find = this.#catalogue.prepare('SELECT draft FROM queue_items WHERE action = ? AND row = ?').pluck();
    const remove = this.#catalogue.prepare('DELETE FROM queue_answers WHERE operation = ? AND row = ?');
    const put = this.#catalogue.prepare(
      `INSERT INTO queue_answers (operation, row, state, text, answered) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (operation, row) DO UPDATE SET state = excluded.state, text = excluded.text, answered = excluded.answered
       WHERE state != excluded.state OR text != excluded.text`,
    );
    return this.#catalogue
      .transaction(() => {
        let changed = 0;
        for (const decision of decisions) {
          const draft = find.get(queue, decision.row) as string | undefined;
          if (draft === undefined) throw new UserError(`The queue has no row ${decision.row}: export it again.`);
          if (decision.state === 'waiting') changed += remove.run(operation, decision.row).changes;
          else {
            const text = decision.state === 'edited' ? decision.text : decision.state === 'accepted' ? draft : '';
            changed += put.run(operation, decision.row, decision.state, text, Date.now()).changes;
          }
        }
        if (changed > 0) {
          this.#catalogue
            .prepare('UPDATE actions SET outdated = 1 WHERE key IN (SELECT action FROM queues WHERE operation = ?)')
            .run(operation);
        }
        return this.#counts(queue);
      })
      .immediate();
  }

  #operation(queue: string): string {
    const operation = this.#catalogue.prepare('SELECT operation FROM queues WHERE action = ?').pluck().get(queue) as string | undefined;
    if (operation === undefined)
      throw new UserError(`There is no queue ${queue.slice(0, 12)}: list them, and run the workflow if there are none.`);
    return operation;
  }

  #counts(queue: string): QueueCounts {
    const rows = this.#catalogue
      .prepare(
        `SELECT coalesce(state, 'waiting') AS state, count(*) AS count FROM queue_items JOIN queues USING (action)
         LEFT JOIN queue_answers ON queue_answers.operation = queues.operation AND queue_answers.row = queue_items.row
         WHERE action = ? GROUP BY 1`,
      )
      .all(queue) as { state: QueueState; count: number }[];
    const counts = Object.fromEntries(QUEUE_STATES.map((state) => [state, 0])) as Record<QueueState, number>;
    for (const { state, count } of rows) counts[state] = count;
    return counts;
  }
}
