import { GroupedBootstrap } from '../../main/engine/scoring/GroupedBootstrap.ts';
import { roundTo } from '../../main/engine/scoring/roundTo.ts';
import type { Report, ReportChart, ReportTable } from '../kit/index.ts';
import { BITS, CHARACTERS, LOG_PERPLEXITY, type Measure, TOKENS, TOXICITY } from './measures.ts';
import { type Example, type Group, GROUPS, type MeasureTally, TOXIC } from './MeasureTally.ts';

interface Found {
  readonly count: number;
  readonly before: number;
  readonly after: number;
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}
type Differences = ReadonlyMap<Group, ReadonlyMap<string, Found | undefined>>;

export interface ReportNotes {
  /** What was not measured or not to be trusted, in sentences. */
  readonly notes: readonly string[];
  /** Awaited now and then: intervals take a while. */
  readonly pause: () => Promise<void>;
}

/** Differences of pairs by group, with bootstrap intervals; findings in plain words. */
export async function measureReport(tally: MeasureTally, { notes, pause }: ReportNotes): Promise<Report> {
  const differences = await allDifferences(tally, pause);
  return {
    title: 'Before and after',
    findings: [...findings(tally, differences), ...notes],
    tables: [
      {
        title: 'Differences, after minus before',
        columns: ['rows', 'measure', 'count', 'before', 'after', 'difference', '95 % low', '95 % high'],
        rows: GROUPS.flatMap((group) =>
          tally.measures.map((measure) => differenceRow(group, measure, differences.get(group)!.get(measure.name))),
        ),
      },
      distributionTable(tally),
      editTable(tally),
      languageTable(tally),
      exampleTable('Toxicity fell most', tally.fell),
      exampleTable('Toxicity rose most', tally.rose),
    ],
    charts: charts(tally),
  };
}

async function allDifferences(tally: MeasureTally, pause: () => Promise<void>): Promise<Differences> {
  const comparisons = GROUPS.flatMap((group) => tally.measures.map(({ name }) => ({ group, name, found: tally.comparison(group, name)! })));
  const intervals = await GroupedBootstrap.intervals(
    comparisons.map(({ found }) => found.differences),
    pause,
  );
  const groups = new Map<Group, Map<string, Found | undefined>>(GROUPS.map((group) => [group, new Map()]));
  for (const [place, { group, name, found }] of comparisons.entries()) {
    const interval = intervals[place];
    const { count, before, after } = found;
    groups.get(group)!.set(name, interval && { count, before, after, difference: interval.mean, low: interval.low, high: interval.high });
  }
  return groups;
}

function findings(tally: MeasureTally, differences: Differences): string[] {
  const all = differences.get('all rows')!;
  const toxicRows = differences.get(GROUPS[2])!.get(TOXICITY);
  const categories = tally.measures.filter(({ axis, name }) => axis === 'probability' && name !== TOXICITY);
  return [
    ...sentence('Toxicity', 'the mean probability', all.get(TOXICITY), (value) => value.toFixed(3)),
    ...sentence(
      'Perplexity',
      'the geometric mean',
      all.get(LOG_PERPLEXITY),
      (value) => Math.exp(value).toFixed(1),
      (value) => `${(100 * (Math.exp(value) - 1)).toFixed(1)} %`,
    ),
    ...sentence('Bits per character', 'the mean', all.get(BITS), (value) => value.toFixed(3)),
    ...tokensFinding(all.get(LOG_PERPLEXITY), all.get(BITS), all.get(TOKENS)),
    `${tally.changed} of ${tally.pairs} rows were changed; ${tally.toxicBefore} had a toxicity of ${TOXIC} or more before, ${tally.stillToxic} of them still have it.`,
    ...(toxicRows ? sentence(`Toxicity of those rows`, 'the mean probability', toxicRows, (value) => value.toFixed(3)) : []),
    ...categories.flatMap(({ name }) =>
      sentence(`${name[0]!.toUpperCase()}${name.slice(1)}`, 'the mean probability', all.get(name), (value) => value.toFixed(3)),
    ),
    ...sentence('Length', 'the mean number of characters', all.get(CHARACTERS), (value) => value.toFixed(0)),
    ...(tally.changed > 0
      ? [
          `The mean edit distance is ${percent(tally.editDistances.mean ?? 0)} of the longer text over all rows, ${percent(meanOfChanged(tally))} over the changed ones.`,
        ]
      : []),
    ...(tally.inexactDistances > 0
      ? [
          `${tally.inexactDistances} pairs are too long to align in full: their edit distance is what was found between passages that both have, and may be too great.`,
        ]
      : []),
  ];
}

/** Perplexity is per token: where texts split into other tokens, it changes by that alone. */
function tokensFinding(perplexity: Found | undefined, bits: Found | undefined, tokens: Found | undefined): string[] {
  if (!perplexity || !bits || !tokens) return [];
  const values = `Tokens per character go from ${tokens.before.toFixed(3)} to ${tokens.after.toFixed(3)}`;
  if (tokens.low <= 0 && tokens.high >= 0)
    return [`${values}, no more than by chance: perplexity is not changed by how the texts split into tokens.`];
  const doDisagree = perplexity.difference * bits.difference < 0;
  const by = `the texts after split into ${tokens.difference > 0 ? 'shorter' : 'longer'} tokens, which makes each ${tokens.difference > 0 ? 'easier' : 'harder'} to foretell`;
  return [
    `${values}: ${by}; ${doDisagree ? 'perplexity and bits per character disagree for that reason: trust the bits' : 'bits per character leave that out'}.`,
  ];
}

