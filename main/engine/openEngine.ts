import os from 'node:os';
import path from 'node:path';
import { UserError } from '../../nodes/kit/index.ts';
import type { ArtifactSummary } from '../contract/artifact.ts';
import type { Engine } from './Engine.ts';
import { environmentKey } from './endpoint/environmentKey.ts';
import type { EnginePaths } from './EnginePaths.ts';
import type { NodeTypes } from './loadNodeTypes.ts';
import { readReport } from './run/openArtifact.ts';
import { prepareRun } from './run/prepareRun.ts';
import { Slots } from './run/Slots.ts';
import { WorkflowRun } from './run/WorkflowRun.ts';
import { collectCache } from './store/collectCache.ts';
import { exportArtifact } from './store/exportArtifact.ts';
import { listCache } from './store/listCache.ts';
import { openStore } from './store/openStore.ts';
import { verifyCache } from './store/verifyCache.ts';

const CLOSE_GRACE_MS = 4_000;

export interface EngineOptions {
  readonly paths: EnginePaths;
  /** Made when it is not there. */
  readonly cacheFolder: string;
  readonly nodeTypes: NodeTypes;
  /** CPU nodes that run at once. */
  readonly cores?: number;
  /** Where API keys come from; the environment unless told. */
  readonly readKey?: (name: string, origin: string) => Promise<string | undefined>;
}

/** Throws UserError when the cache folder cannot be opened. */
export function openEngine({
  paths,
  cacheFolder,
  nodeTypes,
  cores = Math.max(2, os.availableParallelism()),
  readKey = async (name, origin) => environmentKey(name, origin),
}: EngineOptions): Engine {
  const store = openStore(path.resolve(cacheFolder));
  const services = { store, nodeTypes, paths, slots: { cpu: new Slots(cores), accelerator: new Slots(1) }, readKey };
  const live = new Set<WorkflowRun>();

  const present = (digest: string): ArtifactSummary => {
    const summary = store.artifacts.summary(digest);
    if (!summary || !store.artifacts.isPresent(digest)) {
      throw new UserError(`The artifact ${digest.slice(0, 12)}… is not in the cache; run its workflow again.`);
    }
    return summary;
  };

  return {
    plan: async (request) => (await prepareRun(request, store, nodeTypes, paths)).plan,

    run: async (request, listen) => {
      const startedAt = performance.now();
      const preparation = await prepareRun(request, store, nodeTypes, paths);
      const problem = preparation.problems[0];
      if (problem) throw new UserError(problem.message);
      const run = new WorkflowRun(request, preparation, performance.now() - startedAt, services, listen);
      live.add(run);
      void run.finished.finally(() => live.delete(run));
      return run;
    },

    tryNode: async ({ node, rows, ...request }, emit, signal) => {
      const preparation = await prepareRun({ ...request, to: node }, store, nodeTypes, paths);
      const problem = preparation.problems[0];
      if (problem) throw new UserError(problem.message);
      const { tryNode } = await import('./run/tryNode.ts');
      return tryNode(node, rows, preparation, services, emit, signal);
    },

    artifact: (digest) => store.artifacts.summary(digest),

    rows: async (digest, offset, limit) => {
      const { kind, columns } = present(digest);
      if (!columns) throw new UserError(`The artifact ${digest.slice(0, 12)}… is a ${kind} and has no rows.`);
      const { readTablePage } = await import('./data/tableFile.ts');
      return readTablePage(store.artifacts.location(digest, kind), columns, offset, limit);
    },

    report: async (digest) => {
      const { kind } = present(digest);
      if (kind !== 'report') throw new UserError(`The artifact ${digest.slice(0, 12)}… is a ${kind}, not a report.`);
      return readReport(store.artifacts.location(digest, kind));
    },

    export: async (digest, target) => {
      const summary = present(digest);
      await exportArtifact(summary, store.artifacts.location(digest, summary.kind), path.resolve(target));
    },

    cache: {
      list: () => listCache(store.catalogue),
      verify: () => verifyCache(store),
      pin: (digest, pinned) => {
        present(digest);
        store.artifacts.setPinned(digest, pinned);
      },
      collect: async (options) => collectCache(store, options),
    },

    queues: {
      list: () => store.queues.list(),
      rows: (page) => store.queues.rows(page),
      answer: (queue, decisions) => store.queues.answer(queue, decisions),
    },

    close: async () => {
      const runs = [...live];
      // What trainers can checkpoint in this time is kept; the rest is given up on.
      for (const run of runs) run.stop('stop', CLOSE_GRACE_MS);
      await Promise.all(runs.map(({ finished }) => finished));
      store.close();
    },
  };
}
