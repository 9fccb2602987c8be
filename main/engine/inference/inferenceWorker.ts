// A worker thread: opens models, and does what it is asked with them. Tasks take turns between their steps.
import { parentPort } from 'node:worker_threads';
import {
  type CategoryClassifier,
  type Classifier,
  type ContinuationScore,
  type GeneratedText,
  type GenerationStatistics,
  type Generator,
  type Scorer,
  UserError,
} from '../../../nodes/kit/index.ts';
import { openClassifier } from './classifier.ts';
import { openCategoryClassifier } from './openCategoryClassifier.ts';
import { openGenerator } from './openGenerator.ts';
import { openScorer } from './openScorer.ts';

/** `model`: the number that opening it gave. */
export type InferenceTask =
  | { readonly do: 'open'; readonly kind: 'generator' | 'scorer' | 'classifier' | 'category-classifier'; readonly folder: string }
  | { readonly do: 'count'; readonly model: number; readonly texts: readonly string[] }
  | {
      readonly do: 'answer';
      readonly model: number;
      readonly messages: readonly string[];
      readonly limits: readonly number[];
      readonly copies: boolean;
    }
  | { readonly do: 'score'; readonly model: number; readonly items: readonly { readonly prompt: string; readonly continuation: string }[] }
  | { readonly do: 'classify'; readonly model: number; readonly texts: readonly string[] }
  | { readonly do: 'categorise'; readonly model: number; readonly texts: readonly string[] }
  | { readonly do: 'close' };

export interface TaskResults {
  readonly open: { readonly model: number; readonly contextLength: number; readonly labels: readonly string[] };
  /** Tokens in each text. */
  readonly count: readonly number[];
  readonly answer: { readonly answers: GeneratedText[]; readonly statistics: GenerationStatistics };
  readonly score: ContinuationScore[];
  readonly classify: number[];
  readonly categorise: number[][];
  readonly close: undefined;
}

export type ThreadRequest = { readonly call: number; readonly task: InferenceTask } | { readonly stop: number };
export type ThreadMessage =
  | { readonly call: number; readonly done: unknown }
  | {
      readonly call: number;
      readonly failed: { readonly isForPeople: boolean; readonly message: string; readonly code?: string; readonly stack?: string };
    }
  | { readonly log: string };

type Model = { close(): Promise<void> };
const models: Model[] = [];
const running = new Map<number, AbortController>();
const send = (message: ThreadMessage): void => parentPort!.postMessage(message);
const log = (line: string): void => send({ log: line });

async function carryOut(task: InferenceTask, signal: AbortSignal): Promise<TaskResults[InferenceTask['do']]> {
  switch (task.do) {
    case 'open': {
      const { kind, folder } = task;
      const open = {
        generator: openGenerator,
        scorer: openScorer,
        classifier: openClassifier,
        'category-classifier': openCategoryClassifier,
      };
      const model = await open[kind](folder, log);
      return {
        model: models.push(model) - 1,
        contextLength: 'contextLength' in model ? model.contextLength : 0,
        labels: 'labels' in model ? model.labels : [],
      };
    }
    case 'count':
      return task.texts.map((text) => opened<Generator>(task.model).countTokens(text));
    case 'answer': {
      const generator = opened<Generator & { statistics(): GenerationStatistics }>(task.model);
      const limits = new Map(task.messages.map((message, index) => [message, task.limits[index]!]));
      const answers = await generator.answer(task.messages, {
        maxNewTokens: (message) => limits.get(message)!,
        copies: task.copies,
        signal,
      });
      return { answers, statistics: generator.statistics() };
    }
    case 'score':
      return opened<Scorer>(task.model).logLikelihood(task.items, signal);
    case 'classify':
      return opened<Classifier>(task.model).probability(task.texts, signal);
    case 'categorise':
      return opened<CategoryClassifier>(task.model).probabilities(task.texts, signal);
    case 'close':
      for (const model of models.splice(0)) await model.close();
      return undefined;
  }
}

const opened = <T>(model: number): T => models[model] as unknown as T;

parentPort!.on('message', (request: ThreadRequest) => {
  if ('stop' in request) {
    running.get(request.stop)?.abort();
    return;
  }
  const { call, task } = request;
  const controller = new AbortController();
  running.set(call, controller);
  void carryOut(task, controller.signal)
    .then(
      (done) => send({ call, done }),
      (error: NodeJS.ErrnoException) => {
        const { message, code, stack } = error;
        send({ call, failed: { isForPeople: error instanceof UserError, message, code, stack } });
      },
    )
    .finally(() => running.delete(call));
});
