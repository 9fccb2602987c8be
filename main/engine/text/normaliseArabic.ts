/** What two texts may differ in and still count as the same. For comparing only: never written into a corpus. */
export interface NormalisationRules {
  /** Presentation forms such as ﻻ become plain letters (NFKC, Unicode Annex 15), and invisible characters are left out. */
  readonly compatibility: boolean;
  /** أ إ آ ٱ as ا; ؤ as و; ئ as ي. */
  readonly hamza: boolean;
  /** ى as ي, and the Persian ی and ک as ي and ك. */
  readonly yaa: boolean;
  /** ة as ه. */
  readonly taaMarbuta: boolean;
  /** Vowel signs, shadda, sukun, superscript alef and Quranic marks are left out. */
  readonly diacritics: boolean;
  /** The stretching stroke ـ is left out. */
  readonly tatweel: boolean;
  /** Punctuation, symbols and emoji count as a space. */
  readonly punctuation: boolean;
  /** ٠–٩ and ۰–۹ as 0–9. */
  readonly digits: boolean;
  /** A as a. */
  readonly letterCase: boolean;
}

export const ALL_NORMALISATIONS: NormalisationRules = {
  compatibility: true,
  hamza: true,
  yaa: true,
  taaMarbuta: true,
  diacritics: true,
  tatweel: true,
  punctuation: true,
  digits: true,
  letterCase: true,
};

const INVISIBLE = /[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/g;
const DIACRITICS = /[\u0610-\u061A\u064B-\u065F\u0670\u06D6-\u06DC\u06DF-\u06E8\u06EA-\u06ED]/g;
const HAMZA: Record<string, string> = { أ: 'ا', إ: 'ا', آ: 'ا', ٱ: 'ا', ؤ: 'و', ئ: 'ي' };
const YAA: Record<string, string> = { ى: 'ي', ی: 'ي', ک: 'ك' };

/**
 * Text in the form in which it is compared: each rule that is on, and white space as single spaces. The rules are those
 * usual for Arabic retrieval (Larkey, Ballesteros and Connell 2002, "light" normalisation).
 */
export const normaliseArabic = (text: string, rules: NormalisationRules = ALL_NORMALISATIONS): string =>
  foldText(text, rules).replace(/\s+/g, ' ').trim();

/**
 * The rules without the treatment of white space. But for composing (`compatibility`), each code point is folded by itself:
 * the deduplication kernel depends on that.
 */
export function foldText(text: string, rules: NormalisationRules): string {
  let out = rules.compatibility ? text.normalize('NFKC').replace(INVISIBLE, '') : text;
  if (rules.tatweel) out = out.replaceAll('ـ', '');
  if (rules.diacritics) out = out.replace(DIACRITICS, '');
  if (rules.hamza) out = out.replace(/[أإآٱؤئ]/g, (letter) => HAMZA[letter]!);
  if (rules.yaa) out = out.replace(/[ىیک]/g, (letter) => YAA[letter]!);
  if (rules.taaMarbuta) out = out.replaceAll('ة', 'ه');
  if (rules.digits) out = out.replace(/[٠-٩۰-۹]/g, (digit) => String(digit.charCodeAt(0) & 0xf));
  // What a capital sigma becomes would depend on its neighbours.
  if (rules.letterCase) out = out.toLowerCase().replaceAll('ς', 'σ');
  if (rules.punctuation) out = out.replace(/[\p{P}\p{S}\uFE0F\u{1F3FB}-\u{1F3FF}]+/gu, ' ');
  return out;
}
