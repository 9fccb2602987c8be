import { bootstrapMean, type Interval } from '../../main/engine/scoring/bootstrap.ts';
import { histogram } from '../../main/engine/scoring/histogram.ts';
import { mcNemar } from '../../main/engine/scoring/mcNemar.ts';
import { roundTo } from '../../main/engine/scoring/roundTo.ts';
import type { Report, ReportTable } from '../kit/index.ts';
import type { AnswerKind } from './askQuestions.ts';
import type { Benchmark, Question } from './readBenchmark.ts';

export interface Answer {
  readonly model: string;
  readonly benchmark: string;
  readonly question: Question;
  readonly predicted: number;
  readonly margin: number;
}

interface Evaluation {
  readonly names: readonly string[];
  readonly benchmarks: readonly Benchmark[];
  readonly answers: readonly Answer[];
  readonly kind: AnswerKind;
  readonly seed: number;
}

/** One model's answers to one benchmark. */
interface Sitting {
  readonly model: string;
  readonly benchmark: Benchmark;
  readonly answers: readonly Answer[];
  readonly accuracy: Interval;
  readonly chance: number;
}

const isCorrect = ({ predicted, question }: Answer): boolean => predicted === question.gold;
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const rounded = (share: number): number => roundTo(share, 4);

/** Accuracy side by side with 95 % bootstrap intervals, by category, and paired differences between models. */
export function evalReport({ names, benchmarks, answers, kind, seed }: Evaluation): Report {
  const sittings = benchmarks.flatMap((benchmark) =>
    names.flatMap((model): Sitting[] => {
      const own = answers.filter((answer) => answer.model === model && answer.benchmark === benchmark.definition.benchmark);
      const accuracy = accuracyOf(own, seed);
      return accuracy ? [{ model, benchmark, answers: own, accuracy, chance: chanceOf(own) }] : [];
    }),
  );
  const pairs = benchmarks.flatMap((benchmark) => {
    const sat = sittings.filter((sitting) => sitting.benchmark === benchmark);
    return sat.flatMap((first, index) => sat.slice(index + 1).map((second) => comparePair(first, second, seed)));
  });
  return {
    title: 'Evaluation',
    findings: [
      ...sittings.map(accuracySentence),
      ...pairs.map(({ sentence }) => sentence),
      ...sittings.flatMap(oneLetterSentence),
      ...benchmarks.flatMap(setAsideSentence),
      kind === 'letters'
        ? 'Answers were picked by the likelihood of their letter, as the Open Arabic LLM Leaderboard does.'
        : 'Answers were picked by the likelihood of their text per character.',
    ],
    tables: [
      {
        title: 'Accuracy',
        columns: ['benchmark', 'model', 'questions', 'correct', 'accuracy', '95 % low', '95 % high', 'chance', 'set aside'],
        rows: sittings.map(({ model, benchmark, answers: own, accuracy, chance }) => [
          benchmark.definition.title,
          model,
          own.length,
          own.filter(isCorrect).length,
          ...[accuracy.mean, accuracy.low, accuracy.high, chance].map(rounded),
          benchmark.setAside.length,
        ]),
      },
      ...(pairs.length
        ? [
            {
              title: 'Differences between models, on the same questions',
              columns: [
                'benchmark',
                'first',
                'second',
                'second minus first',
                '95 % low',
                '95 % high',
                'only first right',
                'only second right',
                'McNemar p',
              ],
              rows: pairs.map(({ row }) => row),
            },
          ]
        : []),
      ...benchmarks.map((benchmark) => categoryTable(benchmark, names, sittings, seed)),
      {
        title: 'How it was asked',
        columns: ['benchmark', 'protocol', 'source', 'licence'],
        rows: benchmarks.map(({ definition }) => [definition.title, definition.protocol, definition.source, definition.licence]),
      },
    ],
    charts: benchmarks.map((benchmark) => marginChart(benchmark, sittings)),
  };
}

const accuracyOf = (answers: readonly Answer[], seed: number): Interval | undefined =>
  bootstrapMean(
    answers.map((answer) => Number(isCorrect(answer))),
    seed,
  );

/** Of guessing evenly among each question's choices. */
const chanceOf = (answers: readonly Answer[]): number =>
  answers.reduce((sum, { question }) => sum + 1 / question.choices.length, 0) / answers.length;

