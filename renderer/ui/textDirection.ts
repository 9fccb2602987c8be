const LETTER = /\p{L}/u;
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
/** Enough to know a text by; documents can be long. */
const LOOKED_AT = 400;

/**
 * `dir` for a text: `auto`, which goes by the first letter, unless most letters say otherwise, as in an Arabic
 * comment that begins with a Latin @name.
 */
export function textDirection(text: string): 'auto' | 'rtl' | 'ltr' {
  let first: 'rtl' | 'ltr' | undefined;
  let balance = 0;
  for (const character of text.slice(0, LOOKED_AT)) {
    if (!LETTER.test(character)) continue;
    const direction = RIGHT_TO_LEFT.test(character) ? 'rtl' : 'ltr';
    first ??= direction;
    balance += direction === 'rtl' ? 1 : -1;
  }
  const most = balance >= 0 ? 'rtl' : 'ltr';
  return first === undefined || balance === 0 || first === most ? 'auto' : most;
}
