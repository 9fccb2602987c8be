import path from 'node:path';
import type { Engine } from '../../../main/engine/Engine.ts';
import { loadNodeTypes } from '../../../main/engine/loadNodeTypes.ts';
import type { Report, Row } from '../../../nodes/kit/index.ts';
import type { RunEvent } from '../../../main/contract/runEvents.ts';
import type { Workflow } from '../../../main/contract/graph.ts';
import { type Bench, runToEnd, workflowOf } from '../testNodes.ts';

export const root = path.resolve(import.meta.dirname, '../../..');
export const code = path.join(root, 'resources/codes/code-of-conduct.ar.md');
export const lexicon = path.join(root, 'resources/lexicons/offensive.ar.txt');
export const tinyModel = path.join(root, 'resources/models/tiny-arabic-llama');
export const nodeTypes = await loadNodeTypes(path.join(root, 'nodes'));

export type Documents = readonly { readonly id: string; readonly text: string }[];
export type Params = Readonly<Record<string, string | number | boolean>>;

/** corpus → annotate, with what ships named by its path. */
export function annotateWorkflow(bench: Bench, documents: Documents, params: Params): Workflow {
  const file = bench.write('documents.jsonl', documents.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return workflowOf({
    corpus: { type: 'corpus', params: { files: [file] } },
    annotate: { type: 'annotate', version: 5, params: { codeOfConduct: code, lexicon, ...params }, from: { corpus: 'corpus.corpus' } },
  });
}

export interface Annotated {
  readonly status: string;
  readonly error: string | undefined;
  readonly reasons: readonly string[];
  readonly pairs: Row[];
  readonly report: Report | undefined;
  readonly events: readonly RunEvent[];
}
export async function annotate(engine: Engine, workflow: Workflow, force: string[] = []): Promise<Annotated> {
  const { nodes, events } = await runToEnd(engine, { workflow, force });
  const { status, outputs, error, reasons } = nodes.find(({ node }) => node === 'annotate')!;
  const pairs = outputs.pairs ? await engine.rows(outputs.pairs.digest, 0, 1000) : [];
  return { status, error, reasons, pairs, report: outputs.report && (await engine.report(outputs.report.digest)), events };
}
