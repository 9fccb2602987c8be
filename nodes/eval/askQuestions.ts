import { roundTo } from '../../main/engine/scoring/roundTo.ts';
import type { Scorer } from '../kit/index.ts';
import type { BenchmarkDefinition, Question } from './readBenchmark.ts';

export type AnswerKind = 'letters' | 'texts';

/** Natural-log likelihood of each choice per character. */
export type ChoiceScores = readonly number[];

export interface PromptedChoices {
  readonly prompt: string;
  readonly continuations: readonly string[];
  /** The answer itself, without what stands before it: its characters divide the log-likelihood. */
  readonly answers: readonly string[];
}

/** A question as the benchmark asks it. */
export function promptOf(question: Question, definition: BenchmarkDefinition, kind: AnswerKind): PromptedChoices {
  const { letters, texts } = definition;
  const listed = question.choices.map((text, index) => fill(letters.choice, { label: letters.labels[index]!, text })).join(letters.between);
  const words = { question: question.question, category: question.category.replaceAll('_', ' '), choices: listed };
  const { prompt, before, answers } =
    kind === 'letters'
      ? { prompt: fill(letters.prompt, words), before: letters.before, answers: letters.labels.slice(0, question.choices.length) }
      : { prompt: fill(texts.prompt, words), before: texts.before, answers: question.choices.map((choice) => choice.trim()) };
  return { prompt, continuations: answers.map((answer) => before + answer), answers };
}

/** Scores of every choice of the questions, asked together. */
export async function askQuestions(
  questions: readonly Question[],
  definition: BenchmarkDefinition,
  kind: AnswerKind,
  scorer: Scorer,
  signal: AbortSignal,
): Promise<ChoiceScores[]> {
  const asked = questions.map((question) => promptOf(question, definition, kind));
  const items = asked.flatMap(({ prompt, continuations }) => continuations.map((continuation) => ({ prompt, continuation })));
  const scores = await scorer.logLikelihood(items, signal);
  let next = 0;
  return asked.map(({ answers }) => answers.map((answer) => roundTo(scores[next++]!.logLikelihood / [...answer].length, 5)));
}

/** The likeliest choice, and how far the right one is ahead of the best wrong one (negative when it is not). */
export function judge(scores: ChoiceScores, gold: number): { predicted: number; margin: number } {
  const predicted = scores.indexOf(Math.max(...scores));
  const wrong = Math.max(...scores.filter((_, index) => index !== gold));
  return { predicted, margin: roundTo(scores[gold]! - wrong, 5) };
}

const fill = (template: string, words: Record<string, string>): string =>
  template.replace(/\{(\w+)\}/g, (whole, name: string) => words[name] ?? whole);
