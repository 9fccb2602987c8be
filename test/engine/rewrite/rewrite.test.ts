import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Row } from '../../../nodes/kit/index.ts';
import { type RewriteOptions, rewriteDocuments } from '../../../nodes/rewrite/rewriteDocuments.ts';
import type { RewriteWorker } from '../../../nodes/rewrite/RewriteWorker.ts';
import rewriteSpec from '../../../nodes/rewrite/spec.ts';
import type { NodeTypes } from '../../../main/engine/loadNodeTypes.ts';
import { migrateWorkflow } from '../../../nodes/kit/index.ts';
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
const rewriting = (file: string, params: Record<string, number | string | boolean> = {}) => ({
  workflow: workflowOf({
    read: { type: 'given-corpus', params: { file } },
    worker: { type: 'given-model', params: { folder: tinyModel } },
    rewrite: { type: 'rewrite', version: rewriteSpec.version, params, from: { corpus: 'read.corpus', worker: 'worker.model' } },
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

const signal = new AbortController().signal;
const options: RewriteOptions = {
  minRatio: 0.3,
  maxRatio: 1.5,
  links: 'may-go',
  numbers: true,
  names: 'marked',
  retry: true,
  segmentLength: 180,
  instructions: '',
};

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
    const worker: RewriteWorker = {
      answer: async (segments) => {
        asked.push(...segments);
        return segments.map((text) => ({ text, tokens: 7, stopped: 'end' }));
      },
    };
    const line = 'سطر واحد يعود في كل نص.';
    const texts = [`${line}\n${line}`, `${line}\nسطر آخر في النص الثاني.`];
    const { documents, tokens } = await rewriteDocuments(texts, worker, { ...options, segmentLength: 40 }, signal);
    expect(asked).toHaveLength(2);
    expect(tokens).toBe(14);
    expect(documents.map((document) => [document.segments, document.tokens])).toEqual([
      [2, 7],
      [2, 14],
    ]);
  });

  it('computes two of a hundred rows when one in a hundred is new', async () => {
    const engine = bench.open(nodeTypes);
    const short = rows.filter(({ text }) => String(text).length < 60).map(({ id, text }) => ({ id: id!, text: String(text) }));
    const many = Array.from({ length: 200 }, (_, at) => ({ ...short[at % short.length]!, id: `r${at}` })).map(({ id, text }, at) => ({
      id,
      text: `${text} ${at}`,
    }));
    await outputsOf(engine, rewriting(bench.write('a.jsonl', jsonLines(many))));
    const changed = many.map((row, at) => (at % 100 === 50 ? { ...row, text: `${row.text} جديد` } : row));
    const { log, aligned } = await outputsOf(engine, rewriting(bench.write('b.jsonl', jsonLines(changed))));
    expect(log).toContain('2 distinct documents had to be rewritten; the others were known.');
    expect(aligned).toHaveLength(200);
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

  it('asks for a worker when none is connected', async () => {
    const request = rewriting(bench.write('a.jsonl', jsonLines(rows.slice(0, 2))));
    request.workflow.edges = request.workflow.edges.filter(({ to }) => to.port !== 'worker');
    const { nodes } = await bench.open(nodeTypes).plan(request);
    expect(nodes.find(({ node }) => node === 'rewrite')!.reasons).toEqual([
      'Node `rewrite`: param `worker` is `model`, but the input `worker` is not connected: connect a model, or choose `endpoint`.',
    ]);
  });

  it('leaves files of version 4 without the guards and the retry that they did not know', async () => {
    const request = rewriting(bench.write('a.jsonl', jsonLines(rows.slice(0, 2))), { minRatio: 0.5 });
    request.workflow.nodes.find(({ id }) => id === 'rewrite')!.version = 4;
    const migrated = migrateWorkflow(request.workflow, (type) => nodeTypes.get(type)?.spec);
    expect(migrated.nodes.find(({ id }) => id === 'rewrite')).toMatchObject({
      version: rewriteSpec.version,
      params: { minRatio: 0.5, numbers: false, names: 'off', retry: false },
    });
  });
});

it('rewrites one line of five million characters, and leaves raw what is refused of it', async () => {
  const line = rows
    .map(({ text }) => String(text))
    .join(' ')
    .replace(/\s+/gu, ' ');
  const long = line.repeat(Math.ceil(5_000_000 / line.length));
  const worker: RewriteWorker = {
    answer: async (segments) =>
      segments.map((text, index) => ({
        text: index === 7 || segments.length < 10 ? 'x' : text.replace('!', '.'),
        tokens: 1,
        stopped: 'end',
      })),
  };
  const { documents } = await rewriteDocuments([long], worker, options, signal);
  expect(documents[0]!.verdict).toBe('partly-raw');
  expect(documents[0]!.after.length).toBe(long.length);
});

describe('a refused segment', () => {
  /** Answers as told; everything else comes back as it is. */
  const scripted = (answers: Record<string, string>): RewriteWorker & { asked: string[] } => {
    const asked: string[] = [];
    return {
      asked,
      answer: async (segments) => {
        asked.push(...segments);
        return segments.map((text) => ({ text: answers[text] ?? text, tokens: 1, stopped: 'end' }));
      },
    };
  };
  const [first, second] = ['ذهب الوزير إلى المدينة أمس مع 5 رجال.', 'وعاد مساء بعد أن رأى السوق والميناء.'];
  const segment = `${first} ${second}`;
  const rewriteOne = async (text: string, worker: RewriteWorker, own: Partial<RewriteOptions> = {}) =>
    (await rewriteDocuments([text], worker, { ...options, ...own }, signal)).documents[0]!;
  // Longer than half of it, shorter than all of it.
  const whole = { segmentLength: segment.length };

  it('is asked again in pieces: those that are right are used, the others stay raw', async () => {
    const wrong = segment.replace('5', '6');
    const mended = second.replace('السوق', 'الأسواق');
    const asked = scripted({ [segment]: wrong, [second]: mended });
    expect(await rewriteOne(segment, asked, whole)).toMatchObject({
      after: `${first} ${mended}`,
      verdict: 'rewritten',
      reason: '',
      refusals: { numbers: { mended: 1 } },
      refused: [
        { guard: 'numbers', raw: segment, rewrite: wrong, reason: 'has the number 6, which the raw text has not', retry: 'mended' },
      ],
    });
    expect(asked.asked).toEqual([segment, first, second]);
    const again = scripted({ [segment]: wrong, [first]: first.replace('5', '6'), [second]: mended });
    expect(await rewriteOne(segment, again, whole)).toMatchObject({
      after: `${first} ${mended}`,
      verdict: 'partly-raw',
      refusals: { numbers: { partly: 1 } },
    });
  });

  it('stays raw when its pieces are refused too, and says what was refused, why, and that asking again failed', async () => {
    const looping = 'كلمة كلمة كلمة كلمة';
    const worker: RewriteWorker = {
      answer: async (segments) => segments.map(() => ({ text: looping, tokens: 4, stopped: 'end' })),
    };
    const document = await rewriteOne(segment, worker, whole);
    expect(document).toMatchObject({ after: segment, verdict: 'kept-raw' });
    expect(document.reason).toMatch(/^(\d) of \1 segments kept raw because the rewrite repeats “كلمة” over and over\.$/);
    expect(document.refused[0]).toMatchObject({ guard: 'looping', rewrite: looping, retry: 'failed' });
  });

  it('is not asked again when it cannot be cut, or when nobody wants it', async () => {
    const empty: RewriteWorker = { answer: async (segments) => segments.map(() => ({ text: '', tokens: 0, stopped: 'end' })) };
    expect(await rewriteOne('كلمة', empty)).toMatchObject({ verdict: 'kept-raw', refusals: { empty: { 'too-short': 1 } } });
    const asked: string[] = [];
    const counting: RewriteWorker = {
      answer: async (segments) => (asked.push(...segments), segments.map(() => ({ text: '', tokens: 0, stopped: 'end' as const }))),
    };
    const document = await rewriteOne(first, counting, { retry: false });
    expect(asked).toEqual([first]);
    expect(document.refused[0]).not.toHaveProperty('retry');
  });

  it('is not asked at all when half a character is in it; the rest of the document is rewritten', async () => {
    const worker = scripted({ [second]: second.replace('رأى', 'زار') });
    const document = await rewriteOne(`${first}\uD800\n${second}`, worker);
    expect(worker.asked).toEqual([second]);
    expect(document).toMatchObject({ verdict: 'partly-raw', refusals: { unreadable: { none: 1 } } });
    expect(document.after).toBe(`${first}\uD800\n${second.replace('رأى', 'زار')}`);
  });
});
