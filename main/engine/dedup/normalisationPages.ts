import { foldText, type NormalisationRules } from '../text/normaliseArabic.ts';

const PAGE = 256;
const SPACE = 1;
const NO_BYTES = 2;
const POOLED = 6;
const COMBINING = 7;

/** What the kernel's `normalise` looks code points up in: entries of a page, and a pool of what is too long for an entry. */
export interface NormalisationPages {
  /** The 256 entries from code point `first` on, u32 each; may lengthen the pool. */
  page(first: number): Uint32Array;
  /** Each string behind its length, u16. */
  pool(): Uint8Array;
}

/** Code points that NFKC may join with the one before: marks, the vowels and finals of Hangul, and two vowels of Kirat Rai. */
const JOINS = /^[\p{M}\u1160-\u11FF\u{16D67}\u{16D68}]/u;

export function normalisationPages(rules: NormalisationRules): NormalisationPages {
  const encoder = new TextEncoder();
  let pool = new Uint8Array(4096);
  let poolBytes = 0;
  const pooled = (bytes: Uint8Array): number => {
    const place = poolBytes;
    poolBytes += 2 + bytes.length;
    if (poolBytes > pool.length) {
      const grown = new Uint8Array(2 * poolBytes);
      grown.set(pool);
      pool = grown;
    }
    pool.set([bytes.length & 0xff, bytes.length >> 8], place);
    pool.set(bytes, place + 2);
    return place << 8;
  };

  function entry(point: number): number {
    if (point >= 0xd800 && point < 0xe000) return NO_BYTES;
    const character = String.fromCodePoint(point);
    const folded = foldText(character, rules).replace(/\s+/g, ' ');
    const bytes = encoder.encode(folded);
    if (rules.compatibility && mayJoin(character, folded)) return pooled(bytes) | COMBINING;
    if (folded === ' ') return SPACE;
    if (bytes.length > 3 || folded.includes(' ')) return pooled(bytes) | POOLED;
    return bytes.reduce((packed, byte, at) => packed | (byte << (8 * (at + 1))), NO_BYTES + bytes.length);
  }

  return {
    page: (first) => Uint32Array.from({ length: PAGE }, (_, at) => entry(first + at) >>> 0),
    pool: () => pool.subarray(0, poolBytes),
  };
}

/**
 * Whether a text with this character must be composed before it is folded point by point. Of the marks that are left out
 * only U+0653–0655 may join: ا with U+0654 is أ, which is kept apart from ا when hamza counts.
 */
function mayJoin(character: string, folded: string): boolean {
  if (/[\u0653-\u0655]/.test(character)) return true;
  return folded.trim() !== '' && JOINS.test(character.normalize('NFKC'));
}
