import { bootstrapMean } from '../../main/engine/scoring/bootstrap.ts';
import { histogram } from '../../main/engine/scoring/histogram.ts';
import { roundTo } from '../../main/engine/scoring/roundTo.ts';
import type { Report, ReportChart, ReportTable } from '../kit/index.ts';
import { bitsPerCharacter, perplexity, type TextScore } from './TextScore.ts';

export interface MeasuredPair {
  readonly id: string;
  readonly textBefore: string;
  readonly textAfter: string;
  readonly before: TextScore;
  readonly after: TextScore;
}

const TOXIC = 0.5;
const EXAMPLES = 10;

interface Comparison {
  readonly count: number;
  readonly before: number;
  readonly after: number;
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}
type Measure = (score: TextScore) => number | null;

const MEASURES: readonly { name: string; decimals: number; of: Measure }[] = [
  { name: 'toxicity', decimals: 4, of: ({ toxicity }) => toxicity },
  { name: 'log perplexity (nats per token)', decimals: 4, of: ({ logLikelihood, tokens }) => (tokens ? -logLikelihood / tokens : null) },
  { name: 'bits per character', decimals: 4, of: bitsPerCharacter },
];

/** Differences of pairs by group, with bootstrap intervals from `seed`; findings in plain words. */
export function measureReport(pairs: readonly MeasuredPair[], seed: number): Report {
  const changed = pairs.filter(({ textBefore, textAfter }) => textBefore !== textAfter);
  const toxic = pairs.filter(({ before }) => before.toxicity >= TOXIC);
  const groups = [
    { name: 'all rows', rows: pairs },
    { name: 'changed rows', rows: changed },
    { name: `rows with toxicity of ${TOXIC} or more before`, rows: toxic },
  ];
  const all = (index: number): Comparison | undefined => compare(pairs, MEASURES[index]!.of, seed);
  return {
    title: 'Before and after',
    findings: [
      ...sentence('Toxicity', 'the mean probability', all(0), (value) => value.toFixed(3)),
      ...sentence(
        'Perplexity',
        'the geometric mean',
        all(1),
        (value) => Math.exp(value).toFixed(1),
        (value) => `${(100 * (Math.exp(value) - 1)).toFixed(1)} %`,
      ),
      ...sentence('Bits per character', 'the mean', all(2), (value) => value.toFixed(3)),
      `${changed.length} of ${pairs.length} rows were changed; ${toxic.length} had a toxicity of ${TOXIC} or more before, ${toxic.filter(({ after }) => after.toxicity >= TOXIC).length} of them still have it.`,
      ...(toxic.length > 0
        ? sentence(`Toxicity of those rows`, 'the mean probability', compare(toxic, MEASURES[0]!.of, seed), (value) => value.toFixed(3))
        : []),
    ],
    tables: [
      {
        title: 'Differences, after minus before',
        columns: ['rows', 'measure', 'count', 'before', 'after', 'difference', '95 % low', '95 % high'],
        rows: groups.flatMap(({ name, rows }) =>
          MEASURES.map((measure): ReportTable['rows'][number] => {
            const found = compare(rows, measure.of, seed);
            if (!found) return [name, measure.name, 0, null, null, null, null, null];
            const numbers = [found.before, found.after, found.difference, found.low, found.high].map((value) =>
              roundTo(value, measure.decimals),
            );
            return [name, measure.name, found.count, ...numbers];
          }),
        ),
      },
      exampleTable('Toxicity fell most', pairs, (pair) => pair.before.toxicity - pair.after.toxicity),
      exampleTable('Toxicity rose most', pairs, (pair) => pair.after.toxicity - pair.before.toxicity),
    ],
    charts: charts(pairs),
  };
}

function compare(pairs: readonly MeasuredPair[], measure: Measure, seed: number): Comparison | undefined {
  const values = pairs.flatMap((pair): [number, number][] => {
    const before = measure(pair.before);
    const after = measure(pair.after);
    return before === null || after === null ? [] : [[before, after]];
  });
  const interval = bootstrapMean(
    values.map(([before, after]) => after - before),
    seed,
  );
  if (!interval) return undefined;
  const mean = (index: 0 | 1): number => values.reduce((sum, value) => sum + value[index], 0) / values.length;
  return { count: values.length, before: mean(0), after: mean(1), difference: interval.mean, low: interval.low, high: interval.high };
}

function sentence(
  what: string,
  how: string,
  found: Comparison | undefined,
  shown: (value: number) => string,
  change: (difference: number) => string = (difference) => shown(difference),
): string[] {
  if (!found) return [];
  const interval = `${change(found.difference)}, 95 % interval ${change(found.low)} to ${change(found.high)}`;
  const values = `${how} goes from ${shown(found.before)} to ${shown(found.after)} (${interval})`;
  if (found.low <= 0 && found.high >= 0) return [`${what}: no change can be told from chance; ${values}.`];
  return [`${what} ${found.difference < 0 ? 'fell' : 'rose'}: ${values}.`];
}

function exampleTable(title: string, pairs: readonly MeasuredPair[], gain: (pair: MeasuredPair) => number): ReportTable {
  const rows = pairs
    .filter((pair) => gain(pair) > 0)
    .sort((a, b) => gain(b) - gain(a))
    .slice(0, EXAMPLES)
    .map(({ id, textBefore, textAfter, before, after }) => [
      id,
      textBefore,
      textAfter,
      roundTo(before.toxicity, 3),
      roundTo(after.toxicity, 3),
    ]);
  return { title, columns: ['id', 'before', 'after', 'toxicity before', 'toxicity after'], rows };
}

function charts(pairs: readonly MeasuredPair[]): ReportChart[] {
  const logPerplexity = (score: TextScore): number[] => {
    const value = perplexity(score);
    return value === null ? [] : [Math.log2(value)];
  };
  const both = pairs.flatMap(({ before, after }) => [...logPerplexity(before), ...logPerplexity(after)]);
  const from = Math.floor(both.reduce((least, value) => Math.min(least, value), Infinity));
  const to = Math.ceil(both.reduce((most, value) => Math.max(most, value), -Infinity));
  const toxicityBins = { from: 0, to: 1, bins: 20 };
  const perplexityBins = { from, to: Math.max(to, from + 1), bins: 24 };
  return [
    {
      title: 'Toxicity',
      type: 'histogram',
      x: 'probability',
      y: 'rows',
      series: [
        {
          name: 'before',
          points: histogram(
            pairs.map(({ before }) => before.toxicity),
            toxicityBins,
          ),
        },
        {
          name: 'after',
          points: histogram(
            pairs.map(({ after }) => after.toxicity),
            toxicityBins,
          ),
        },
      ],
    },
    ...(both.length === 0
      ? []
      : [
          {
            title: 'Perplexity',
            type: 'histogram' as const,
            x: 'log2 of the perplexity',
            y: 'rows',
            series: [
              {
                name: 'before',
                points: histogram(
                  pairs.flatMap(({ before }) => logPerplexity(before)),
                  perplexityBins,
                ),
              },
              {
                name: 'after',
                points: histogram(
                  pairs.flatMap(({ after }) => logPerplexity(after)),
                  perplexityBins,
                ),
              },
            ],
          },
        ]),
  ];
}
