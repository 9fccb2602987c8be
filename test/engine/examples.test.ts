import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { planSchema } from '../../main/contract/plan.ts';
import { readWorkflowFile } from '../../main/engine/workflowFile.ts';
import { nasaq, root, temporaryFolder } from './runNasaq.ts';

const nodes = path.join(root, 'nodes');
const types = (await readdir(nodes)).filter((name) => existsSync(path.join(nodes, name, 'spec.ts')));

describe.each(types)('the example of %s', (type) => {
  const file = path.join(nodes, type, 'example.nasaq.json');

  test('uses the node', async () => {
    const { nodes: used } = await readWorkflowFile(file);
    expect(used.map((node) => node.type)).toContain(type);
  });

  test('can be run as it is', async () => {
    const { code, stdout, stderr } = await nasaq(['plan', file, '--json'], { home: await temporaryFolder() });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    for (const { decision } of planSchema.parse(JSON.parse(stdout)).nodes) expect(['run', 'pending']).toContain(decision);
  });
});
