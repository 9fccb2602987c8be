import fs from 'node:fs/promises';
import type { CategoryClassifier, Classifier, GenerationStatistics, Generator, Inference, Scorer } from '../../../nodes/kit/index.ts';
import { inferenceSettings } from './inferenceEnvironment.ts';
import { InferenceThread } from './InferenceThread.ts';
import type { InferenceTask, TaskResults } from './inferenceWorker.ts';
import { openChatTokenizer } from './openChatTokenizer.ts';
import { readLanguageModelFolder } from './readLanguageModelFolder.ts';

type Ask = <T extends InferenceTask>(task: T, signal?: AbortSignal) => Promise<TaskResults[T['do']]>;
type Kind = Extract<InferenceTask, { do: 'open' }>['kind'];

/**
 * Models for the nodes of a run, in a thread of their own. Each is opened on first use, once, and shared; `close` lets
 * all of them go.
 */
export function openInference({ log }: { log: (line: string) => void }): Inference & { close(): Promise<void> } {
  // ONNX Runtime 1.30 reports its use to Microsoft. Read by the library itself, so it must be set before its thread starts.
  process.env.ORT_DISABLE_TELEMETRY = '1';
  const thread = new InferenceThread(log);
  const ask = thread.ask.bind(thread) as Ask;
  const models = new Map<string, Promise<unknown>>();

  async function shared<T>(kind: Kind, folder: string, open: (ask: Ask, folder: string) => Promise<T>): Promise<T> {
    // Two paths to one folder are one model; a folder that is not there is the opener's to report.
    const key = `${kind} ${await fs.realpath(folder).catch(() => folder)}`;
    let model = models.get(key) as Promise<T> | undefined;
    if (!model) {
      if (models.size === 0) log(inferenceSettings().explanation);
      const started = performance.now();
      model = open(ask, folder);
      models.set(key, model);
      model.then(
        () => log(`Opened the ${kind} in ${folder} in ${Math.round(performance.now() - started)} ms.`),
        () => models.delete(key),
      );
    }
    return model;
  }

  return {
    generator: (folder) => shared('generator', folder, remoteGenerator),
    scorer: (folder) => shared('scorer', folder, remoteScorer),
    classifier: (folder) => shared('classifier', folder, remoteClassifier),
    categoryClassifier: (folder) => shared('category-classifier', folder, remoteCategoryClassifier),
    close: () => thread.close(),
  };
}

async function remoteGenerator(ask: Ask, folder: string): Promise<Generator> {
  const { model, contextLength } = await ask({ do: 'open', kind: 'generator', folder });
  const tokenizer = openChatTokenizer(await readLanguageModelFolder(folder));
  const counts = new Map<string, number>();
  let statistics: GenerationStatistics = { steps: 0, tokens: 0, guessed: 0, accepted: 0, close: 0 };
  return {
    contextLength,
    countTokens: (text) => counts.get(text) ?? tokenizer.encode(text).length,
    async answer(messages, { maxNewTokens, copies = true, signal }) {
      // The thread counts what it is about to answer; `maxNewTokens` asks for it.
      const found = await ask({ do: 'count', model, texts: messages }, signal);
      messages.forEach((message, index) => counts.set(message, found[index]!));
      const limits = messages.map((message) => maxNewTokens(message));
      counts.clear();
      const result = await ask({ do: 'answer', model, messages, limits, copies }, signal);
      statistics = result.statistics;
      return result.answers;
    },
    statistics: () => statistics,
  };
}

async function remoteScorer(ask: Ask, folder: string): Promise<Scorer> {
  const { model, contextLength } = await ask({ do: 'open', kind: 'scorer', folder });
  return { contextLength, logLikelihood: (items, signal) => ask({ do: 'score', model, items }, signal) };
}

async function remoteClassifier(ask: Ask, folder: string): Promise<Classifier> {
  const { model } = await ask({ do: 'open', kind: 'classifier', folder });
  return { probability: (texts, signal) => ask({ do: 'classify', model, texts }, signal) };
}

async function remoteCategoryClassifier(ask: Ask, folder: string): Promise<CategoryClassifier> {
  const { model, labels } = await ask({ do: 'open', kind: 'category-classifier', folder });
  return { labels, probabilities: (texts, signal) => ask({ do: 'categorise', model, texts }, signal) };
}
