/** The beginning of a text on one line, for tables of examples; never half a character. */
export function excerpt(text: string, characters = 200): string {
  const read = text.slice(0, 4 * characters);
  const line = read.replace(/\s+/gu, ' ').trim();
  if (line.length <= characters && read.length === text.length) return line;
  return `${line.slice(0, characters).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
