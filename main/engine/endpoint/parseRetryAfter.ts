/**
 * Seconds from a `Retry-After` header (RFC 9110, 10.2.3), which is a number of seconds or a date; undefined where it is neither.
 *
 * @param now milliseconds since the epoch
 */
export function parseRetryAfter(value: string | null, now: number): number | undefined {
  const trimmed = value?.trim();
  if (!trimmed) return undefined;
  if (/^\d+(?:\.\d+)?$/.test(trimmed)) return Number(trimmed);
  const date = Date.parse(trimmed);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}
