/** What a step costs beside its columns, as if it had so many more: the cache is read and copied whole each time. */
const STEP_COLUMNS = 8;
const MOST_COLUMNS = 96;

/** Of one row: tokens that can be guessed, and how likely each is to be right. */
export interface Guessable {
  readonly available: number;
  readonly rate: number;
}

/**
 * How many tokens of each row one step should look at, at least 1: the number that confirms most tokens for its time.
 * All rows have equally many columns, so a row's guess costs nothing where another row's is as long.
 */
export function chooseColumns(rows: readonly Guessable[]): number {
  const longest = Math.min(MOST_COLUMNS, 1 + Math.max(0, ...rows.map(({ available }) => available)));
  // The model's own token of each row is certain; the n-th guess counts if all before it were right.
  let gain = rows.length;
  const chances = rows.map(() => 1);
  let best = { columns: 1, speed: gain / (STEP_COLUMNS + 1) };
  for (let columns = 2; columns <= longest; columns++) {
    rows.forEach(({ available, rate }, row) => {
      chances[row] = available >= columns - 1 ? chances[row]! * rate : 0;
      gain += chances[row]!;
    });
    const speed = gain / (STEP_COLUMNS + columns);
    if (speed > best.speed) best = { columns, speed };
  }
  return best.columns;
}
