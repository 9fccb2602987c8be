import { comparedWord } from './comparedWord.ts';
import { type DocumentWords, documentWords } from './documentWords.ts';
import { type NgramShares, ngramShares, repeatedPieces, type RepeatedPieces } from './repetition.ts';
import type { WordList } from './WordList.ts';

const BULLET = /^\s*(?:[•‣▪▫●○◦⁃∙■□▶►➤✓✔★☆]|[-*–—·](?=\s))/u;
const ELLIPSIS = /…|\.{3,}/gu;
const TOP_SIZES = [2, 3, 4];
const REPEATED_SIZES = [5, 6, 7, 8, 9, 10];

/** What the rules judge a document by, each computed when first asked for. Shares are 0 to 1; undefined where there is nothing to divide by. */
export class DocumentFacts {
  readonly #text: string;
  readonly #stopWordLists: readonly WordList[];
  #words: DocumentWords | undefined;
  #lines: readonly string[] | undefined;
  #repeatedLines: RepeatedPieces | undefined;
  #repeatedParagraphs: RepeatedPieces | undefined;
  #ngrams: NgramShares | undefined;

  constructor(text: string, stopWordLists: readonly WordList[]) {
    this.#text = text;
    this.#stopWordLists = stopWordLists;
  }

  get words(): DocumentWords {
    return (this.#words ??= documentWords(this.#text));
  }
  /** Letters and digits per word, without diacritics and tatweel. */
  get meanWordLength(): number | undefined {
    return quotient(this.words.lettersAndDigits, this.words.words);
  }
  get hashesPerWord(): number | undefined {
    return quotient(this.#text.split('#').length - 1, this.words.words);
  }
  get ellipsesPerWord(): number | undefined {
    return quotient(this.#text.match(ELLIPSIS)?.length ?? 0, this.words.words);
  }
  get bulletLines(): number | undefined {
    return quotient(this.#filledLines.filter((line) => BULLET.test(line)).length, this.#filledLines.length);
  }
  get ellipsisLines(): number | undefined {
    return quotient(this.#filledLines.filter(endsInEllipsis).length, this.#filledLines.length);
  }
  get alphabeticWords(): number | undefined {
    return quotient(this.words.alphabetic, this.words.tokens.length);
  }
  /** Different words of the list that has most of them; undefined without lists. */
  get stopWords(): number | undefined {
    if (this.#stopWordLists.length === 0) return undefined;
    const words = new Set(this.words.tokens.map(comparedWord));
    return Math.max(...this.#stopWordLists.map((list) => list.countIn(words)));
  }
  get lines(): RepeatedPieces {
    return (this.#repeatedLines ??= repeatedPieces(this.#filledLines));
  }
  get paragraphs(): RepeatedPieces {
    return (this.#repeatedParagraphs ??= repeatedPieces(this.#text.split(/\n[^\S\n]*\n\s*/u)));
  }
  get ngrams(): NgramShares {
    return (this.#ngrams ??= ngramShares(this.words.tokens, TOP_SIZES, REPEATED_SIZES));
  }

  get #filledLines(): readonly string[] {
    return (this.#lines ??= this.#text.split('\n').filter((line) => line.trim() !== ''));
  }
}

function endsInEllipsis(line: string): boolean {
  const trimmed = line.trimEnd();
  return trimmed.endsWith('…') || trimmed.endsWith('...');
}

const quotient = (part: number, whole: number): number | undefined => (whole === 0 ? undefined : part / whole);
