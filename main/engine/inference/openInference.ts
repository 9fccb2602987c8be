import fs from 'node:fs/promises';
import type { Inference } from '../../../nodes/kit/index.ts';
import { openClassifier } from './classifier.ts';
import { openGenerator } from './openGenerator.ts';
import { openScorer } from './openScorer.ts';

/** Models for the nodes of a run. Each is opened on first use, once, and shared; `close` lets all of them go. */
export function openInference({ log }: { log: (line: string) => void }): Inference & { close(): Promise<void> } {
  const models = new Map<string, Promise<{ close(): Promise<void> }>>();

  async function shared<T extends { close(): Promise<void> }>(
    kind: string,
    folder: string,
    open: (folder: string) => Promise<T>,
  ): Promise<T> {
    // Two paths to one folder are one model; a folder that is not there is the opener's to report.
    const key = `${kind} ${await fs.realpath(folder).catch(() => folder)}`;
    let model = models.get(key) as Promise<T> | undefined;
    if (!model) {
      const started = performance.now();
      model = open(folder);
      models.set(key, model);
      model.then(
        () => log(`Opened the ${kind} in ${folder} in ${Math.round(performance.now() - started)} ms.`),
        () => models.delete(key),
      );
    }
    return model;
  }

  return {
    generator: (folder) => shared('generator', folder, openGenerator),
    scorer: (folder) => shared('scorer', folder, openScorer),
    classifier: (folder) => shared('classifier', folder, (path) => openClassifier(path, log)),
    async close() {
      const open = [...models.values()];
      models.clear();
      for (const model of open) await model.then((opened) => opened.close()).catch(() => undefined);
    },
  };
}
