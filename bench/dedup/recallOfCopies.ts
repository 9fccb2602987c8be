import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { type Figure, judged } from '../figures.ts';
import type { BenchContext } from './BenchContext.ts';
import { EDITS, SPELLINGS } from './editText.ts';
import type { KnownCopy } from './makeCorpus.ts';
import { measure } from './measure.ts';
import { nasaqCommand, nasaqJob } from './nasaqJob.ts';
import { readPairs } from './pairsFile.ts';
import { pairKey } from './scorePairs.ts';

const PROFILES = [
  { name: 'loose', words: 2, threshold: 0.5 },
  { name: 'balanced', words: 3, threshold: 0.7 },
] as const;
/** Of its words changed, a copy that the loose profile is there to find. */
const CHANGED = 0.1;
const GOAL = 0.99;

const copySchema: z.ZodType<KnownCopy> = z.strictObject({ id: z.int(), source: z.int(), edit: z.enum(EDITS), rate: z.number() });

/** Which of the corpus's known copies are found, by kind of edit, with normalisation on. */
export async function recallOfCopies({ corpus, folder, say }: BenchContext): Promise<Figure[]> {
  const copies: KnownCopy[] = [];
  for await (const line of createInterface(createReadStream(corpus.truth, 'utf8'))) copies.push(copySchema.parse(JSON.parse(line)));
  const figures: Figure[] = [];
  for (const { name, words, threshold } of PROFILES) {
    say(`copies found by the ${name} profile`);
    const settings = { files: [corpus.file], words, threshold, normalised: true, threads: 2, memoryBudget: 1e9, allPairs: true };
    const job = nasaqJob(name, folder, settings);
    const cost = await measure(nasaqCommand(job));
    const found = new Set<number>();
    for (const pair of readPairs(job.pairs)) found.add(pairKey(pair));
    const recall = (some: readonly KnownCopy[]): number =>
      some.filter(({ id, source }) => found.has(pairKey({ a: id, b: source }))).length / some.length;
    const against = (some: readonly KnownCopy[]): string => `${some.length} known copies; ${words}-grams, ${threshold}, normalised`;

    const changed = copies.filter(({ edit, rate }) => edit === 'words' && rate === CHANGED);
    const what = `${name}: copies with ${100 * CHANGED} % of their words changed`;
    figures.push({ name: `${name}: documents`, value: corpus.documents / cost.cpuSeconds, unit: 'documents / CPU s' });
    if (name === 'loose') figures.push(judged(what, recall(changed), 'recall', '>=', GOAL, against(changed)));
    else figures.push({ name: what, value: recall(changed), unit: 'recall', against: against(changed) });
    for (const spelling of SPELLINGS) {
      const spelt = copies.filter(({ edit }) => edit === spelling);
      figures.push(judged(`${name}: copies with other ${spelling}`, recall(spelt), 'recall', '>=', GOAL, against(spelt)));
    }
  }
  return figures;
}
