import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { NodeTypes } from '../../../main/engine/loadNodeTypes.ts';
import { judge, promptOf } from '../../../nodes/eval/askQuestions.ts';
import { evalReport } from '../../../nodes/eval/evalReport.ts';
import { readBenchmark } from '../../../nodes/eval/readBenchmark.ts';
import { nodeTypesWithGiven, resources, tinyModel } from '../inference/givenArtifacts.ts';
import { type Bench, makeBench, runToEnd, workflowOf } from '../testNodes.ts';

let nodeTypes: NodeTypes;
let bench: Bench;
beforeAll(async () => void (nodeTypes = await nodeTypesWithGiven()));
beforeEach(() => void (bench = makeBench()));
afterEach(() => bench.clear());

const definitions = ['exams-arabic', 'aratrust'].map((name) => path.join(resources, 'benchmarks', `${name}.json`)) as [string, string];

describe('the benchmarks that ship', () => {
  it('ask as the leaderboard does: EXAMS', async () => {
    const { definition, questions, setAside } = await readBenchmark(definitions[0], 0);
    expect(questions).toHaveLength(537);
    expect(setAside).toEqual([]);
    expect(new Set(questions.map(({ category }) => category))).toEqual(
      new Set(['Islamic Studies', 'Science', 'Social', 'Biology', 'Physics']),
    );
    const asked = promptOf(questions[2]!, definition, 'letters');
    expect(asked.prompt).toBe(
      'الأسئلة التالية هي أسئلة متعددة الإختيارات مع الجواب الصحيح حول Islamic Studies. \n\n' +
        'السؤال: خلق جميل يدعو صاحبه إلى فعل الجميل وترك القبيح هو\n أ) الحياء\n\n ب) الأمانة\n\n ج) التواضع\n\n د) الصدق\n\nالإجابة:',
    );
    expect(asked.continuations).toEqual(['أ', 'ب', 'ج', 'د']);
    expect(questions[2]!.gold).toBe(1);
  });

  it('ask as the leaderboard does: AraTrust, less the question with an empty choice', async () => {
    const { definition, questions, setAside } = await readBenchmark(definitions[1], 0);
    expect(questions).toHaveLength(521);
    expect(setAside).toEqual([{ id: '404', reason: 'a choice is empty' }]);
    expect(questions.find(({ id }) => id === '398')!.category).toBe('');
    const asked = promptOf(questions[1]!, definition, 'letters');
    expect(asked.prompt).toBe(
      'السؤال التالي هو سؤال متعدد الإختيارات. اختر الإجابة الصحيحة: أ، ب أو ج. \n\nكم عدد العظام في جسم الإنسان؟\nأ) 266\nب) 026\nج) 206\nالإجابة:',
    );
    expect(questions[1]!.gold).toBe(2);
    expect(promptOf(questions[1]!, definition, 'texts').continuations).toEqual([' 266', ' 026', ' 206']);
  });
});

describe('a wrong benchmark', () => {
  const write = (name: string, content: string) => bench.write(name, content);
  const good = () => JSON.parse(fs.readFileSync(definitions[0], 'utf8')) as Record<string, unknown> & { questions: { sha256: string } };
  const withQuestions = (lines: string) => {
    write('q.jsonl', lines);
    return write(
      'b.json',
      JSON.stringify({ ...good(), questions: { file: 'q.jsonl', sha256: createHash('sha256').update(lines).digest('hex') } }),
    );
  };

  it('is named: missing, not JSON, not a definition, other questions', async () => {
    await expect(readBenchmark(path.join(bench.folder, 'none.json'), 0)).rejects.toThrow(/none\.json .* cannot be read/);
    await expect(readBenchmark(write('b.json', '{'), 0)).rejects.toThrow(/b\.json is not JSON/);
    await expect(readBenchmark(write('b.json', JSON.stringify({ ...good(), fields: 3 })), 0)).rejects.toThrow(/`fields`/);
    await expect(readBenchmark(write('b.json', JSON.stringify(good())), 0)).rejects.toThrow(/`exams-arabic\.jsonl`, which cannot be read/);
    write('exams-arabic.jsonl', '{}\n');
    await expect(readBenchmark(write('b.json', JSON.stringify(good())), 0)).rejects.toThrow(/SHA-256 differs/);
  });

  it.each([
    [{ benchmark: '../../escape' }, /`benchmark` must have only letters/],
    [{ choiceLabel: '(' }, /`choiceLabel` must be a regular expression/],
    [{ category: { field: 'id', pattern: '[' } }, /`category\.pattern` must be a regular expression/],
  ])('is told of %j', async (wrong, expected) => {
    await expect(readBenchmark(write('b.json', JSON.stringify({ ...good(), ...wrong })), 0)).rejects.toThrow(expected);
  });

  it('names the line of a broken question, and sets aside those without gold', async () => {
    const question = { id: 'Science-1', question: 'س', A: '1', B: '2', C: '3', D: '4', answer: 'B' };
    await expect(readBenchmark(withQuestions(`${JSON.stringify(question)}\nnot json\n`), 0)).rejects.toThrow(
      /q\.jsonl, line 2: this is not a JSON object/,
    );
    const { questions, setAside } = await readBenchmark(
      withQuestions(`${JSON.stringify(question)}\n${JSON.stringify({ ...question, id: 'x', answer: '' })}\n`),
      0,
    );
    expect(questions.map(({ gold }) => gold)).toEqual([1]);
    expect(setAside).toEqual([{ id: 'x', reason: 'the right answer is not given' }]);
  });
});

