import { folderDigest } from '../../main/engine/scoring/folderDigest.ts';
import { keptResults } from '../../main/engine/scoring/keptResults.ts';
import { roundTo } from '../../main/engine/scoring/roundTo.ts';
import type { RunContext } from '../kit/index.ts';
import { CATEGORIES, judgeCategories } from './judgeCategories.ts';
import type spec from './spec.ts';

export interface Categories {
  readonly names: readonly string[];
  /** Sentences for the report. */
  readonly notes: readonly string[];
  /** Of both texts of pairs, those before at even places; `position` is that of the first pair. Undefined: not known. */
  of(texts: readonly string[], keys: readonly string[], position: number): Promise<(readonly number[] | undefined)[] | undefined>;
}

const NONE: Categories = { names: [], notes: [], of: async () => undefined };

/** Who tells the categories of toxicity apart; an endpoint is asked here, before anything is measured. */
export async function openCategories(context: RunContext<typeof spec>): Promise<Categories> {
  if (context.params.categories === 'classifier') return classifierCategories(context);
  if (context.params.categories === 'none') return NONE;
  const { notes, isJudged, of } = await judgeCategories(context);
  return {
    names: CATEGORIES,
    notes,
    of: async (_, keys, position) => {
      const wanted = keys.filter((_, place) => isJudged(position + (place >> 1)));
      if (wanted.length === 0) return undefined;
      const found = new Map(of(wanted).map((probabilities, place) => [wanted[place]!, probabilities]));
      return keys.map((key, place) => (isJudged(position + (place >> 1)) ? found.get(key) : undefined));
    },
  };
}

async function classifierCategories({ path, params, inference, rowResults, signal }: RunContext<typeof spec>): Promise<Categories> {
  const folder = path(params.categoryClassifier);
  const digest = await folderDigest(folder);
  const classifier = await inference.categoryClassifier(folder);
  const work = {
    results: rowResults<number[]>({ categoryClassifier: digest }),
    size: (text: string) => text.length,
    maxRows: 64,
    maxSize: 64_000,
    signal,
    compute: async (texts: readonly string[]) =>
      (await classifier.probabilities(texts, signal)).map((found) => found.map((probability) => roundTo(probability, 5))),
  };
  return { names: classifier.labels, notes: [], of: async (texts, keys) => (await keptResults(texts, keys, work)).results as number[][] };
}
