import { DUPLICATE_RULES, type DedupResult, type Duplicate } from '../../main/engine/dedup/DedupOptions.ts';
import { splitPieces } from '../../main/engine/dedup/splitPieces.ts';
import type { Report, ReportTable } from '../kit/index.ts';
import type { ClusterSources } from './clusterRows.ts';
import type { ClusterStatistics } from './ClusterStatistics.ts';
import { excerpt } from './excerpt.ts';
import type { RepeatedPieces } from './RepeatedPieces.ts';
import { likenessOf, type Settings } from './settings.ts';
import { sizeInWords } from './sizeInWords.ts';

const LARGEST = 20;

const RULE_TITLES = { exact: 'Exactly equal', normalised: 'Equal after normalisation', near: 'Near duplicates' };

interface Parts {
  readonly params: Settings;
  readonly result: DedupResult;
  readonly statistics: ClusterStatistics;
  readonly sources: ClusterSources;
  readonly pieces: RepeatedPieces | undefined;
  /** Documents without a value to order by. */
  readonly unordered: number;
}

export const dedupReport = (parts: Parts): Report => ({
  title: 'Deduplication',
  findings: [...mainFindings(parts), ...pieceFindings(parts)],
  tables: [byRule(parts), largestClusters(parts), leastAlike(parts), ...commonPieces(parts)],
  charts: [
    {
      title: 'Similarity of near duplicates',
      type: 'histogram',
      x: 'Jaccard similarity',
      y: 'Documents',
      series: [{ name: 'dropped', points: histogram(parts.statistics.similarities) }],
    },
  ],
});

function mainFindings({ params, result, statistics: { dropped }, unordered }: Parts): string[] {
  const { documents, textBytes, keptTextBytes, empty, wordless, crowdedBuckets, againstDocuments } = result;
  const { shingles, threshold } = likenessOf(params);
  const lost = textBytes - keptTextBytes;
  return [
    `${dropped} of ${documents} documents (${share(dropped, documents)}) and ${sizeInWords(lost)} of ${sizeInWords(textBytes)} of text ` +
      `(${share(lost, textBytes)}) are duplicates and were dropped; ${documents - dropped} stay.`,
    params.profile === 'exact'
      ? 'Only equal texts were looked for, also after normalisation.'
      : `Near duplicates share at least ${threshold} of their ${shingles.of === 'words' ? 'word' : 'character'} ${shingles.size}-grams with a document that stays.`,
    ...(againstDocuments > 0 ? [`They were compared with ${againstDocuments} documents of \`against\` too.`] : []),
    ...(crowdedBuckets > 0
      ? [
          `${crowdedBuckets} groups of alike documents were so large that not all of their pairs were looked at: some near duplicates may be left among them.`,
        ]
      : []),
    ...(empty > 0 ? [`${empty} documents have no text; they stay, because empty texts are not taken for copies of each other.`] : []),
    ...(wordless > 0
      ? [`${wordless} documents have nothing that is compared, such as emoji only; among them only exact copies were dropped.`]
      : []),
    ...(unordered > 0
      ? [
          `${unordered} documents have no ${params.keep === 'newest' ? 'date that reads like 2024-05-31' : 'score'} in "${params.orderColumn}"; they come after those that have one.`,
        ]
      : []),
  ];
}

function pieceFindings({ params, pieces }: Parts): string[] {
  if (!pieces) return [];
  const { counts } = pieces;
  const what = `${counts.pieces} ${params.pieces} in ${counts.documents} of the documents that stay (${share(counts.characters, counts.allCharacters)} of their characters)`;
  return [
    `${what} stand in at least ${params.pieceDocuments} documents and not there first; they were ${params.pieceAction === 'cut' ? 'cut' : 'flagged'}.`,
    ...(params.pieceAction === 'cut' && counts.whole > 0
      ? [`${counts.whole} documents have nothing else; they stay whole, because cutting would leave them empty.`]
      : []),
  ];
}

const byRule = ({ result, statistics: { counts, bytes } }: Parts): ReportTable => ({
  title: 'By rule',
  columns: ['Rule', 'Dropped', 'Share', 'Text', 'Share of text'],
  rows: DUPLICATE_RULES.map((rule) => [
    RULE_TITLES[rule],
    counts[rule],
    share(counts[rule], result.documents),
    sizeInWords(bytes[rule]),
    share(bytes[rule], result.textBytes),
  ]),
});

const largestClusters = ({ statistics, sources }: Parts): ReportTable => ({
  title: 'Largest clusters',
  columns: ['Kept', 'Documents', 'Text'],
  rows: statistics.largest(LARGEST).map(({ kept, isAgainst, size }) => {
    const { id, text } = shown(kept, isAgainst, sources);
    return [id, size, text];
  }),
});

const leastAlike = ({ statistics, sources }: Parts): ReportTable => ({
  title: 'Near duplicates, least alike first',
  columns: ['Similarity', 'Dropped', 'Its text', 'Kept', 'Its text'],
  rows: statistics.leastAlike.map(({ position, duplicateOf, isAgainst, similarity }: Duplicate) => {
    const dropped = shown(position, false, sources);
    const kept = shown(duplicateOf, isAgainst, sources);
    return [Number(similarity.toFixed(3)), dropped.id, dropped.text, kept.id, kept.text];
  }),
});

function commonPieces({ params: { pieces }, result: { commonPieces }, sources }: Parts): ReportTable[] {
  if (pieces === 'off') return [];
  const rows = commonPieces.map(({ position, piece, documents }) => {
    const { text } = sources.documents.read(position);
    const { start, end } = splitPieces(text, pieces)[piece]!;
    return [excerpt(text.slice(start, end)), documents, sources.idOf(position)];
  });
  return [{ title: `Most common ${pieces}`, columns: ['Text', 'Documents', 'First in'], rows }];
}

function shown(position: number, isAgainst: boolean, { documents, against, idOf }: ClusterSources): { id: string; text: string } {
  const { id, text } = (isAgainst ? against : documents).read(position);
  return { id: isAgainst ? `${id} (against)` : idOf(position), text: excerpt(text) };
}

const share = (part: number, whole: number): string => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`);

/** Lower edges of the bins, from the first that has something on. */
function histogram(bins: Uint32Array): [number, number][] {
  const first = bins.findIndex((count) => count > 0);
  return first < 0 ? [] : Array.from(bins.subarray(first), (count, at): [number, number] => [(first + at) / bins.length, count]);
}