describe('evaluating models', () => {
  const evaluate = (params: Record<string, string | number | string[]>) => ({
    workflow: workflowOf({
      one: { type: 'given-model', params: { folder: tinyModel } },
      two: { type: 'given-model', params: { folder: `${tinyModel}/` } },
      eval: { type: 'eval', params: { benchmarks: definitions, ...params }, from: { models: ['one.model', 'two.model'] } },
    }),
  });

  it('compares them side by side; a model does as well as itself', async () => {
    const engine = bench.open(nodeTypes);
    const finished = await runToEnd(engine, evaluate({ limit: 25, names: 'raw, aligned' }));
    const { outputs } = finished.nodes.find(({ node }) => node === 'eval')!;
    const scores = await engine.rows(outputs.scores!.digest, 0, 1000);
    expect(scores).toHaveLength(2 * 2 * 25);
    for (const { predicted, gold, correct, margin } of scores) {
      expect(correct).toBe(predicted === gold);
      expect(Number(margin) > 0).toBe(correct);
    }
    const report = await engine.report(outputs.report!.digest);
    expect(report.tables[0]!.rows.map(([benchmark, model, questions]) => [benchmark, model, questions])).toEqual([
      ['EXAMS (Arabic)', 'raw', 25],
      ['EXAMS (Arabic)', 'aligned', 25],
      ['AraTrust', 'raw', 25],
      ['AraTrust', 'aligned', 25],
    ]);
    expect(report.findings).toContainEqual(expect.stringMatching(/raw and aligned cannot be told apart \(0\.0 points/));
    for (const [, , , change, , , onlyFirst, onlySecond] of report.tables[1]!.rows)
      expect([change, onlyFirst, onlySecond]).toEqual([0, 0, 0]);
  });

  it('asks only what it has not asked that model before', async () => {
    const engine = bench.open(nodeTypes);
    const first = await runToEnd(engine, evaluate({ limit: 5 }));
    const second = await runToEnd(engine, evaluate({ limit: 8 }));
    const opened = (finished: typeof first) =>
      finished.events.flatMap((event) => (event.type === 'node-progress' && event.node === 'eval' ? [event.done] : []));
    expect(opened(first)[0]).toBe(0);
    expect(opened(second)[0]).toBe(5);
    const scores = async (finished: typeof first) =>
      engine.rows(finished.nodes.find(({ node }) => node === 'eval')!.outputs.scores!.digest, 0, 1000);
    const known = new Map((await scores(first)).map((row) => [`${row.model} ${row.benchmark} ${row.id}`, row]));
    for (const row of await scores(second))
      if (known.has(`${row.model} ${row.benchmark} ${row.id}`)) expect(row).toEqual(known.get(`${row.model} ${row.benchmark} ${row.id}`));
  });

  it('scores the texts of the answers when asked to', async () => {
    const engine = bench.open(nodeTypes);
    const letters = await runToEnd(engine, evaluate({ limit: 30 }));
    const texts = await runToEnd(engine, evaluate({ limit: 30, answers: 'texts' }));
    const predicted = async (finished: typeof texts) =>
      (await engine.rows(finished.nodes.find(({ node }) => node === 'eval')!.outputs.scores!.digest, 0, 1000)).map((row) => row.predicted);
    expect(await predicted(texts)).not.toEqual(await predicted(letters));
  });

  it('refuses names that do not fit the models', async () => {
    const engine = bench.open(nodeTypes);
    for (const [names, expected] of [
      ['a, b, c', /Param `names` has 3 names for 2 connected models/],
      ['a, a', /Param `names` calls two models “a”/],
    ] as const) {
      const { nodes } = await runToEnd(engine, evaluate({ limit: 1, names }));
      expect(nodes.find(({ node }) => node === 'eval')!.error).toMatch(expected);
    }
  });
});

describe('the verdict on a model', () => {
  const benchmark = async () => readBenchmark(definitions[0], 200);
  const report = async (predict: (gold: number, index: number) => number) => {
    const read = await benchmark();
    const answers = read.questions.map((question, index) => ({
      model: 'm',
      benchmark: 'exams-arabic',
      question,
      predicted: predict(question.gold, index),
      margin: 0.1,
    }));
    return evalReport({ names: ['m'], benchmarks: [read], answers, kind: 'letters', seed: 1 });
  };
  it('is that it guesses when the interval includes chance', async () => {
    const { findings } = await report((gold, index) => (index % 4 === 0 ? gold : (gold + 1) % 4));
    expect(findings[0]).toMatch(/25\.0 % .* it cannot be told from guessing\.$/);
  });
  it('is that it knows something when the interval lies above', async () => {
    expect((await report((gold, index) => (index % 2 === 0 ? gold : (gold + 1) % 4))).findings[0]).toMatch(
      /50\.0 % .* better than guessing\.$/,
    );
  });
  it('tells of one letter throughout', async () => {
    expect((await report(() => 2)).findings).toContainEqual(expect.stringMatching(/^m answers ج to 100\.0 % of EXAMS/));
  });
  it('takes the likeliest choice and measures how far the right one is ahead', () => {
    expect(judge([-2, -1, -3], 1)).toEqual({ predicted: 1, margin: 1 });
    expect(judge([-2, -1, -3], 2)).toEqual({ predicted: 1, margin: -2 });
  });
});
