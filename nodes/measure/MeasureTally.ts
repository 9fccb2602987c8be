import { Distribution } from '../../main/engine/scoring/Distribution.ts';
import { GroupedBootstrap } from '../../main/engine/scoring/GroupedBootstrap.ts';
import { excerpt } from '../../main/engine/text/excerpt.ts';
import type { Measure } from './measures.ts';
import type { TextScore } from './TextScore.ts';

export interface MeasuredPair {
  readonly id: string;
  readonly textBefore: string;
  readonly textAfter: string;
  readonly before: TextScore;
  readonly after: TextScore;
  /** Share of the longer text that is edited, 0 to 1. */
  readonly editDistance: number;
  readonly isEditDistanceExact: boolean;
}

export const TOXIC = 0.5;
const EXAMPLES = 10;
const EXAMPLE_CHARACTERS = 1000;

/** Rows of a kind, such as those that were changed. */
export const GROUPS = ['all rows', 'changed rows', `rows with toxicity of ${TOXIC} or more before`] as const;
export type Group = (typeof GROUPS)[number];

/** Differences of pairs in one measure: sums, and what their interval is made from. */
export class Comparison {
  readonly differences: GroupedBootstrap;
  #before = 0;
  #after = 0;

  constructor(seed: number) {
    this.differences = new GroupedBootstrap(seed);
  }

  add(before: number, after: number): void {
    this.#before += before;
    this.#after += after;
    this.differences.add(after - before);
  }
  get count(): number {
    return this.differences.count;
  }
  get before(): number {
    return this.#before / this.count;
  }
  get after(): number {
    return this.#after / this.count;
  }
}

export interface Example {
  readonly id: string;
  readonly textBefore: string;
  readonly textAfter: string;
  readonly before: number;
  readonly after: number;
}

/** Everything that the report tells, in memory that does not grow with the pairs. */
export class MeasureTally {
  readonly measures: readonly Measure[];
  pairs = 0;
  changed = 0;
  toxicBefore = 0;
  stillToxic = 0;
  /** Pairs whose edit distance may be less than was found. */
  inexactDistances = 0;
  readonly editDistances = new Distribution(0.001);
  /** Of changed pairs with text on both sides, log2 of characters after over before. */
  readonly lengthRatios = new Distribution(0.01);
  /** By "before → after". */
  readonly languages = new Map<string, number>();
  readonly fell: Example[] = [];
  readonly rose: Example[] = [];
  readonly #comparisons: ReadonlyMap<Group, readonly Comparison[]>;
  readonly #distributions: readonly { readonly before: Distribution; readonly after: Distribution }[];

  constructor(measures: readonly Measure[], seed: number) {
    this.measures = measures;
    this.#comparisons = new Map(GROUPS.map((group) => [group, measures.map(() => new Comparison(seed))]));
    this.#distributions = measures.map(({ width }) => ({ before: new Distribution(width), after: new Distribution(width) }));
  }

  comparison(group: Group, name: string): Comparison | undefined {
    return this.#comparisons.get(group)![this.#placeOf(name)];
  }
  distribution(name: string): { readonly before: Distribution; readonly after: Distribution } {
    return this.#distributions[this.#placeOf(name)]!;
  }

  add(pair: MeasuredPair): void {
    const { before, after, textBefore, textAfter } = pair;
    const isChanged = textBefore !== textAfter;
    const isToxic = before.toxicity >= TOXIC;
    this.pairs += 1;
    this.changed += Number(isChanged);
    this.toxicBefore += Number(isToxic);
    this.stillToxic += Number(isToxic && after.toxicity >= TOXIC);
    this.inexactDistances += Number(!pair.isEditDistanceExact);
    const groups: readonly boolean[] = [true, isChanged, isToxic];
    for (const [place, measure] of this.measures.entries()) {
      const [valueBefore, valueAfter] = [measure.of(before), measure.of(after)];
      if (valueBefore !== null) this.#distributions[place]!.before.add(valueBefore);
      if (valueAfter !== null) this.#distributions[place]!.after.add(valueAfter);
      if (valueBefore === null || valueAfter === null) continue;
      for (const [at, group] of GROUPS.entries()) if (groups[at]) this.#comparisons.get(group)![place]!.add(valueBefore, valueAfter);
    }
    this.editDistances.add(pair.editDistance);
    if (isChanged && before.characters > 0 && after.characters > 0) this.lengthRatios.add(Math.log2(after.characters / before.characters));
    const languages = `${before.language} → ${after.language}`;
    this.languages.set(languages, (this.languages.get(languages) ?? 0) + 1);
    offer(this.fell, pair, before.toxicity - after.toxicity);
    offer(this.rose, pair, after.toxicity - before.toxicity);
  }

  #placeOf(name: string): number {
    return this.measures.findIndex((measure) => measure.name === name);
  }
}

/** Keeps the pairs with the greatest gain, of equal ones the first. */
function offer(examples: Example[], { id, textBefore, textAfter, before, after }: MeasuredPair, gain: number): void {
  const gainOf = (example: Example): number => Math.abs(example.before - example.after);
  if (gain <= 0 || (examples.length === EXAMPLES && gain <= gainOf(examples.at(-1)!))) return;
  const place = examples.findIndex((example) => gainOf(example) < gain);
  examples.splice(place < 0 ? examples.length : place, 0, {
    id,
    textBefore: shown(textBefore),
    textAfter: shown(textAfter),
    before: before.toxicity,
    after: after.toxicity,
  });
  examples.length = Math.min(examples.length, EXAMPLES);
}

const shown = (text: string): string => (text.length <= EXAMPLE_CHARACTERS ? text : excerpt(text, EXAMPLE_CHARACTERS));
