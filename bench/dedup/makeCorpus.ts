import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { type Edit, editText, type EditedText } from './editText.ts';
import type { NewsText } from './NewsText.ts';
import { Random } from './Random.ts';

export interface CorpusOptions {
  /** Corpus file: JSON lines of `id` (the row, from 0) and `text`. */
  readonly corpus: string;
  /** Truth file: one JSON line for each copy. */
  readonly truth: string;
  readonly documents: number;
  readonly seed: number;
}

/** A copy and its source: rows of the corpus, from 0. */
export interface KnownCopy {
  readonly id: number;
  readonly source: number;
  readonly edit: Edit;
  readonly rate: number;
}

const SHARE_OF_COPIES = 0.28;
const LARGEST_CLUSTER = 25;

/**
 * Writes a corpus like the web's: real news, chains of its words to fill up, and among them, in random order, copies that
 * differ from their source in known ways. 3.6 kB a document in the mean. All in memory: about 4 kB a document.
 */
export async function makeCorpus(news: NewsText, options: CorpusOptions): Promise<void> {
  const { documents, seed } = options;
  const random = new Random(seed);
  const originals = news.texts.slice(0, Math.ceil(documents * (1 - SHARE_OF_COPIES)));
  while (originals.length < Math.ceil(documents * (1 - SHARE_OF_COPIES))) originals.push(news.chain(random, documentLength(random)));

  const copies: (EditedText & { readonly source: number })[] = [];
  while (originals.length + copies.length < documents) {
    const source = random.below(originals.length);
    const cluster = random.chance(0.8) ? 1 : Math.min(LARGEST_CLUSTER, 1 + Math.floor(random.pareto(1.1)));
    for (let copy = 0; copy < cluster && originals.length + copies.length < documents; copy += 1) {
      copies.push({ ...editText(originals[source]!, random.pick(originals), news, random), source });
    }
  }

  const order = Uint32Array.from({ length: documents }, (_, at) => at);
  random.shuffle(order);
  const rowOf = new Uint32Array(documents);
  order.forEach((document, row) => (rowOf[document] = row));
  await writeLines(options.corpus, documents, (row) => {
    const document = order[row]!;
    const text = originals[document] ?? copies[document - originals.length]!.text;
    // Signs that an edit added stand in no particular order until here.
    return JSON.stringify({ id: row, text: text.normalize('NFKC') });
  });
  await writeLines(options.truth, copies.length, (at) => {
    const { source, edit, rate } = copies[at]!;
    return JSON.stringify({ id: rowOf[originals.length + at], source: rowOf[source], edit, rate });
  });
}

/** In words; half of the documents have more than 262. */
const documentLength = (random: Random): number => Math.min(4000, Math.max(15, Math.floor(random.logNormal(262, 0.85))));

async function writeLines(file: string, count: number, line: (at: number) => string): Promise<void> {
  const stream = createWriteStream(file);
  let block = '';
  for (let at = 0; at < count; at += 1) {
    block += `${line(at)}\n`;
    if (block.length < 2 ** 20) continue;
    if (!stream.write(block)) await once(stream, 'drain');
    block = '';
  }
  stream.end(block);
  await finished(stream);
}
