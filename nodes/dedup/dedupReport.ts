import { DUPLICATE_RULES, type Duplicate, type DuplicateSearch } from '../../main/engine/dedup/DuplicateFinder.ts';
import type { Report, Row } from '../kit/index.ts';

const LARGEST = 20;
const EXAMPLES = 10;
const EXCERPT = 160;

const RULE_TITLES = { exact: 'Exactly equal', normalised: 'Equal after normalisation', near: 'Near duplicates' };

/** Reads the rows once more, for ids and excerpts of the documents that it shows. */
export async function dedupReport(
  search: DuplicateSearch,
  rows: AsyncIterable<Row>,
  { shingleSize, threshold }: { shingleSize: number; threshold: number },
): Promise<Report> {
  const { documents, duplicates, empty, wordless } = search;
  const sizes = new Map<number, number>();
  for (const { duplicateOf } of duplicates) sizes.set(duplicateOf, (sizes.get(duplicateOf) ?? 1) + 1);
  const largest = [...sizes].sort(([a, x], [b, y]) => y - x || a - b).slice(0, LARGEST);
  const near = duplicates.filter(({ rule }) => rule === 'near');
  // From the least alike on: those are the ones worth doubting.
  const examples = [...near].sort((a, b) => a.similarity - b.similarity || a.position - b.position).slice(0, EXAMPLES);
  const shown = await excerpts(rows, [
    ...largest.map(([kept]) => kept),
    ...examples.flatMap(({ position, duplicateOf }) => [position, duplicateOf]),
  ]);
  const counts = DUPLICATE_RULES.map((rule) => ({ rule, count: duplicates.filter((duplicate) => duplicate.rule === rule).length }));
  return {
    title: 'Deduplication',
    findings: [
      `${duplicates.length} of ${documents} documents (${share(duplicates.length, documents)}) are duplicates and were dropped; ${documents - duplicates.length} stay.`,
      `Near duplicates share at least ${threshold} of their word ${shingleSize}-grams with a document that stays.`,
      ...(empty > 0 ? [`${empty} documents have no text; they stay, because empty texts are not taken for copies of each other.`] : []),
      ...(wordless > 0
        ? [`${wordless} documents have nothing that is compared, such as emoji only; among them only exact copies were dropped.`]
        : []),
    ],
    tables: [
      {
        title: 'By rule',
        columns: ['Rule', 'Dropped', 'Share'],
        rows: counts.map(({ rule, count }) => [RULE_TITLES[rule], count, share(count, documents)]),
      },
      {
        title: 'Largest clusters',
        columns: ['Kept', 'Documents', 'Text'],
        rows: largest.map(([kept, size]) => [shown.get(kept)!.id, size, shown.get(kept)!.text]),
      },
      {
        title: 'Near duplicates, least alike first',
        columns: ['Similarity', 'Dropped', 'Its text', 'Kept', 'Its text'],
        rows: examples.map(({ position, duplicateOf, similarity }) => {
          const [dropped, kept] = [shown.get(position)!, shown.get(duplicateOf)!];
          return [Number(similarity.toFixed(3)), dropped.id, dropped.text, kept.id, kept.text];
        }),
      },
    ],
    charts: [
      {
        title: 'Similarity of near duplicates',
        type: 'histogram',
        x: 'Jaccard similarity',
        y: 'Documents',
        series: [{ name: 'dropped', points: histogram(near) }],
      },
    ],
  };
}

const share = (part: number, whole: number): string => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`);

/** Lower edges of twentieths. */
function histogram(near: readonly Duplicate[]): [number, number][] {
  const bins = Array.from({ length: 20 }, (_, at): [number, number] => [at / 20, 0]);
  for (const { similarity } of near) bins[Math.min(19, Math.floor(similarity * 20))]![1] += 1;
  return bins.slice(bins.findIndex(([, count]) => count > 0)).filter(() => near.length > 0);
}

async function excerpts(rows: AsyncIterable<Row>, positions: readonly number[]): Promise<Map<number, { id: string; text: string }>> {
  const wanted = new Set(positions);
  const found = new Map<number, { id: string; text: string }>();
  let position = 0;
  for await (const { id, text } of rows) {
    if (wanted.has(position)) {
      const line = String(text).replace(/\s+/g, ' ');
      const letters = [...line];
      found.set(position, { id: String(id), text: letters.length > EXCERPT ? `${letters.slice(0, EXCERPT).join('')}…` : line });
    }
    position += 1;
  }
  return found;
}
