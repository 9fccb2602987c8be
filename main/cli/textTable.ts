/** An aligned table for a terminal; columns whose header ends in `>` stand right-aligned. */
export function textTable(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const titles = headers.map((header) => header.replace(/>$/, ''));
  const widths = titles.map((title, column) => Math.max(width(title), ...rows.map((row) => width(row[column] ?? ''))));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => {
        const space = ' '.repeat(widths[column]! - width(cell));
        return headers[column]!.endsWith('>') ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd();
  return `${[
    line(titles),
    widths
      .map((columns) => '─'.repeat(columns))
      .join('  ')
      .trimEnd(),
    ...rows.map((row) => line(titles.map((_, column) => row[column] ?? ''))),
  ].join('\n')}\n`;
}

/** Columns that a text takes on a terminal: marks such as Arabic vowels take none. */
export const width = (text: string): number => Array.from(text.replace(/\p{Mn}|\p{Cf}/gu, '')).length;

export const duration = (seconds: number): string => {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
};

export const count = (value: number): string => Math.round(value).toLocaleString('en-US');

export const bytes = (value: number): string => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let rest = value;
  while (rest >= 1000 && unit < units.length - 1) {
    rest /= 1000;
    unit++;
  }
  return `${unit === 0 ? rest : rest.toFixed(rest < 10 ? 1 : 0)} ${units[unit]}`;
};
