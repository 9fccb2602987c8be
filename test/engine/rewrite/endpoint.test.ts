import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { NodeTypes } from '../../../main/engine/loadNodeTypes.ts';
import rewriteSpec from '../../../nodes/rewrite/spec.ts';
import { jsonLines, nodeTypesWithGiven, resources, sampleRows } from '../inference/givenArtifacts.ts';
import { type Bench, makeBench, runToEnd, statuses, workflowOf } from '../testNodes.ts';
import { ChatServer } from './ChatServer.ts';

let nodeTypes: NodeTypes;
let bench: Bench;
let server: ChatServer;
beforeAll(async () => void (nodeTypes = await nodeTypesWithGiven()));
beforeEach(async () => {
  bench = makeBench();
  server = await ChatServer.start((user) => {
    if (user.includes('refuse')) return 'عذرا، لا يمكنني المساعدة في هذا الطلب';
    return user.replace(/@\S+\s*/gu, '');
  });
});
afterEach(async () => {
  await server.close();
  await bench.clear();
});

const rows = sampleRows('comments')
  .slice(0, 30)
  .map(({ id, text }) => ({ id: id!, text: text! }));
const request = (all: readonly { id: unknown; text: unknown }[], params: Record<string, string | number> = {}) => ({
  workflow: workflowOf({
    read: { type: 'given-corpus', params: { file: bench.write('a.jsonl', jsonLines(all as never)) } },
    rewrite: {
      type: 'rewrite',
      version: rewriteSpec.version,
      params: {
        worker: 'endpoint',
        codeOfConduct: path.join(resources, 'codes/code-of-conduct.ar.md'),
        endpointUrl: server.url,
        endpointModel: 'tests-worker',
        ...params,
      },
      from: { corpus: 'read.corpus' },
    },
  }),
});

describe('an endpoint as the worker', () => {
  it('is told the code of conduct, rewrites, and is guarded like a model', async () => {
    const engine = bench.open(nodeTypes);
    const finished = await runToEnd(engine, request([...rows, { id: 'no', text: 'refuse هذا النص يا صديقي العزيز من فضلك الآن' }]));
    const outcome = finished.nodes.find(({ node }) => node === 'rewrite')!;
    expect(outcome.error).toBeUndefined();
    const pairs = await engine.rows(outcome.outputs.pairs!.digest, 0, 100);
    expect(pairs).toHaveLength(31);
    expect(pairs.at(-1)).toMatchObject({ verdict: 'kept-raw', guards: 'refusal', retry: 'partly' });
    expect(pairs.filter(({ verdict }) => verdict === 'rewritten').length).toBeGreaterThan(10);
    for (const { after, verdict } of pairs) if (verdict === 'rewritten') expect(String(after)).not.toMatch(/@User/);
    expect(server.asked[0]!.system).toContain('القاعدة الأولى أن النص السليم يبقى كما هو');
  });

  it('is asked nothing twice: other addresses, and rows that are known, cost nothing', async () => {
    const engine = bench.open(nodeTypes);
    await runToEnd(engine, request(rows));
    const asked = server.asked.length;
    expect(statuses(await runToEnd(engine, request(rows, { endpointConcurrency: 2 })))).toEqual({ read: 'reused', rewrite: 'reused' });
    await runToEnd(engine, request([...rows, { id: 'new', text: 'نص جديد لم يسأل عنه أحد من قبل.' }]));
    expect(server.asked).toHaveLength(asked + 1);
  });

  it('must be named, and told something', async () => {
    const engine = bench.open(nodeTypes);
    const reasonWith = async (params: Record<string, string>) =>
      (await engine.plan(request(rows, params))).nodes.find(({ node }) => node === 'rewrite')!.reasons[0];
    expect(await reasonWith({ endpointModel: '' })).toMatch(/param `endpointModel` must name the model/);
    expect(await reasonWith({ codeOfConduct: '' })).toMatch(/param `codeOfConduct` must name what the endpoint is told/);
  });

  it('is tried on a few rows first, with the cost of all of them', async () => {
    const engine = bench.open(nodeTypes);
    const prices = { endpointInputPrice: 10, endpointOutputPrice: 20 };
    await runToEnd(engine, { ...request(rows, prices), to: 'read' });
    const trial = await engine.tryNode(
      { ...request(rows, prices), node: 'rewrite', rows: 5 },
      () => undefined,
      new AbortController().signal,
    );
    expect(trial).toMatchObject({ rows: 5, allRows: 30 });
    const spent = server.asked.reduce((sum, { system, user }) => sum + (system.length + user.length) * 10 + user.length * 20, 0) / 1e6;
    expect(trial.cost).toBeGreaterThan(0.5 * spent);
    expect(trial.cost).toBeLessThanOrEqual(spent);
    expect(trial.estimatedCost).toBeCloseTo(6 * trial.cost, 8);
  });
});
