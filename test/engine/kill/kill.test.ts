import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sourcePaths } from '../../../main/engine/EnginePaths.ts';
import { openEngine } from '../../../main/engine/openEngine.ts';
import { killNodeTypes, killWorkflow } from './killNodes.ts';
import { digestsOf, killUntilDone, startChild, writeWorkflow } from './killUntilDone.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nasaq-kill-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const problemsIn = async (cacheFolder: string) => {
  const engine = openEngine({ paths: sourcePaths(folder), cacheFolder, nodeTypes: killNodeTypes });
  const problems = (await engine.cache.verify()).filter(({ problem }) => problem !== undefined);
  await engine.close();
  return problems;
};

it('ends with the artifacts of an undisturbed run after twenty kills at random moments', async () => {
  const workflow = writeWorkflow(folder, killWorkflow);
  const undisturbed = await startChild({ workflow, cache: path.join(folder, 'undisturbed'), nodeTypes: 'test' }).outcome;
  expect(undisturbed?.nodes.map(({ status }) => status)).toEqual(['ran', 'ran', 'ran', 'ran', 'ran']);

  const killed = await killUntilDone({ workflow, nodeTypes: 'test' }, { folder, kills: 20, longestMs: 1_500, seed: 20_241_210 });
  expect(killed.kills).toBeGreaterThanOrEqual(20);
  for (const digests of killed.finished) expect(digests).toEqual(digestsOf(undisturbed!));
  for (const cache of killed.caches) expect(await problemsIn(cache)).toEqual([]);
});

it('lets two processes run one workflow over one cache without harm', async () => {
  const workflow = writeWorkflow(folder, killWorkflow);
  const cache = path.join(folder, 'shared');
  const both = await Promise.all([1, 2].map(() => startChild({ workflow, cache, nodeTypes: 'test' }).outcome));
  const errors = both.flatMap((outcome) => outcome!.nodes.flatMap(({ error }) => (error ? [error] : [])));
  for (const error of errors) expect(error).toMatch(/^Node `\w+`: another run \(process \d+, since [\d:]+\) is working on the same step;/);

  const after = await startChild({ workflow, cache, nodeTypes: 'test' }).outcome;
  const alone = await startChild({ workflow, cache: path.join(folder, 'alone'), nodeTypes: 'test' }).outcome;
  expect(after!.outcome).toBe('done');
  expect(digestsOf(after!)).toEqual(digestsOf(alone!));
  expect(await problemsIn(cache)).toEqual([]);
});