/** Rows that were not changed have a distance of 0. */
const meanOfChanged = ({ editDistances, changed, pairs }: MeasureTally): number => ((editDistances.mean ?? 0) * pairs) / changed;
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function sentence(
  what: string,
  how: string,
  found: Found | undefined,
  shown: (value: number) => string,
  change: (difference: number) => string = (difference) => shown(difference),
): string[] {
  if (!found) return [];
  const interval = `${change(found.difference)}, 95 % interval ${change(found.low)} to ${change(found.high)}`;
  const values = `${how} goes from ${shown(found.before)} to ${shown(found.after)} (${interval})`;
  if (found.low <= 0 && found.high >= 0) return [`${what}: no change can be told from chance; ${values}.`];
  return [`${what} ${found.difference < 0 ? 'fell' : 'rose'}: ${values}.`];
}

function differenceRow(group: Group, { name, decimals }: Measure, found: Found | undefined): ReportTable['rows'][number] {
  if (!found) return [group, name, 0, null, null, null, null, null];
  const { count, before, after, difference, low, high } = found;
  return [group, name, count, ...[before, after, difference, low, high].map((value) => roundTo(value, decimals))];
}

const SHARES = [0.1, 0.5, 0.9];
const distributionTable = (tally: MeasureTally): ReportTable => ({
  title: 'Distributions, all rows',
  columns: ['measure', 'text', 'count', 'mean', '10 %', 'median', '90 %'],
  rows: tally.measures.flatMap(({ name, decimals }) =>
    (['before', 'after'] as const).map((side): ReportTable['rows'][number] => {
      const found = tally.distribution(name)[side];
      const numbers = [found.mean, ...SHARES.map((share) => found.quantile(share))];
      return [name, side, found.count, ...numbers.map((value) => (value === undefined ? null : roundTo(value, decimals)))];
    }),
  ),
});

function editTable({ editDistances, lengthRatios }: MeasureTally): ReportTable {
  const row = (name: string, found: typeof editDistances, shown: (value: number) => number): ReportTable['rows'][number] => [
    name,
    found.count,
    ...SHARES.map((share) => {
      const value = found.quantile(share);
      return value === undefined ? null : roundTo(shown(value), 3);
    }),
  ];
  return {
    title: 'Edits',
    columns: ['measure', 'count', '10 %', 'median', '90 %'],
    rows: [
      row('edit distance, share of the longer text', editDistances, (value) => value),
      row('length after over before, changed rows', lengthRatios, (value) => 2 ** value),
    ],
  };
}

const languageTable = ({ languages, pairs }: MeasureTally): ReportTable => ({
  title: 'Language, as the letters hint',
  columns: ['before → after', 'rows', 'share'],
  rows: [...languages].sort((a, b) => b[1] - a[1]).map(([change, count]) => [change, count, percent(count / pairs)]),
});

const exampleTable = (title: string, examples: readonly Example[]): ReportTable => ({
  title,
  columns: ['id', 'before', 'after', 'toxicity before', 'toxicity after'],
  rows: examples.map(({ id, textBefore, textAfter, before, after }) => [id, textBefore, textAfter, roundTo(before, 3), roundTo(after, 3)]),
});

function charts(tally: MeasureTally): ReportChart[] {
  const both = (title: string, x: string, name: string, bins: { from: number; to: number; bins: number }): ReportChart => {
    const { before, after } = tally.distribution(name);
    return {
      title,
      type: 'histogram',
      x,
      y: 'rows',
      series: [
        { name: 'before', points: before.histogram(bins) },
        { name: 'after', points: after.histogram(bins) },
      ],
    };
  };
  const capital = (name: string): string => `${name[0]!.toUpperCase()}${name.slice(1)}`;
  const unit = { from: 0, to: 1, bins: 20 };
  const perplexityRange = rangeOf(tally, LOG_PERPLEXITY);
  return [
    ...tally.measures.filter(({ axis }) => axis === 'probability').map(({ name }) => both(capital(name), 'probability', name, unit)),
    ...(perplexityRange
      ? [both('Perplexity', 'natural logarithm of the perplexity', LOG_PERPLEXITY, { ...perplexityRange, bins: 24 })]
      : []),
    ...(rangeOf(tally, BITS) ? [both('Bits per character', 'bits', BITS, { ...rangeOf(tally, BITS)!, bins: 24 })] : []),
    both('Arabic letters', 'share of visible characters', 'share of Arabic letters', unit),
    {
      title: 'Edit distance',
      type: 'histogram',
      x: 'share of the longer text',
      y: 'rows',
      series: [{ name: 'rows', points: tally.editDistances.histogram(unit) }],
    },
  ];
}

/** Whole numbers around the values before and after; undefined when there are none. */
function rangeOf(tally: MeasureTally, name: string): { from: number; to: number } | undefined {
  if (!tally.measures.some((measure) => measure.name === name)) return undefined;
  const { before, after } = tally.distribution(name);
  const ends = [before.range, after.range].flatMap((range) => range ?? []);
  if (ends.length === 0) return undefined;
  const from = Math.floor(Math.min(...ends));
  return { from, to: Math.max(from + 1, Math.ceil(Math.max(...ends))) };
}
