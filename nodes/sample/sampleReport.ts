import { Distribution } from '../../main/engine/scoring/Distribution.ts';
import { roundTo } from '../../main/engine/scoring/roundTo.ts';
import type { Report, ReportChart, ReportTable, RunContext } from '../kit/index.ts';
import type { Choice } from './choose.ts';
import type spec from './spec.ts';

type Params = RunContext<typeof spec>['params'];

const METHODS: Record<Params['method'], string> = {
  random: 'at random',
  highest: 'for the highest perplexity',
  lowest: 'for the lowest perplexity',
  spread: 'evenly over the perplexities',
};

export function sampleReport(params: Params, rowCount: number, choice: Choice): Report {
  const { drawn, strata, tooLong, unscored, perplexities } = choice;
  const divided = params.by === '' ? '' : `, spread over "${params.by}" ${params.allocation === 'equal' ? 'equally' : 'in proportion'}`;
  const how = params.method === 'random' && divided !== '' ? divided : ` ${METHODS[params.method]}${divided}`;
  const sampled = distributionOf(choice);
  return {
    title: 'Sample',
    findings: [
      `${drawn.size} of ${rowCount} documents were drawn${how}.`,
      ...(perplexities && sampled.count > 0
        ? [
            `The median perplexity is ${shown(sampled.quantile(0.5)!)} in the sample and ${shown(perplexities.quantile(0.5)!)} in the ${perplexities.count} documents that were scored.`,
          ]
        : []),
      ...(drawn.size < params.count ? [`${params.count} were asked for, but there are no more to draw.`] : []),
      ...(tooLong > 0 ? [`${tooLong} documents were left aside because they have more than ${params.maxCharacters} characters.`] : []),
      ...(unscored > 0 ? [`${unscored} documents were left aside because they have no text to score.`] : []),
    ],
    tables: [
      ...(params.by === ''
        ? []
        : [
            {
              title: `By ${params.by}`,
              columns: [params.by, 'Documents', 'Drawn'],
              rows: strata.map(({ value, seen, drawn: count }) => [value, seen, count]),
            },
          ]),
      ...(perplexities ? [perplexityTable(perplexities, sampled)] : []),
    ],
    charts: perplexities && perplexities.count > 0 ? [perplexityChart(perplexities, sampled)] : [],
  };
}

function distributionOf({ drawn }: Choice): Distribution {
  const distribution = new Distribution(0.01);
  for (const logPerplexity of drawn.values()) if (logPerplexity !== undefined) distribution.add(logPerplexity);
  return distribution;
}

const SHARES = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1];

const perplexityTable = (all: Distribution, sampled: Distribution): ReportTable => ({
  title: 'Perplexity',
  columns: ['documents', 'count', 'lowest', '10 %', '25 %', 'median', '75 %', '90 %', 'highest'],
  rows: (
    [
      ['scored', all],
      ['drawn', sampled],
    ] as const
  ).map(([name, found]) => [name, found.count, ...SHARES.map((share) => valueOf(found.quantile(share)))]),
});

function perplexityChart(all: Distribution, sampled: Distribution): ReportChart {
  const [least, most] = all.range!;
  const from = Math.floor(least);
  const bins = { from, to: Math.max(from + 1, Math.ceil(most)), bins: 24 };
  return {
    title: 'Perplexity',
    type: 'histogram',
    x: 'natural logarithm of the perplexity',
    y: 'documents',
    series: [
      { name: 'scored', points: all.histogram(bins) },
      { name: 'drawn', points: sampled.histogram(bins) },
    ],
  };
}

const valueOf = (log: number | undefined): number | null => (log === undefined || log > 700 ? null : roundTo(Math.exp(log), 2));
const shown = (log: number): string => (log > 700 ? 'beyond numbers' : Math.exp(log).toFixed(1));
