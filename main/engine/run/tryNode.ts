import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  type Artifact,
  type ChatEndpoint,
  type Column,
  type Inference,
  type Report,
  type Row,
  type TableArtifact,
  UserError,
} from '../../../nodes/kit/index.ts';
import type { ArtifactSummary } from '../../contract/artifact.ts';
import { fetchModel } from '../inference/fetchModel.ts';
import { hubModel } from '../inference/resolveModel.ts';
import { decide, type OutputDigests } from '../plan/makePlan.ts';
import type { ResolvedNode } from '../plan/resolveGraph.ts';
import { ArtifactStore } from '../store/ArtifactStore.ts';
import { openStore, type Store } from '../store/openStore.ts';
import { ActionOutputs } from './ActionOutputs.ts';
import { failureSentence } from './failureSentence.ts';
import { makeContext } from './makeContext.ts';
import { openArtifact, readReport } from './openArtifact.ts';
import { type Preparation, unfetchedModels } from './prepareRun.ts';
import type { EmitNodeEvent } from './RunEmitter.ts';
import type { RunServices } from './WorkflowRun.ts';

/** What a node made of a few rows of its inputs, and what all of them would take. */
export interface NodeTrial {
  readonly node: string;
  /** Rows tried, and rows there are, of its largest table input. */
  readonly rows: number;
  readonly allRows: number;
  /** For the rows alone; models were opened in `openingSeconds` before. */
  readonly seconds: number;
  readonly openingSeconds: number;
  /** For all rows, if the others are like these: models opened, and endpoints paid. */
  readonly estimatedSeconds: number;
  readonly cost: number;
  readonly estimatedCost: number;
  readonly outputs: Readonly<
    Record<string, { readonly columns: readonly Column[]; readonly rows: readonly Row[] } | { readonly report: Report }>
  >;
}

const MOST_SHOWN = 1000;

/**
 * Runs a node on `rows` rows, evenly spread over each table that flows into it, in a passing cache of its own: nothing of it is
 * kept, because what shares a batch decides last bits. What the node takes from must be in the cache. Throws UserError.
 */
