import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../nodes/kit/index.ts';
import { cached, digestFiles } from './cacheFolder.ts';
import { makeCorpus } from './makeCorpus.ts';
import { measure } from './measure.ts';
import { NewsText } from './NewsText.ts';

const SEED = 7;
const sources = (...names: string[]): string[] => names.map((name) => path.join(import.meta.dirname, name));
const root = path.resolve(import.meta.dirname, '..', '..');
const newsFile = path.resolve(root, process.env.NASAQ_TEST_DATA ?? path.join('..', 'shared', 'data'), 'ant_corpus', 'ant_v1.1.jsonl');

export interface BenchCorpus {
  readonly file: string;
  readonly truth: string;
  readonly documents: number;
  readonly bytes: number;
}

export function readNews(): Promise<NewsText> {
  if (!existsSync(newsFile)) {
    throw new UserError(`${newsFile} is missing: set NASAQ_TEST_DATA to the folder that holds ant_corpus/ant_v1.1.jsonl.`);
  }
  return NewsText.read(newsFile);
}

/** The corpus with known copies, kept from run to run. */
export async function benchCorpus(documents: number): Promise<BenchCorpus> {
  const makers = sources('makeCorpus.ts', 'editText.ts', 'NewsText.ts', 'Random.ts');
  const news = await readNews();
  const folder = await cached('dedup-corpus', [documents, SEED, await digestFiles([newsFile, ...makers])], async (folder) => {
    await makeCorpus(news, { corpus: path.join(folder, 'corpus.jsonl'), truth: path.join(folder, 'truth.jsonl'), documents, seed: SEED });
  });
  const file = path.join(folder, 'corpus.jsonl');
  return { file, truth: path.join(folder, 'truth.jsonl'), documents, bytes: statSync(file).size };
}

/** The file of every pair of documents whose word n-grams are at least so similar, kept from run to run. */
export async function exactPairs(corpus: BenchCorpus, words: number, threshold: number): Promise<string> {
  const makers = sources('joinCorpus.ts', 'exactJoin.ts', 'ShingleSets.ts', 'pairsFile.ts', 'NewsText.ts');
  const folder = await cached('dedup-pairs', [words, threshold, await digestFiles([corpus.file, ...makers])], async (folder) => {
    const args = [
      path.join(import.meta.dirname, 'joinCorpus.ts'),
      corpus.file,
      String(words),
      String(threshold),
      path.join(folder, 'pairs'),
    ];
    await measure({ program: process.execPath, args });
  });
  return path.join(folder, 'pairs');
}
