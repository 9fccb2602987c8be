import fs from 'node:fs';
import path from 'node:path';
import type { Report, Row } from '../../../nodes/kit/index.ts';
import type { GraphNode } from '../../../main/contract/graph.ts';
import type { NodeOutcome } from '../../../main/contract/runEvents.ts';
import { loadNodeTypes } from '../../../main/engine/loadNodeTypes.ts';
import { type Bench, runToEnd, workflowOf } from '../testNodes.ts';

export const root = path.resolve(import.meta.dirname, '..', '..', '..');
/** Absent where the test data are not. */
export const antCorpus = path.join(process.env.NASAQ_TEST_DATA ?? path.join(root, '../shared/data'), 'ant_corpus', 'ant_v1.1.jsonl');

export const nodeTypes = await loadNodeTypes(path.join(root, 'nodes'));
const currentVersion = (type: string): number => nodeTypes.get(type)!.spec.version;

export interface Document extends Record<string, string | number | boolean | null> {
  readonly text: string;
}
export const jsonLines = (documents: readonly object[]): string => documents.map((document) => `${JSON.stringify(document)}\n`).join('');
export const readJsonLines = <T>(file: string): T[] =>
  fs
    .readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

/** Words that no two calls share: `words('a', 0, 50)` and `words('a', 5, 55)` have 45 in common. */
export const words = (kind: string, from: number, to: number): string =>
  Array.from({ length: to - from }, (_, at) => `${kind}${from + at}`).join(' ');

export interface Deduplicated {
  readonly outcome: NodeOutcome;
  readonly kept: Row[];
  readonly clusters: Row[];
  readonly report: Report;
}

/** corpus nodes → dedup, each corpus a file of its own; the outputs are read whole. */
export async function deduplicateFiles(
  bench: Bench,
  inputs: { corpus: readonly (readonly Document[])[] | readonly string[]; against?: readonly (readonly Document[])[] },
  params: GraphNode['params'] = {},
): Promise<Deduplicated> {
  const engine = bench.open(nodeTypes);
  const workflow = dedupWorkflow(bench, inputs, params);
  const finished = await runToEnd(engine, { workflow });
  const outcome = finished.nodes.find(({ node }) => node === 'dedup')!;
  if (outcome.status !== 'ran') throw new Error(outcome.error ?? finished.nodes.map(({ error }) => error).join());
  const { kept, clusters, report } = outcome.outputs;
  return {
    outcome,
    kept: await engine.rows(kept!.digest, 0, 100_000),
    clusters: await engine.rows(clusters!.digest, 0, 100_000),
    report: await engine.report(report!.digest),
  };
}

export function dedupWorkflow(
  bench: Bench,
  { corpus, against = [] }: { corpus: readonly (readonly Document[])[] | readonly string[]; against?: readonly (readonly Document[])[] },
  params: GraphNode['params'] = {},
) {
  const reader = (file: string) => ({ type: 'corpus', version: currentVersion('corpus'), params: { files: [file] } });
  const written = (name: string, input: readonly Document[] | string): string =>
    typeof input === 'string' ? input : bench.write(`${name}.jsonl`, jsonLines(input));
  const corpora = corpus.map((input, at) => [`corpus-${at + 1}`, reader(written(`corpus-${at + 1}`, input))] as const);
  const others = against.map((input, at) => [`against-${at + 1}`, reader(written(`against-${at + 1}`, input))] as const);
  const from = (readers: readonly (readonly [string, unknown])[]) => readers.map(([id]) => `${id}.corpus`);
  return workflowOf({
    ...Object.fromEntries([...corpora, ...others]),
    dedup: { type: 'dedup', version: currentVersion('dedup'), params, from: { corpus: from(corpora), against: from(others) } },
  });
}
