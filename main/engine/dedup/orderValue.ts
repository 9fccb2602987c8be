/** ISO 8601: a date, perhaps with a time, perhaps with a zone. */
const DATE = /^(\d{4}(?:-\d\d(?:-\d\d)?)?)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/;

/**
 * What a document is ordered by: a number as it is, a date as milliseconds since 1970, −Infinity for null. A date without a
 * zone is UTC, so that the order is the same on every machine. NaN: neither a number nor a date.
 */
export function orderValue(value: unknown): number {
  if (value === null) return -Infinity;
  if (typeof value === 'number') return value;
  const [, date, time, zone = 'Z'] = (typeof value === 'string' && DATE.exec(value)) || [];
  if (date === undefined) return NaN;
  return Date.parse(time === undefined ? date : `${date}T${time}${zone}`);
}