function accuracySentence({ model, benchmark, accuracy: { mean, low, high }, chance }: Sitting): string {
  const measured = `${model} answers ${percent(mean)} of ${benchmark.definition.title} correctly (95 % interval ${percent(low)} to ${percent(high)}; chance ${percent(chance)})`;
  if (low > chance) return `${measured}: better than guessing.`;
  if (high < chance) return `${measured}: worse than guessing.`;
  return `${measured}: it cannot be told from guessing.`;
}

function comparePair(first: Sitting, second: Sitting, seed: number): { row: ReportTable['rows'][number]; sentence: string } {
  const scores = second.answers.map((answer, index) => [Number(isCorrect(first.answers[index]!)), Number(isCorrect(answer))] as const);
  const { mean, low, high } = bootstrapMean(
    scores.map(([one, other]) => other - one),
    seed,
  )!;
  const onlyFirst = scores.filter(([one, other]) => one > other).length;
  const onlySecond = scores.filter(([one, other]) => one < other).length;
  const p = mcNemar(onlyFirst, onlySecond);
  const { title } = first.benchmark.definition;
  const points = (share: number): string => (100 * share).toFixed(1);
  const interval = `${points(mean)} points, 95 % interval ${points(low)} to ${points(high)}, McNemar p ${p.toFixed(3)}`;
  return {
    row: [title, first.model, second.model, rounded(mean), rounded(low), rounded(high), onlyFirst, onlySecond, rounded(p)],
    sentence:
      low <= 0 && high >= 0
        ? `On ${title}, ${first.model} and ${second.model} cannot be told apart (${interval}).`
        : `On ${title}, ${second.model} is ${mean > 0 ? 'better' : 'worse'} than ${first.model} (${interval}).`,
  };
}

/** A model that answers by position knows nothing of the question. */
function oneLetterSentence({ model, benchmark, answers }: Sitting): string[] {
  const counts = new Map<number, number>();
  for (const { predicted } of answers) counts.set(predicted, (counts.get(predicted) ?? 0) + 1);
  const [place, count] = [...counts].sort((a, b) => b[1] - a[1])[0]!;
  const label = benchmark.definition.letters.labels[place]!;
  return count > 0.75 * answers.length
    ? [`${model} answers ${label} to ${percent(count / answers.length)} of ${benchmark.definition.title}, whatever is asked.`]
    : [];
}

function setAsideSentence({ definition, setAside }: Benchmark): string[] {
  if (setAside.length === 0) return [];
  const listed = setAside.slice(0, 5).map(({ id, reason }) => `${id}: ${reason}`);
  return [
    `${setAside.length} of ${definition.title} set aside, because they cannot be judged (${listed.join('; ')}${setAside.length > 5 ? '; …' : ''}).`,
  ];
}

function categoryTable(benchmark: Benchmark, names: readonly string[], sittings: readonly Sitting[], seed: number): ReportTable {
  const categories = [...new Set(benchmark.questions.map(({ category }) => category))].sort();
  const shown = (interval: Interval | undefined): string =>
    interval ? `${percent(interval.mean)} (${percent(interval.low)} to ${percent(interval.high)})` : '';
  return {
    title: `${benchmark.definition.title} by category`,
    columns: ['category', 'questions', ...names],
    rows: categories.map((category) => [
      category || '(none)',
      benchmark.questions.filter((question) => question.category === category).length,
      ...names.map((model) => {
        const sitting = sittings.find((candidate) => candidate.benchmark === benchmark && candidate.model === model);
        return shown(accuracyOf(sitting?.answers.filter(({ question }) => question.category === category) ?? [], seed));
      }),
    ]),
  };
}

function marginChart(benchmark: Benchmark, sittings: readonly Sitting[]): Report['charts'][number] {
  const own = sittings.filter((sitting) => sitting.benchmark === benchmark);
  const widest = own.flatMap(({ answers }) => answers).reduce((most, { margin }) => Math.max(most, Math.abs(margin)), 0.1);
  const edge = Math.ceil(10 * widest) / 10;
  return {
    title: `${benchmark.definition.title}: how far the right answer is ahead`,
    type: 'histogram',
    x: 'log-likelihood per character, right answer minus best wrong one',
    y: 'questions',
    series: own.map(({ model, answers }) => ({
      name: model,
      points: histogram(
        answers.map(({ margin }) => margin),
        { from: -edge, to: edge, bins: 30 },
      ),
    })),
  };
}
