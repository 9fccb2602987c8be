import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GraphNode, Workflow } from '../../../main/contract/graph.ts';
import { sourcePaths } from '../../../main/engine/EnginePaths.ts';
import { loadNodeTypes } from '../../../main/engine/loadNodeTypes.ts';
import { openEngine } from '../../../main/engine/openEngine.ts';
import { findPython } from '../../../main/engine/python/environment.ts';
import { digestsOf, killUntilDone, startChild, writeWorkflow } from './killUntilDone.ts';

const hasPython = await findPython(sourcePaths()).then(
  () => true,
  () => false,
);

const node = (id: string, type: string, version: number, params: GraphNode['params']): GraphNode => ({
  id,
  type,
  version,
  params,
  position: { x: 0, y: 0 },
});
const edge = (from: string, to: string) => {
  const [source, target] = [from.split('.'), to.split('.')];
  return { from: { node: source[0]!, port: source[1]! }, to: { node: target[0]!, port: target[1]! } };
};

/** Every kind of work that the sample workflow does, in about a minute. */
async function minuteWorkflow(): Promise<Workflow> {
  const types = await loadNodeTypes(sourcePaths().nodes);
  const now = (id: string, type: string, params: GraphNode['params']) => node(id, type, types.get(type)!.spec.version, params);
  return {
    nasaq: 1,
    title: 'A minute of real work',
    seed: 7,
    nodes: [
      now('web', 'corpus', { files: ['resources:samples/news.jsonl', 'resources:samples/comments.jsonl'] }),
      now('dedup', 'dedup', {}),
      now('texts', 'sample', { count: 160, maxCharacters: 300 }),
      now('expert', 'annotate', {}),
      now('worker', 'worker-train', { epochs: 1, batchSize: 8 }),
      now('rewrite', 'rewrite', {}),
      now('measure', 'measure', {}),
      now('learn', 'pretrain', { steps: 40, hiddenSize: 64, layers: 2, vocabularySize: 1024, sequenceLength: 128 }),
      now('eval', 'eval', { limit: 40 }),
    ],
    edges: [
      edge('web.corpus', 'dedup.corpus'),
      edge('dedup.kept', 'texts.corpus'),
      edge('texts.sample', 'expert.corpus'),
      edge('expert.pairs', 'worker.pairs'),
      edge('texts.sample', 'rewrite.corpus'),
      edge('worker.model', 'rewrite.worker'),
      edge('rewrite.pairs', 'measure.pairs'),
      edge('rewrite.aligned', 'learn.corpus'),
      edge('learn.model', 'eval.models'),
    ],
  };
}

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nasaq-kill-real-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!hasPython)('with real trainers and models', () => {
  it('ends with the artifacts of an undisturbed run after twenty kills at random moments', { timeout: 1_200_000 }, async () => {
    const workflow = writeWorkflow(folder, await minuteWorkflow());
    const undisturbed = await startChild({ workflow, cache: path.join(folder, 'undisturbed'), nodeTypes: 'real' }).outcome;
    expect(undisturbed?.nodes.map(({ node, status, error }) => [node, status, error])).toEqual(
      ['web', 'dedup', 'texts', 'expert', 'worker', 'rewrite', 'measure', 'learn', 'eval'].map((id) => [id, 'ran', undefined]),
    );

    const killed = await killUntilDone({ workflow, nodeTypes: 'real' }, { folder, kills: 20, longestMs: 16_000, seed: 20_261_123 });
    expect(killed.kills).toBeGreaterThanOrEqual(20);
    for (const digests of killed.finished) expect(digests).toEqual(digestsOf(undisturbed!));
    for (const cacheFolder of killed.caches) {
      const engine = openEngine({ paths: sourcePaths(folder), cacheFolder, nodeTypes: await loadNodeTypes(sourcePaths().nodes) });
      expect((await engine.cache.verify()).filter(({ problem }) => problem !== undefined)).toEqual([]);
      await engine.close();
    }
  });
});
