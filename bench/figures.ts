import { parseArgs } from 'node:util';

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Such as `<= 360`; absent for figures that only inform. */
  readonly goal?: string;
  /** Computed from `value` and `goal`; absent without a goal. */
  readonly holds?: boolean;
  /** What the goal or the comparison comes from. */
  readonly against?: string;
}

/** A figure with a goal, judged here and nowhere else. */
export function judged(
  name: string,
  value: number,
  unit: string,
  comparison: '<=' | '>=' | '<' | '>',
  bound: number,
  against: string,
): Figure {
  const holds = { '<=': value <= bound, '>=': value >= bound, '<': value < bound, '>': value > bound }[comparison];
  return { name, value, unit, goal: `${comparison} ${bound}`, holds, against };
}

/** Prints the figures as a table and, with `--json`, as one object on the last line; the exit code says whether every goal holds. */
export function publish(bench: string, figures: readonly Figure[]): void {
  // Benchmarks have options of their own beside it.
  const { values } = parseArgs({ options: { json: { type: 'boolean' } }, strict: false });
  const rows = figures.map(({ name, value, unit, goal, holds, against }) => [
    name,
    Number(value.toPrecision(4)).toLocaleString('en-US', { maximumFractionDigits: 4 }),
    unit,
    goal ?? '',
    holds === undefined ? '' : holds ? 'holds' : 'MISSED',
    against ?? '',
  ]);
  const table = [['figure', 'value', 'unit', 'goal', '', 'against'], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  console.log(
    table
      .map((row) =>
        row
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd(),
      )
      .join('\n'),
  );
  if (values.json) console.log(JSON.stringify({ bench, figures }));
  if (figures.some(({ holds }) => holds === false)) process.exitCode = 1;
}
