import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultHome, sourcePaths } from '../../main/engine/EnginePaths.ts';
import { loadNodeTypes } from '../../main/engine/loadNodeTypes.ts';
import { findPython } from '../../main/engine/python/environment.ts';
import { readWorkflowFile } from '../../main/engine/workflowFile.ts';
import { finishedOf, nasaq, root } from './runNasaq.ts';

const nodes = path.join(root, 'nodes');
const types = (await readdir(nodes)).filter((name) => existsSync(path.join(nodes, name, 'spec.ts')));
const nodeTypes = await loadNodeTypes(nodes);
const hasPython = await findPython(sourcePaths()).then(
  () => true,
  () => false,
);

/** One cache for all examples: what two of them share runs once. */
let cache: string;
beforeAll(async () => {
  cache = await mkdtemp(path.join(os.tmpdir(), 'nasaq-examples-'));
});
afterAll(() => rm(cache, { recursive: true, force: true }));

describe.each(types)('the example of %s', (type) => {
  const file = path.join(nodes, type, 'example.nasaq.json');

  test('uses the node and runs as it is', { timeout: 300_000 }, async ({ skip }) => {
    const { nodes: used } = await readWorkflowFile(file);
    expect(used.map((node) => node.type)).toContain(type);
    skip(!hasPython && used.some((node) => nodeTypes.get(node.type)!.spec.environment?.includes('python')), 'no trainers’ Python here');

    const ended = await nasaq(['run', file, '--cache', cache, '--json'], { home: defaultHome() });
    const finished = finishedOf(ended);
    expect(finished.nodes.filter(({ status, error }) => error || !['ran', 'reused'].includes(status))).toEqual([]);
    expect(finished.outcome).toBe('done');
    expect(ended.code).toBe(0);
    const outcome = finished.nodes.find((node) => node.type === type)!;
    expect(Object.keys(outcome.outputs).sort()).toEqual(Object.keys(nodeTypes.get(type)!.spec.outputs).sort());
  });
});
