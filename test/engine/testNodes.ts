import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { defineNode, files, input, type NodeSpec, number, output, type Row, type RunContext, UserError } from '../../nodes/kit/index.ts';
import type { GraphNode, Workflow } from '../../main/contract/graph.ts';
import type { RunEvent, RunFinished } from '../../main/contract/runEvents.ts';
import type { Engine, RunRequest } from '../../main/engine/Engine.ts';
import type { NodeType, NodeTypes } from '../../main/engine/loadNodeTypes.ts';
import { openEngine } from '../../main/engine/openEngine.ts';

/** A node type of a test's own. */
export function testNode<const S extends NodeSpec>(spec: S, run: (context: RunContext<S>) => Promise<void>): [string, NodeType] {
  return [spec.type, { spec, loadRun: async () => run as never }];
}

export const described = { title: 'x', help: 'x' };
export const basics = { version: 1, title: 'x', category: 'data', summary: 'x', help: 'x', effects: 'pure', resource: 'cpu' } as const;

const CORPUS_COLUMNS = [
  { name: 'id', type: 'string' },
  { name: 'text', type: 'string' },
] as const;

/** Reads `files`, one document a line. */
export const linesSpec = defineNode({
  ...basics,
  type: 'lines',
  inputs: {},
  outputs: { corpus: output('corpus', described) },
  params: { files: files({ ...described, default: [], extensions: ['txt'] }) },
});
export const lines = testNode(linesSpec, async ({ params, path: resolve, writeTable }) => {
  const rows = params.files.flatMap((file) => fs.readFileSync(resolve(file), 'utf8').split('\n').filter(Boolean));
  await writeTable(
    'corpus',
    CORPUS_COLUMNS,
    rows.map((text, at): Row => ({ id: String(at), text })),
  );
});

/** Keeps documents of at least `length` characters. */
export const longerSpec = defineNode({
  ...basics,
  type: 'longer',
  inputs: { corpus: input('corpus', described) },
  outputs: { kept: output('corpus', described) },
  params: { length: number({ ...described, default: 3, min: 0, integer: true }) },
});
export const longer = testNode(longerSpec, async ({ params, inputs, writeTable }) => {
  const rows: Row[] = [];
  for await (const row of inputs.corpus.rows()) if ((row.text as string).length >= params.length) rows.push(row);
  await writeTable('kept', CORPUS_COLUMNS, rows);
});

/** Counts documents into a report, and in `counted` how often it ran. */
export const countSpec = defineNode({
  ...basics,
  type: 'count',
  inputs: { corpus: input('corpus', described) },
  outputs: { report: output('report', described) },
  params: {},
});
export const countRuns = { count: 0 };
export const count = testNode(countSpec, async ({ inputs, writeReport }) => {
  countRuns.count += 1;
  await writeReport('report', { title: 'Count', findings: [`${inputs.corpus.rowCount} documents`], tables: [], charts: [] });
});

/** Waits for the signal of its test, noting how many run beside it. */
export const occupancy = { now: 0, most: 0 };
export async function occupy(milliseconds: number): Promise<void> {
  occupancy.now += 1;
  occupancy.most = Math.max(occupancy.most, occupancy.now);
  await wait(milliseconds);
  occupancy.now -= 1;
}
export const busySpec = (resource: 'cpu' | 'accelerator') =>
  defineNode({
    ...basics,
    type: `busy-${resource}`,
    resource,
    inputs: {},
    outputs: { report: output('report', described) },
    params: { number: number({ ...described, default: 0 }) },
  });
export const busy = (resource: 'cpu' | 'accelerator'): [string, NodeType] =>
  testNode(busySpec(resource), async ({ params, writeReport }) => {
    await occupy(100);
    await writeReport('report', { title: String(params.number), findings: [], tables: [], charts: [] });
  });

/** Fails as told. */
export const brokenSpec = defineNode({
  ...basics,
  type: 'broken',
  inputs: { corpus: input('corpus', { ...described, optional: true }) },
  outputs: { kept: output('corpus', described) },
  params: { defect: number({ ...described, default: 0 }) },
});
export const broken = testNode(brokenSpec, async ({ params }) => {
  if (params.defect) throw new TypeError('cannot read\n  of undefined');
  throw new UserError('the code of conduct has no rule for this; add one.');
});

export const testNodeTypes = (...more: [string, NodeType][]): NodeTypes =>
  new Map([lines, longer, count, busy('cpu'), busy('accelerator'), broken, ...more]);

export function workflowOf(
  nodes: Record<string, { type: string; params?: GraphNode['params']; from?: Record<string, string | string[]>; version?: number }>,
): Workflow {
  return {
    nasaq: 1,
    title: 'test',
    seed: 7,
    nodes: Object.entries(nodes).map(([id, { type, params = {}, version = 1 }]) => ({
      id,
      type,
      version,
      params,
      position: { x: 0, y: 0 },
    })),
    edges: Object.entries(nodes).flatMap(([id, { from = {} }]) =>
      Object.entries(from).flatMap(([port, sources]) =>
        [sources].flat().map((source) => {
          const [node, sourcePort] = source.split('.') as [string, string];
          return { from: { node, port: sourcePort }, to: { node: id, port } };
        }),
      ),
    ),
  };
}

export interface Bench {
  readonly folder: string;
  /** Path of a text file in the folder. */
  write(name: string, text: string): string;
  open(nodeTypes?: NodeTypes, cores?: number): Engine;
  /** Closes engines, so that all is on the disk. */
  close(): Promise<void>;
  /** Closes engines and deletes the folder. */
  clear(): Promise<void>;
}

/** A temporary folder with a cache in it. */
export function makeBench(): Bench {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nasaq-engine-'));
  const engines: Engine[] = [];
  const close = async (): Promise<void> => {
    for (const engine of engines.splice(0)) await engine.close();
  };
  return {
    folder,
    write: (name, text) => {
      fs.writeFileSync(path.join(folder, name), text);
      return path.join(folder, name);
    },
    open: (nodeTypes = testNodeTypes(), cores = 2) => {
      const paths = { resources: path.join(folder, 'resources'), nodes: path.join(folder, 'nodes'), home: path.join(folder, 'home') };
      const engine = openEngine({ paths, cacheFolder: path.join(folder, 'cache'), nodeTypes, cores });
      engines.push(engine);
      return engine;
    },
    close,
    clear: async () => {
      await close();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Runs to the end; with all events. */
export async function runToEnd(engine: Engine, request: RunRequest): Promise<RunFinished & { events: RunEvent[] }> {
  const events: RunEvent[] = [];
  const { finished } = await engine.run(request, (event) => events.push(event));
  return { ...(await finished), events };
}

export const statuses = ({ nodes }: RunFinished): Record<string, string> =>
  Object.fromEntries(nodes.map(({ node, status }) => [node, status]));
export const reasons = ({ nodes }: RunFinished): Record<string, readonly string[]> =>
  Object.fromEntries(nodes.map(({ node, reasons }) => [node, reasons]));
