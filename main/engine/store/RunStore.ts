import type { Workflow } from '../../contract/graph.ts';
import type { NodeStatus } from '../../contract/runEvents.ts';
import type { Catalogue } from './openCatalogue.ts';
import { isIdentityAlive, processIdentity } from './processIdentity.ts';

export interface NodeRun {
  readonly run: string;
  readonly node: string;
  readonly type: string;
  readonly key?: string;
  /** `running` stays when the process dies. */
  readonly status: NodeStatus | 'running';
  readonly seconds?: number;
  readonly error?: string;
}

/** Runs with the workflow that made them, and what became of each node. */
export class RunStore {
  readonly #catalogue: Catalogue;
  readonly #process = processIdentity(process.pid)!;

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  start(id: string, workflow: Workflow, file: string | undefined): void {
    this.#catalogue
      .prepare('INSERT INTO runs (id, file, title, workflow, process, started) VALUES (?, ?, ?, ?, ?, ?)')
      .run(id, file ?? null, workflow.title, JSON.stringify(workflow), this.#process, Date.now());
  }

  recordNode({ run, node, type, key, status, seconds, error }: NodeRun): void {
    this.#catalogue
      .prepare(
        `INSERT INTO node_runs (run, node, type, key, status, seconds, error) VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (run, node) DO UPDATE SET
           key = excluded.key, status = excluded.status, seconds = excluded.seconds, error = excluded.error`,
      )
      .run(run, node, type, key ?? null, status, seconds ?? null, error ?? null);
  }

  finish(id: string, outcome: string): void {
    this.#catalogue.prepare('UPDATE runs SET finished = ?, outcome = ? WHERE id = ?').run(Date.now(), outcome, id);
  }

  /** When the oldest run that still goes on began, in any process; undefined when none does. */
  oldestLiveStart(): number | undefined {
    const rows = this.#catalogue.prepare('SELECT process, started FROM runs WHERE finished IS NULL ORDER BY started').all();
    return (rows as { process: string; started: number }[]).find(({ process: identity }) => isIdentityAlive(identity))?.started;
  }
}
