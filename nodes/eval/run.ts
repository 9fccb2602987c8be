import { computeRows, rowKey } from '../../main/engine/scoring/computeRows.ts';
import type { Column, Row, RunNode } from '../kit/index.ts';
import { UserError } from '../kit/index.ts';
import { askQuestions, type ChoiceScores, judge } from './askQuestions.ts';
import { type Answer, evalReport } from './evalReport.ts';
import { readBenchmark } from './readBenchmark.ts';
import type spec from './spec.ts';

const BATCH = { maxRows: 128, maxSize: 128 };

const COLUMNS: readonly Column[] = [
  { name: 'model', type: 'string' },
  { name: 'benchmark', type: 'string' },
  { name: 'category', type: 'string' },
  { name: 'id', type: 'string' },
  { name: 'question', type: 'string' },
  { name: 'predicted', type: 'string' },
  { name: 'gold', type: 'string' },
  { name: 'correct', type: 'boolean' },
  { name: 'margin', type: 'number' },
];

const run: RunNode<typeof spec> = async (context) => {
  const { models } = context.inputs;
  const { answers: kind, limit } = context.params;
  if (models.length === 0) throw new UserError('Port `models` has no edge; connect at least one model.');
  const names = modelNames(context.params.names, models.length);
  const benchmarks = await Promise.all(context.params.benchmarks.map((file) => readBenchmark(context.path(file), limit)));
  const twice = benchmarks.find(
    ({ definition }, index) => benchmarks.findIndex((other) => other.definition.benchmark === definition.benchmark) < index,
  );
  if (twice) throw new UserError(`Param \`benchmarks\` has two definitions of \`${twice.definition.benchmark}\`; leave one out.`);
  const total = models.length * benchmarks.reduce((sum, { questions }) => sum + questions.length, 0);

  const answers: Answer[] = [];
  for (const [index, model] of models.entries()) {
    for (const { definition, questions } of benchmarks) {
      const done = answers.length;
      const results = context.rowResults<ChoiceScores>({ model: model.digest, kind, letters: definition.letters, texts: definition.texts });
      const keyOf = (question: (typeof questions)[number]): string =>
        rowKey(JSON.stringify([question.category, question.question, question.choices]));
      await computeRows({
        rows: () => questions,
        key: keyOf,
        size: () => 1,
        ...BATCH,
        results,
        folder: context.workFolder(),
        name: `${definition.benchmark}-${model.digest}`,
        signal: context.signal,
        compute: async (rows) => askQuestions(rows, definition, kind, await context.inference.scorer(model.path), context.signal),
        onProgress: (part, of) => context.progress(done + questions.length - of + part, total, 'questions'),
      });
      const known = results.get(questions.map(keyOf));
      for (const question of questions) {
        answers.push({
          model: names[index]!,
          benchmark: definition.benchmark,
          question,
          ...judge(known.get(keyOf(question))!, question.gold),
        });
      }
    }
  }
  const labels = new Map(benchmarks.map(({ definition }) => [definition.benchmark, definition.letters.labels]));
  await context.writeTable(
    'scores',
    COLUMNS,
    answers.map(({ model, benchmark, question, predicted, margin }): Row => {
      const label = labels.get(benchmark)!;
      const correct = predicted === question.gold;
      const { category, id, question: asked } = question;
      return {
        model,
        benchmark,
        category,
        id,
        question: asked,
        predicted: label[predicted]!,
        gold: label[question.gold]!,
        correct,
        margin,
      };
    }),
  );
  await context.writeReport('report', evalReport({ names, benchmarks, answers, kind, seed: context.seed }));
};
export default run;

/** Names as given, in the order of the edges; the others are numbered. Two models may not share one. */
function modelNames(given: string, count: number): string[] {
  const names = given
    .split(/[,،]/)
    .map((name) => name.trim())
    .filter(Boolean);
  if (names.length > count) throw new UserError(`Param \`names\` has ${names.length} names for ${count} connected models; leave some out.`);
  const all = Array.from({ length: count }, (_, index) => names[index] ?? `model ${index + 1}`);
  const twice = all.find((name, index) => all.indexOf(name) !== index);
  if (twice !== undefined) throw new UserError(`Param \`names\` calls two models “${twice}”; give each its own name.`);
  return all;
}