export async function tryNode(
  id: string,
  rows: number,
  preparation: Preparation,
  services: RunServices,
  emit: EmitNodeEvent,
  signal: AbortSignal,
): Promise<NodeTrial> {
  const { facts, base, plan } = preparation;
  const node = facts.nodes.find((each) => each.node.id === id)!;
  const waiting = plan.nodes.find((each) => each.node !== id && each.decision !== 'reused' && each.decision !== 'skipped');
  if (waiting) {
    throw new UserError(
      `Node \`${id}\` takes from \`${waiting.node}\`, whose result is not in the cache: run the workflow up to there first.`,
    );
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nasaq-try-'));
  let store: Store | undefined;
  let inference: (Inference & { close(): Promise<void> }) | undefined;
  try {
    for (const name of unfetchedModels(node)) {
      await fetchModel(hubModel(name)!, {
        signal,
        onProgress: (done, total) => emit({ type: 'node-progress', done, total, unit: 'bytes', stage: `Fetching ${name}` }),
      });
    }
    store = openStore(folder);
    const sampled = await sampleInputs(node, rows, preparation, services.store, folder, signal);
    const outputs = new ActionOutputs(node.spec, path.join(folder, 'out'), folder);
    const endpoints: ChatEndpoint[] = [];
    let openingMs = 0;
    const { context, close } = makeContext({
      node,
      workflow: { title: '', file: undefined },
      key: 'try',
      inputs: sampled.inputs,
      seed: facts.seed,
      forced: false,
      signal,
      cancelling: signal,
      base,
      paths: services.paths,
      store,
      outputs,
      emit,
      inference: async (log) => {
        const { openInference } = await import('../inference/openInference.ts');
        inference ??= openInference({ log });
        return timed(inference, (ms) => (openingMs += ms));
      },
      readKey: services.readKey,
      onEndpoint: (endpoint) => endpoints.push(endpoint),
    });
    const run = await services.nodeTypes.get(node.node.type)!.loadRun();
    const startedAt = performance.now();
    try {
      await run(context);
    } finally {
      close();
    }
    const seconds = Math.max(0, performance.now() - startedAt - openingMs) / 1000;
    const factor = sampled.rows > 0 ? sampled.allRows / sampled.rows : 1;
    const cost = endpoints.reduce((sum, { usage }) => sum + usage.cost, 0);
    return {
      node: id,
      rows: sampled.rows,
      allRows: sampled.allRows,
      seconds,
      openingSeconds: openingMs / 1000,
      estimatedSeconds: openingMs / 1000 + seconds * factor,
      cost,
      estimatedCost: cost * factor,
      outputs: await readOutputs(outputs),
    };
  } catch (error) {
    signal.throwIfAborted();
    throw new UserError(failureSentence(error, node.node).message);
  } finally {
    await inference?.close();
    store?.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function sampleInputs(
  { spec, inputs }: ResolvedNode,
  wanted: number,
  { facts, plan }: Preparation,
  store: Store,
  folder: string,
  signal: AbortSignal,
): Promise<{ inputs: Record<string, Artifact | readonly Artifact[]>; rows: number; allRows: number }> {
  const known = new Map<string, Record<string, ArtifactSummary>>();
  const digests = new Map<string, OutputDigests>();
  for (const each of facts.nodes) {
    const planned = plan.nodes.find((found) => found.node === each.node.id);
    if (planned?.decision !== 'reused') continue;
    const outputs = store.actions.use(decide(each, facts, digests).key!)!;
    known.set(each.node.id, outputs);
    digests.set(each.node.id, Object.fromEntries(Object.entries(outputs).map(([port, { digest }]) => [port, digest])));
  }
  let [rows, allRows, tables] = [0, 0, 0];
  const sample = async (summary: ArtifactSummary): Promise<Artifact> => {
    const whole = openArtifact(summary, store.artifacts, signal);
    if (whole.kind === 'model' || whole.kind === 'report') return whole;
    const part = await samplePart(whole, wanted, path.join(folder, `input-${tables++}.parquet`), signal);
    if (whole.rowCount >= allRows) [rows, allRows] = [part.rowCount, whole.rowCount];
    return part;
  };
  const sampled: Record<string, Artifact | readonly Artifact[]> = {};
  for (const [port, edges] of Object.entries(inputs)) {
    const artifacts: Artifact[] = [];
    for (const edge of edges) artifacts.push(await sample(known.get(edge.node)![edge.port]!));
    sampled[port] = spec.inputs[port]!.many ? artifacts : artifacts[0]!;
  }
  if (tables === 0) throw new UserError('it takes no rows, so it cannot be tried on some of them: run it.');
  return { inputs: sampled, rows, allRows };
}

async function samplePart(whole: TableArtifact, wanted: number, file: string, signal: AbortSignal): Promise<TableArtifact> {
  const { readTablePage, writeTable } = await import('../data/tableFile.ts');
  const count = Math.min(wanted, whole.rowCount);
  async function* spread(): AsyncIterable<Row> {
    for (let index = 0; index < count; index++) {
      yield* await readTablePage(whole.path, whole.columns, Math.floor(((index + 0.5) * whole.rowCount) / count), 1);
    }
  }
  const { rowCount, digest, bytes } = await writeTable(file, whole.columns, spread(), { signal });
  return openArtifact(
    { digest, kind: whole.kind, rows: rowCount, columns: [...whole.columns], bytes },
    { location: () => file },
    signal,
  ) as TableArtifact;
}

/** How long models take to open does not grow with the rows. */
function timed(inference: Inference, add: (ms: number) => void): Inference {
  const measured =
    <T>(open: (folder: string) => Promise<T>) =>
    async (folder: string): Promise<T> => {
      const startedAt = performance.now();
      const model = await open(folder);
      add(performance.now() - startedAt);
      return model;
    };
  return {
    generator: measured((folder) => inference.generator(folder)),
    scorer: measured((folder) => inference.scorer(folder)),
    classifier: measured((folder) => inference.classifier(folder)),
    categoryClassifier: measured((folder) => inference.categoryClassifier(folder)),
  };
}

async function readOutputs(outputs: ActionOutputs): Promise<NodeTrial['outputs']> {
  const { readTablePage } = await import('../data/tableFile.ts');
  const read: Record<string, { columns: readonly Column[]; rows: readonly Row[] } | { report: Report }> = {};
  for (const [port, { kind, columns = [], folder }] of outputs.complete()) {
    const file = path.join(folder, ArtifactStore.contentName(kind));
    if (kind === 'report') read[port] = { report: await readReport(file) };
    else if (kind !== 'model') read[port] = { columns, rows: await readTablePage(file, columns, 0, MOST_SHOWN) };
  }
  return read;
}
