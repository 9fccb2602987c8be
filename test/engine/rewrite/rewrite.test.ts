import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Generator, Row } from '../../../nodes/kit/index.ts';
import { rewriteDocuments } from '../../../nodes/rewrite/rewriteDocuments.ts';
import type { NodeTypes } from '../../../main/engine/loadNodeTypes.ts';
import type { Engine } from '../../../main/engine/Engine.ts';
import { jsonLines, nodeTypesWithGiven, sampleRows, tinyModel } from '../inference/givenArtifacts.ts';
import { type Bench, makeBench, runToEnd, statuses, workflowOf } from '../testNodes.ts';

let nodeTypes: NodeTypes;
let bench: Bench;
beforeAll(async () => void (nodeTypes = await nodeTypesWithGiven()));
beforeEach(() => void (bench = makeBench()));
afterEach(() => bench.clear());

const rows = [...sampleRows('comments').slice(0, 60), ...sampleRows('news').slice(0, 8)].map(({ id, text }): Row => ({
  id: id!,
  text: text!,
  lang: 'ar',
}));
const rewriting = (file: string, params: Record<string, number> = {}) => ({
  workflow: workflowOf({
    read: { type: 'given-corpus', params: { file } },
    worker: { type: 'given-model', params: { folder: tinyModel } },
    rewrite: { type: 'rewrite', params, from: { corpus: 'read.corpus', worker: 'worker.model' } },
  }),
});
const outputsOf = async (engine: Engine, request: ReturnType<typeof rewriting>) => {
  const finished = await runToEnd(engine, request);
  const outcome = finished.nodes.find(({ node }) => node === 'rewrite')!;
  expect(outcome.error).toBeUndefined();
  const read = (port: string) => engine.rows(outcome.outputs[port]!.digest, 0, 10_000);
  const log = finished.events.flatMap((event) => (event.type === 'node-log' && event.node === 'rewrite' ? [event.line] : []));
  return {
    outcome,
    aligned: await read('aligned'),
    pairs: await read('pairs'),
    report: await engine.report(outcome.outputs.report!.digest),
    log,
  };
};
const digests = ({ outcome }: Awaited<ReturnType<typeof outputsOf>>) =>
  Object.fromEntries(Object.entries(outcome.outputs).map(([port, { digest }]) => [port, digest]));

