const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

export const formatCount = (count: number): string => whole.format(count);

/** "0.4 s", "12 s", "3 min 05 s", "2 h 10 min". */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const rounded = Math.round(seconds);
  if (rounded < 60) return `${rounded} s`;
  if (rounded < 3600) return `${Math.floor(rounded / 60)} min ${String(rounded % 60).padStart(2, '0')} s`;
  return `${Math.floor(rounded / 3600)} h ${Math.floor((rounded % 3600) / 60)} min`;
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]}`;
}

/** "3 / 10 rows", "1.2 GB / 139 GB", "3 rows" where the total is not known. */
export function formatAmount(done: number, total: number | undefined, unit: string): string {
  const format = unit === 'bytes' ? formatBytes : formatCount;
  return `${format(done)}${total === undefined ? '' : ` / ${format(total)}`}${unit === 'bytes' ? '' : ` ${unit}`}`;
}

/** "3.2 rows/s", "1,200 rows/s", "240 MB/s". */
export const formatRate = (rate: number, unit: string): string =>
  unit === 'bytes' ? `${formatBytes(rate)}/s` : `${rate < 10 ? rate.toFixed(1) : whole.format(rate)} ${unit}/s`;

/** Numbers in tables: whole ones grouped, others with four significant digits. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value)) return whole.format(value);
  return Math.abs(value) >= 1e-4 && Math.abs(value) < 1e6 ? String(Number(value.toPrecision(4))) : value.toExponential(2);
}
