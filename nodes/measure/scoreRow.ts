import { perplexity } from '../../main/engine/scoring/fluency.ts';
import { roundTo } from '../../main/engine/scoring/roundTo.ts';
import type { Cell, Column, ColumnType, Row } from '../kit/index.ts';
import type { MeasuredPair } from './MeasureTally.ts';
import { bitsPerCharacter, type TextScore, tokensPerCharacter } from './TextScore.ts';

export interface Measured {
  readonly hasFluency: boolean;
  readonly categories: readonly string[];
}
/** Gives two columns, with Before and After behind the name. */
interface Side {
  readonly name: string;
  readonly type: ColumnType;
  readonly of: (score: TextScore) => Cell;
}

const sides = ({ hasFluency, categories }: Measured): Side[] => [
  { name: 'toxicity', type: 'number', of: ({ toxicity }) => toxicity },
  ...(hasFluency
    ? [
        { name: 'perplexity', type: 'number' as const, of: ({ fluency }: TextScore) => perplexity(fluency) },
        { name: 'bitsPerCharacter', type: 'number' as const, of: bitsPerCharacter },
        { name: 'tokensPerCharacter', type: 'number' as const, of: tokensPerCharacter },
      ]
    : []),
  ...categories.map((category, at): Side => ({
    name: columnName(category),
    type: 'number',
    of: (score) => score.categories?.[at] ?? null,
  })),
  { name: 'characters', type: 'integer', of: ({ characters }) => characters },
  { name: 'arabic', type: 'number', of: ({ scripts }) => roundTo(scripts.arabic, 4) },
  { name: 'latin', type: 'number', of: ({ scripts }) => roundTo(scripts.latin, 4) },
  { name: 'digits', type: 'number', of: ({ scripts }) => roundTo(scripts.digits, 4) },
  { name: 'other', type: 'number', of: ({ scripts }) => roundTo(scripts.other, 4) },
  { name: 'language', type: 'string', of: ({ language }) => language },
];

export const scoreColumns = (measured: Measured): Column[] => [
  { name: 'id', type: 'string' },
  { name: 'changed', type: 'boolean' },
  { name: 'editDistance', type: 'number' },
  { name: 'isEditDistanceExact', type: 'boolean' },
  ...sides(measured).flatMap(({ name, type }): Column[] => [
    { name: `${name}Before`, type },
    { name: `${name}After`, type },
  ]),
];

export function scoreRow(pair: MeasuredPair, measured: Measured): Row {
  const { id, textBefore, textAfter, before, after, editDistance, isEditDistanceExact } = pair;
  const row: Row = { id, changed: textBefore !== textAfter, editDistance, isEditDistanceExact };
  for (const { name, of } of sides(measured)) {
    row[`${name}Before`] = of(before);
    row[`${name}After`] = of(after);
  }
  return row;
}

/** `hate speech` gives `hateSpeech`. */
const columnName = (category: string): string =>
  category
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map((word, at) => (at === 0 ? word[0]!.toLowerCase() : word[0]!.toUpperCase()) + word.slice(1))
    .join('');