describe('rewriting a corpus', () => {
  it('keeps rows, columns and order, and pairs every text with what became of it', async () => {
    const { aligned, pairs, report } = await outputsOf(bench.open(nodeTypes), rewriting(bench.write('a.jsonl', jsonLines(rows))));
    expect(aligned.map(({ id, lang }) => [id, lang])).toEqual(rows.map(({ id }) => [id, 'ar']));
    expect(pairs.map(({ id, before }) => [id, before])).toEqual(rows.map(({ id, text }) => [id, text]));
    expect(pairs.map(({ after }) => after)).toEqual(aligned.map(({ text }) => text));
    for (const { before, after, verdict, reason } of pairs) {
      const same = before === after;
      expect(verdict).toBe(same ? (reason ? 'kept-raw' : 'unchanged') : reason ? 'partly-raw' : 'rewritten');
      // Whitespace between lines is never the worker's.
      expect(String(after).match(/\s*\n\s*/g)).toEqual(String(before).match(/\s*\n\s*/g));
    }
    expect(pairs.filter(({ verdict }) => verdict === 'unchanged').length).toBeGreaterThan(10);
    const verdicts = report.tables.find(({ title }) => title === 'Verdicts')!;
    expect(verdicts.rows.reduce((sum, [, , documents]) => sum + Number(documents), 0)).toBe(rows.length);
  });

  it('keeps the raw text where a guard refuses, and says why', async () => {
    // So tight a limit that every longer answer is cut.
    const wordy = [
      { id: 'loop', text: 'كلمة '.repeat(120).trim() },
      { id: 'none', text: ' \n ' },
      { id: 'code', text: 'x7#Qz!! 9f@@ ~~~ \u{1F9FF}\u{1F9FF} zzq-qq 0x3F %%% ʬʬʬ ᚠᚢᚦ' },
    ];
    const { pairs } = await outputsOf(bench.open(nodeTypes), rewriting(bench.write('a.jsonl', jsonLines(wordy)), { maxRatio: 1 }));
    expect(pairs.find(({ id }) => id === 'none')).toMatchObject({ verdict: 'unchanged', after: ' \n ' });
    const refused = pairs.filter(({ reason }) => reason !== '');
    expect(refused.length).toBeGreaterThan(0);
    for (const { reason } of refused)
      expect(reason).toMatch(/^(\d+ of \d+ segments kept raw because the rewrite |The rewritten document )/);
    for (const { before, after } of refused.filter(({ verdict }) => verdict === 'kept-raw')) expect(after).toBe(before);
  });

  it('computes only what is new when the corpus grows, and equal texts once', async () => {
    const engine = bench.open(nodeTypes);
    const few = rows.slice(0, 20);
    expect((await outputsOf(engine, rewriting(bench.write('a.jsonl', jsonLines(few))))).log).toContain(
      '20 distinct documents had to be rewritten; the others were known.',
    );
    const more = [...few, { id: 'copy', text: few[3]!.text!, lang: 'ar' }, { id: 'new', text: 'نص جديد لم يره أحد.', lang: 'ar' }];
    const second = await outputsOf(engine, rewriting(bench.write('b.jsonl', jsonLines(more))));
    expect(second.log).toContain('1 distinct documents had to be rewritten; the others were known.');
    expect(second.aligned).toHaveLength(22);
    expect(second.aligned[20]!.text).toBe(second.aligned[3]!.text);
  });

  it('counts what the worker wrote once for a segment that is shared', async () => {
    const asked: string[] = [];
    const worker: Generator = {
      contextLength: 100,
      countTokens: (text) => text.length,
      answer: async (messages) => {
        asked.push(...messages);
        return messages.map((text) => ({ text, tokens: 7, stopped: 'end' }));
      },
    };
    const line = 'سطر واحد يعود في كل نص.';
    const texts = [`${line}\n${line}`, `${line}\nسطر آخر في النص الثاني.`];
    const limits = { minRatio: 0.3, maxRatio: 1.5, segmentLength: 40 };
    const { documents, tokens } = await rewriteDocuments(texts, worker, limits, new AbortController().signal);
    expect(asked).toHaveLength(2);
    expect(tokens).toBe(14);
    expect(documents.map((document) => [document.segments, document.tokens])).toEqual([
      [2, 7],
      [2, 14],
    ]);
  });

  it('ends with the same artifacts after a stop as undisturbed', async () => {
    const many = sampleRows('comments')
      .slice(0, 220)
      .map(({ id, text }): Row => ({ id: id!, text: text! }));
    const file = bench.write('a.jsonl', jsonLines(many));
    const engine = bench.open(nodeTypes);
    let batches = 0;
    const handle = await engine.run(rewriting(file), (event) => {
      if (event.type === 'node-progress' && event.node === 'rewrite' && event.done > 0 && ++batches === 1) handle.stop('stop');
    });
    expect((await handle.finished).outcome).toBe('cancelled');
    const resumed = await outputsOf(engine, rewriting(file));
    const rewritten = Number(/^(\d+) distinct/.exec(resumed.log.find((line) => line.includes('distinct'))!)![1]);
    expect(rewritten).toBeGreaterThan(0);

    const other = makeBench();
    try {
      const undisturbed = await outputsOf(other.open(nodeTypes), rewriting(other.write('a.jsonl', jsonLines(many))));
      expect(digests(resumed)).toEqual(digests(undisturbed));
    } finally {
      await other.clear();
    }
  });

  it('reuses everything the second time', async () => {
    const file = bench.write('a.jsonl', jsonLines(rows.slice(0, 5)));
    await outputsOf(bench.open(nodeTypes), rewriting(file));
    expect(statuses(await runToEnd(bench.open(nodeTypes), rewriting(file)))).toEqual({
      read: 'reused',
      worker: 'reused',
      rewrite: 'reused',
    });
  });

  it('names what a worker lacks', async () => {
    const engine = bench.open(nodeTypes);
    const request = rewriting(bench.write('a.jsonl', jsonLines(rows.slice(0, 2))));
    const worker = request.workflow.nodes.find(({ id }) => id === 'worker')!;
    worker.params.folder = path.join(tinyModel, 'onnx');
    const finished = await runToEnd(engine, request);
    expect(finished.nodes.find(({ node }) => node === 'rewrite')!.error).toMatch(/has no `config\.json`/);
  });
});
