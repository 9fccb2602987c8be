import { CLEANING_RULES, type DropReason } from '../../main/engine/text/cleaning/cleaningRules.ts';
import { LINE_FAULTS, type LineFault } from '../../main/engine/text/cleaning/correctLines.ts';
import type { CleaningSettings } from '../../main/engine/text/cleaning/cleanDocument.ts';
import { roundTo } from '../../main/engine/scoring/roundTo.ts';
import type { Report, ReportTable } from '../kit/index.ts';
import type { CleaningTally } from './CleaningTally.ts';

const LINE_TITLES: Record<LineFault, string> = {
  'upper-case': 'Mostly capitals',
  numbers: 'Numbers only',
  counter: 'Counter',
  'one-word': 'One word',
  boilerplate: 'Phrase of a menu or notice',
};

interface RuleRow {
  readonly name: DropReason;
  readonly title: string;
  readonly bound: 'least' | 'most';
  readonly limit: number;
}

export function cleanReport(tally: CleaningTally, settings: CleaningSettings): Report {
  const rules = rulesOf(settings);
  return {
    title: 'Cleaning',
    findings: findings(tally, rules, settings),
    tables: [byRule(tally, rules), ...(settings.lines ? [cutLines(tally)] : []), examples(tally, rules)],
    charts: [
      {
        title: 'Length of documents',
        type: 'histogram',
        x: 'log2 of the words',
        y: 'documents',
        series: [
          { name: 'kept', points: sizePoints(tally.keptSizes) },
          { name: 'dropped', points: sizePoints(tally.droppedSizes) },
        ],
      },
    ],
  };
}

function rulesOf({ limits, lines, cutLines }: CleaningSettings): RuleRow[] {
  return [
    ...CLEANING_RULES.flatMap(({ name, title, bound }): RuleRow[] =>
      limits[name] === undefined ? [] : [{ name, title, bound, limit: limits[name] }],
    ),
    ...(lines && cutLines !== undefined
      ? [{ name: 'cut-lines' as const, title: 'Share of words cut with lines', bound: 'most' as const, limit: cutLines }]
      : []),
    ...(lines ? [{ name: 'nothing-left' as const, title: 'Words left after lines were cut', bound: 'least' as const, limit: 1 }] : []),
  ];
}

function findings(tally: CleaningTally, rules: readonly RuleRow[], { lines }: CleaningSettings): string[] {
  const { documents, dropped, words, droppedWords, cutDocuments, faults } = tally;
  const first = (name: DropReason): number => tally.rules.get(name)?.first ?? 0;
  const [worst] = [...rules].sort((a, b) => first(b.name) - first(a.name));
  const lineCount = [...faults.values()].reduce((sum, fault) => sum + fault.lines, 0);
  return [
    `${dropped} of ${documents} documents (${share(dropped, documents)}) with ${share(droppedWords, words)} of the words were dropped; ${documents - dropped} stay.`,
    ...(worst && dropped > 0
      ? [
          `The rule \`${worst.name}\` drops most: ${first(worst.name)} documents, ${tally.rules.get(worst.name)!.alone} of which no other rule would drop.`,
        ]
      : []),
    ...(lines ? [`${lineCount} lines or parts of lines were cut from ${cutDocuments} of the documents that stay.`] : []),
  ];
}

const byRule = ({ rules: counts, documents }: CleaningTally, rules: readonly RuleRow[]): ReportTable => ({
  title: 'By rule, in the order in which they are tried',
  columns: ['rule', 'judges', 'allows', 'first to fail', 'share', 'failing', 'failing nothing else'],
  rows: rules.map(({ name, title, bound, limit }) => {
    const { first, failing, alone } = counts.get(name) ?? { first: 0, failing: 0, alone: 0 };
    return [name, title, `at ${bound} ${limit}`, first, share(first, documents), failing, alone];
  }),
});

const cutLines = (tally: CleaningTally): ReportTable => ({
  title: 'Lines cut from documents that stay',
  columns: ['reason', 'lines', 'most frequent', 'times'],
  rows: LINE_FAULTS.flatMap((fault): ReportTable['rows'][number][] => {
    const count = tally.faults.get(fault)?.lines ?? 0;
    const common = tally.commonLines(fault);
    if (common.length === 0) return [[LINE_TITLES[fault], count, null, null]];
    return common.map(([text, times], at) => [at === 0 ? LINE_TITLES[fault] : '', at === 0 ? count : null, text, times]);
  }),
});

const examples = ({ rules: counts }: CleaningTally, rules: readonly RuleRow[]): ReportTable => ({
  title: 'Dropped, nearest to the limit',
  columns: ['rule', 'value', 'limit', 'id', 'text'],
  rows: rules.flatMap(({ name }) =>
    (counts.get(name)?.examples ?? []).map(({ id, value, limit, text }) => [name, roundTo(value, 4), limit, id, text]),
  ),
});

const sizePoints = (sizes: readonly (number | undefined)[]): [number, number][] =>
  Array.from(sizes, (count, size) => [size === 0 ? 0 : size - 0.5, count ?? 0]);

const share = (part: number, whole: number): string => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`);
