const LONGEST = 160;

/** The beginning of a text on one line. */
export function excerpt(text: string): string {
  const line = text
    .slice(0, 8 * LONGEST)
    .replace(/\s+/g, ' ')
    .trim();
  const letters = [...line];
  return letters.length > LONGEST || text.length > 8 * LONGEST ? `${letters.slice(0, LONGEST).join('')}…` : line;
}
