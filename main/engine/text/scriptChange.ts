const SCRIPTS = ['Arabic', 'Latin', 'Cyrillic', 'Greek', 'Hebrew', 'Han', 'Hiragana', 'Katakana', 'Hangul', 'Devanagari', 'Thai'] as const;
const SCRIPT_PATTERNS = SCRIPTS.map((script) => [script, new RegExp(`(?=\\p{L})\\p{Script=${script}}`, 'gu')] as const);
/** How far the share of the raw text's own script may fall. */
const SCRIPT_FALL = 0.2;

export function lettersByScript(text: string): Map<string, number> {
  const counts = SCRIPT_PATTERNS.map(([script, pattern]) => [script, text.match(pattern)?.length ?? 0] as const);
  return new Map(counts.filter(([, count]) => count > 0));
}

/** How the letters of a text show that it is in another script than `raw`, of which `fit` might stay; completes "the rewrite …". */
export function scriptChange(raw: string, fit: string, text: string): string | undefined {
  if (text.includes('\uFFFD') && !raw.includes('\uFFFD')) return 'has broken characters';
  const there = lettersByScript(raw);
  const before = lettersByScript(fit);
  const after = lettersByScript(text);
  const foreign = [...after.keys()].find((script) => !there.has(script));
  if (foreign) return `has ${foreign} letters, which the raw text has not`;
  const [main] = [...before].sort((a, b) => b[1] - a[1]);
  if (!main) return undefined;
  const share = (counts: Map<string, number>): number => (counts.get(main[0]) ?? 0) / Math.max(1, sum(counts.values()));
  return share(after) < share(before) - SCRIPT_FALL ? `has a smaller share of ${main[0]} letters than the raw text` : undefined;
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, value) => total + value, 0);

/** Letters that Arabic itself does not have; a word or two of them are a foreign name. */
const OTHER_ARABIC_SCRIPT = /[پچژگٹڈڑےںھہکیۀەێۆڤ]/gu;
/** The commonest function words (Zipf's top), enough to tell languages of one script apart in a sentence or two. */
const FUNCTION_WORDS: Readonly<Record<string, ReadonlySet<string>>> = Object.fromEntries(
  Object.entries({
    English: 'the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which you',
    French: 'le la les de des du et un une est que qui dans pour pas sur au avec ce il elle ne se sont par plus nous vous',
    Spanish: 'el la los las de del y un una es que en por con para no se su al lo como más pero sus le ha este',
    German: 'der die das und ist in den von zu mit sich des auf für nicht ein eine als auch es an werden aus er hat dass sie',
    Turkish: 've bir bu da de için ile çok daha olarak gibi ne o ama en kadar her sonra var',
    Indonesian: 'yang dan di ke dari untuk ini itu dengan pada tidak adalah dalam akan oleh sebagai juga saya',
  }).map(([language, words]) => [language, new Set(words.split(' '))]),
);
const ENOUGH_WORDS = 8;

/** How a text in the same script shows that its language changed; a guess from letters and function words. */
export function languageChange(raw: string, text: string): string | undefined {
  const letters = text.match(/\p{Script=Arabic}/gu)?.length ?? 0;
  const others = text.match(OTHER_ARABIC_SCRIPT)?.length ?? 0;
  const rawOthers = raw.match(OTHER_ARABIC_SCRIPT)?.length ?? 0;
  if (others - rawOthers >= 4 && others > 0.05 * letters) return 'has letters of Persian, Urdu or Kurdish, which the raw text has not';
  const [before, after] = [latinLanguage(raw), latinLanguage(text)];
  return before && after && before !== after ? `reads as ${after}, and the raw text as ${before}` : undefined;
}

/** The language of a text in Latin letters, when its function words say so clearly. */
function latinLanguage(text: string): string | undefined {
  const words = text.toLowerCase().match(/(?<!\p{L})\p{Script=Latin}+(?!\p{L})/gu) ?? [];
  if (words.length < ENOUGH_WORDS) return undefined;
  const counts = Object.entries(FUNCTION_WORDS)
    .map(([language, known]) => ({ language, count: words.filter((word) => known.has(word)).length }))
    .sort((a, b) => b.count - a.count);
  const [first, second] = counts;
  return first!.count >= 0.15 * words.length && first!.count >= 1.5 * second!.count ? first!.language : undefined;
}
