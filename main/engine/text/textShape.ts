import { characterClass, CLASSES } from './characterClass.ts';

/** Shares of a text's visible characters, without diacritics; they add up to 1, or are all 0 where there is none. */
export interface ScriptMix {
  readonly arabic: number;
  readonly latin: number;
  readonly digits: number;
  /** Punctuation, symbols, emoji and letters of other scripts. */
  readonly other: number;
}
export interface TextShape {
  /** Code points. */
  readonly characters: number;
  readonly scripts: ScriptMix;
  readonly language: LanguageHint;
}

/**
 * What the letters tell of a text's language, as BCP 47 tags: `ar`; `fa` and `ur` by letters that Arabic does not have; `und-Latn` Latin
 * letters, whatever the language; `mul` Arabic and Latin both with a third of the letters or more; `und` other letters; `zxx` none. A hint: `ar` may be any
 * language in plain Arabic letters.
 */
export const LANGUAGE_HINTS = ['ar', 'fa', 'ur', 'und-Latn', 'mul', 'und', 'zxx'] as const;
export type LanguageHint = (typeof LANGUAGE_HINTS)[number];

const CHUNK = 1 << 20;
/** Of the letters: two scripts that each have as many make a text of both. */
const MIXED_SHARE = 1 / 3;
const MOSTLY = 1 / 2;
/** Of the Arabic letters. A name or a dialect's گ does not make a text Persian. */
const FOREIGN_SHARE = 0.03;

const FOREIGN_LETTER: Record<string, 'persian' | 'urdu'> = {
  پ: 'persian',
  چ: 'persian',
  ژ: 'persian',
  گ: 'persian',
  ک: 'persian',
  ی: 'persian',
  ٹ: 'urdu',
  ڈ: 'urdu',
  ڑ: 'urdu',
  ے: 'urdu',
  ں: 'urdu',
  ہ: 'urdu',
  ھ: 'urdu',
};
/** By code point - 0x600: 1 Persian or Urdu, 2 Urdu. */
const foreign = new Uint8Array(0x100);
for (const [letter, language] of Object.entries(FOREIGN_LETTER)) foreign[letter.charCodeAt(0) - 0x600] = language === 'urdu' ? 2 : 1;

/** `pause` is awaited between parts of long texts. */
export async function textShape(text: string, pause: () => Promise<void>): Promise<TextShape> {
  const counter = new ShapeCounter();
  for (let from = 0; from < text.length; from += CHUNK) {
    if (from > 0) await pause();
    counter.add(text, from, Math.min(text.length, from + CHUNK));
  }
  return counter.shape();
}

class ShapeCounter {
  #characters = 0;
  readonly #counts = new Float64Array(7);
  readonly #foreign = new Float64Array(3);

  add(text: string, from: number, to: number): void {
    for (let at = from; at < to; at++) {
      const unit = text.charCodeAt(at);
      let code = unit;
      if (unit >= 0xd800 && unit <= 0xdfff) {
        // The second half of a pair was counted with the first.
        if (unit >= 0xdc00 && at > 0 && isHigh(text.charCodeAt(at - 1))) continue;
        code = text.codePointAt(at)!;
      }
      this.#characters += 1;
      this.#counts[characterClass(code)]! += 1;
      if (code >= 0x600 && code < 0x700) this.#foreign[foreign[code - 0x600]!]! += 1;
    }
  }

  shape(): TextShape {
    const count = (name: keyof typeof CLASSES): number => this.#counts[CLASSES[name]]!;
    const [arabic, latin, digits, otherLetters] = [count('arabicLetter'), count('latinLetter'), count('digit'), count('otherLetter')];
    const visible = arabic + latin + digits + otherLetters + count('other');
    const share = (part: number): number => (visible === 0 ? 0 : part / visible);
    return {
      characters: this.#characters,
      scripts: { arabic: share(arabic), latin: share(latin), digits: share(digits), other: share(otherLetters + count('other')) },
      language: this.#language(arabic, latin, arabic + latin + otherLetters),
    };
  }

  #language(arabic: number, latin: number, letters: number): LanguageHint {
    if (letters === 0) return 'zxx';
    if (arabic >= letters * MIXED_SHARE && latin >= letters * MIXED_SHARE) return 'mul';
    if (latin > letters * MOSTLY) return 'und-Latn';
    if (arabic <= letters * MOSTLY) return 'und';
    const [, persian, urdu] = this.#foreign as unknown as [number, number, number];
    if (urdu > arabic * FOREIGN_SHARE) return 'ur';
    return persian + urdu > arabic * FOREIGN_SHARE ? 'fa' : 'ar';
  }
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
