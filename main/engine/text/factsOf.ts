import { foldedForSearch, wordsOf } from './wordsOf.ts';

/** Digits that belong to a Latin word (7abibi, G20) are part of that word. */
const NUMBER = /(?<![a-z0-9_])\d+(?:[.,٫٬]?\d+)*(?![a-z0-9_])/gu;

/** Numbers of a text in one writing: ٣ and ۳ as 3, ٫ as a point, without thousands separators. */
export function numbersOf(text: string): Set<string> {
  const found = foldedForSearch(text).match(NUMBER) ?? [];
  return new Set(found.map((number) => number.replaceAll('٫', '.').replace(/[,٬](?=\d{3}(?:\D|$))/gu, '')));
}

const LINK = /(?:https?:\/\/|www\.)[^\s<>«»"،؛]+/giu;
export const EMAIL = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu;
/** Links and e-mail addresses, without the punctuation that ends a sentence after them. */
export const addressesOf = (text: string): string[] =>
  [...(text.match(LINK) ?? []), ...(text.match(EMAIL) ?? [])].map((address) => address.replace(/[.,;:!?)\]}'’”]+$/u, ''));

/** Titles that a name follows. الرئيس and الوزير are left out: a verb follows them as often. */
const TITLE =
  /(?<![\p{L}\p{M}])(?:(?:ال)?(?:دكتوره?|سيده?|استاذه?|شيخه?|اميره?|مهندسه?|حاجه?|بروفيسوره?|عميد|لواء|عقيد)|[دام]\.|mrs?\.?|ms\.?|dr\.?|prof\.?|sheikh)\s*[./]?\s+(\p{L}[\p{L}\p{M}'’-]+)(?:\s+(\p{L}[\p{L}\p{M}'’-]+))?/gu;
/** After a title these say that no name follows. */
const FUNCTION_WORDS = new Set(
  'من الي علي في عن ان انه انها الذي التي الذين هذا هذه ذلك تلك ثم او و قد لقد كان كانت قال قالت هو هي هم ما لا لم لن كل بعض بعد قبل عند مع حتي يا بن ابن the a an of in on to and or is was who that'.split(
    ' ',
  ),
);

/**
 * Words that are probably names, folded. Without a model this is a guess, and it misses most Arabic names: those known by
 * a title before them (with the second word only where the first is عبد, أبو, بن), Latin words with a capital letter where
 * no sentence starts, and Latin words of capitals or with digits. `repeated` adds words of five letters or more that the
 * text says three times.
 */
export function namesOf(text: string, repeated: boolean): Set<string> {
  const found = new Set<string>();
  for (const [, first, second] of foldedForSearch(text).matchAll(TITLE)) {
    if (FUNCTION_WORDS.has(first!)) continue;
    found.add(wordsOf(first!)[0]!.folded);
    if (second && /^(?:عبد|ابو|ام|بن|ال|ابن)$/u.test(first!)) found.add(wordsOf(second)[0]!.folded);
  }
  for (const { 0: word, index } of text.matchAll(
    /(?<![\p{L}\p{M}\p{N}@#_/.])\p{Script=Latin}[\p{Script=Latin}\p{N}'’-]*(?![\p{L}\p{M}_])/gu,
  )) {
    const startsSentence = /(?:^|[.!?؟\n]["'»”’)\]]*\s*)$/u.test(text.slice(Math.max(0, index - 8), index));
    const isMarked = /^\p{Lu}[\p{Lu}\p{N}-]+$/u.test(word) || /\p{N}/u.test(word) || /\p{Ll}\p{Lu}/u.test(word);
    if (isMarked || (/^\p{Lu}\p{Ll}+/u.test(word) && !startsSentence)) for (const { folded } of wordsOf(word)) found.add(folded);
  }
  if (!repeated) return found;
  const counts = new Map<string, number>();
  for (const { folded } of wordsOf(text)) counts.set(folded, (counts.get(folded) ?? 0) + 1);
  for (const [word, count] of counts) if (count >= 3 && [...word].length >= 5 && !FUNCTION_WORDS.has(word)) found.add(word);
  return found;
}
