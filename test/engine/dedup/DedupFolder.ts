import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { deduplicate, type DedupSizes } from '../../../main/engine/dedup/deduplicate.ts';
import type { DedupCorpus, DedupOptions, DedupResult } from '../../../main/engine/dedup/DedupOptions.ts';
import { ALL_NORMALISATIONS } from '../../../main/engine/text/normaliseArabic.ts';

/** A document's text, or all its members. */
export type Written = string | object;

/** A folder for one test's files, gone after it. */
export class DedupFolder {
  readonly path = fs.mkdtempSync(path.join(os.tmpdir(), 'nasaq-dedup-'));
  #runs = 0;

  constructor() {
    onTestFinished(() => fs.rmSync(this.path, { recursive: true, force: true }));
  }

  file(name: string): string {
    return path.join(this.path, name);
  }

  /** One document a line. */
  write(name: string, documents: readonly Written[]): string {
    return this.writeBytes(name, documents.map((document) => `${JSON.stringify(asRow(document))}\n`).join(''));
  }

  writeBytes(name: string, bytes: string | Uint8Array): string {
    fs.writeFileSync(this.file(name), bytes);
    return this.file(name);
  }

  /** Balanced, on one thread and with a work folder of its own, but for what `more` says. */
  options(files: readonly string[] | readonly DedupCorpus[], more: Partial<DedupOptions> = {}): DedupOptions {
    const corpora = files.map((file, at) => (typeof file === 'string' ? { name: `corpus ${at + 1}`, files: [file] } : file));
    this.#runs += 1;
    return {
      corpora,
      textField: 'text',
      shingles: { of: 'words', size: 3 },
      threshold: 0.7,
      keep: 'first',
      normalisation: ALL_NORMALISATIONS,
      seed: 1,
      threads: 1,
      memoryBudget: 512e6,
      workFolder: this.file(`work-${this.#runs}`),
      ...more,
    };
  }

  deduplicate(
    files: readonly string[] | readonly DedupCorpus[],
    more: Partial<DedupOptions> = {},
    sizes?: DedupSizes,
  ): Promise<DedupResult> {
    return deduplicate(this.options(files, more), sizes);
  }

  /** As `deduplicate`, of one corpus of one file. */
  deduplicateTexts(documents: readonly Written[], more: Partial<DedupOptions> = {}, sizes?: DedupSizes): Promise<DedupResult> {
    return this.deduplicate([this.write(`texts-${this.#runs}.jsonl`, documents)], more, sizes);
  }
}

const asRow = (document: Written): object => (typeof document === 'string' ? { text: document } : document);

/** `[position, duplicateOf, rule]` of each. */
export const removals = (result: DedupResult): [number, number, string][] =>
  [...result.duplicates()].map(({ position, duplicateOf, rule }) => [position, duplicateOf, rule]);

/** `words(5, 55)` and `words(0, 50)` have 45 words in common. */
export const words = (from: number, to: number): string => Array.from({ length: to - from }, (_, at) => `كلمة${from + at}`).join(' ');

/** What was thrown; fails where nothing was. */
export async function failureOf(running: Promise<unknown>): Promise<Error & { code?: string }> {
  try {
    await running;
  } catch (error) {
    return error as Error;
  }
  throw new Error('Nothing was thrown.');
}
