import { foldedForSearch, wordsOf } from './wordsOf.ts';

/** Folded as `foldedForSearch` folds: ا for أ إ آ, ي for ى, ه for ة. */
const REFUSALS = [
  /\bi(?:['’]m| am) (?:very )?(?:sorry|unable|not able|afraid)|\bi (?:cannot|can['’]?t|can not|won['’]t|will not|must decline)\b|\bas an? (?:ai|large language|language model|assistant)|\b(?:sorry|apologi[sz]e),? but\b|\bagainst (?:my|our|the) (?:guidelines|polic)/u,
  /\bje (?:ne peux pas|suis désolé)|\ben tant qu['’](?:ia|assistant|intelligence)/u,
  /(?<![\p{L}\p{M}])(?:لا (?:استطيع|يمكنني|اقدر ان)|لن (?:استطيع|اتمكن)|(?:عذرا|اسف|اعتذر|ناسف|نعتذر)[،,]? (?:و?لكن|لا|فلا|لن|عن) ?|(?:بصفتي|كوني|باعتباري|انا) (?:مجرد )?(?:نموذجا?|مساعدا?|ذكاءا?) |كنموذج لغوي|يتعارض مع (?:سياس|ارشاد|مباد))/u,
];
/** A refusal comes at once; further on the same words are somebody's speech. */
const REFUSAL_WITHIN = 160;

/** The words with which an answer declines to rewrite, if the raw text has not the same. */
export function refusalIn(text: string, raw: string): string | undefined {
  const start = foldedForSearch(text.slice(0, REFUSAL_WITHIN));
  for (const pattern of REFUSALS) {
    const words = pattern.exec(start)?.[0].trim();
    if (words && !foldedForSearch(raw).includes(words)) return words;
  }
  return undefined;
}

const MARKERS =
  /<\|[^|>\n]{1,40}\|>|<\/?s>|\[\/?INST\]|<<\/?SYS>>|<(?:start|end)_of_turn>|<\/?think>|^#{2,} ?(?:Instruction|Response|Input)\b/giu;
const ROLE = /^(?:assistant|user|system|human|المساعد|المستخدم)\s?:/iu;
const PREAMBLE =
  /^(?:(?:sure|certainly|of course|okay)[,!.]|(?:sure[,!.]? )?here (?:is|are) (?:the|your|a)\b[^.\n]{0,60}:|(?:بالتاكيد|بالطبع|حسنا)[،,!.]|(?:اليك|فيما يلي|هذا هو|هذه هي)(?![\p{L}\p{M}])[^.\n]{0,60}:|النص (?:المعدل|المنقح|المصحح|المعاد|بعد|النهائي)[^.\n]{0,40}:|(?:rewritten|revised|corrected|cleaned)(?: text| version)? ?:)/u;
const FENCE = /^(?:```|~~~)/u;
const INSTRUCTION_WORDS = 7;

/**
 * What an answer shows of the conversation around it, and the raw text does not: chat markers, a role, a preamble, a code
 * fence around all, or seven words in a row of the worker's instructions.
 */
export function leakIn(text: string, raw: string, instructions: string): string | undefined {
  const marker = (text.match(MARKERS) ?? []).find((found) => !raw.includes(found));
  if (marker) return `has the chat marker “${marker}”`;
  if (FENCE.test(text) && !FENCE.test(raw)) return 'is put into a code fence';
  const start = foldedForSearch(text.slice(0, REFUSAL_WITHIN));
  const rawStart = foldedForSearch(raw.slice(0, 2 * REFUSAL_WITHIN));
  for (const pattern of [ROLE, PREAMBLE]) {
    const words = pattern.exec(start)?.[0];
    if (words && !rawStart.includes(words)) return `starts with “${words}”`;
  }
  if (instructions === '') return undefined;
  const known = phrases(raw);
  const told = phrases(instructions);
  const words = [...phrases(text)].find((phrase) => told.has(phrase) && !known.has(phrase));
  return words && `says “${words}” of the worker's instructions`;
}

function phrases(text: string): Set<string> {
  const words = wordsOf(text).map(({ folded }) => folded);
  const found = new Set<string>();
  for (let place = 0; place + INSTRUCTION_WORDS <= words.length; place++)
    found.add(words.slice(place, place + INSTRUCTION_WORDS).join(' '));
  return found;
}
