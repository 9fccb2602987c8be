import type { RepeatedPiece } from '../../main/engine/dedup/DedupOptions.ts';
import { splitPieces } from '../../main/engine/dedup/splitPieces.ts';
import type { Column, Row } from '../kit/index.ts';
import { cutPieces } from './cutPieces.ts';

export const FLAG_COLUMNS: readonly Column[] = [
  { name: 'repeatedPieces', type: 'integer' },
  { name: 'repeatedShare', type: 'number' },
];

/** Flags or cuts repeated pieces in documents that come by in the order of their positions, and counts them. */
export class RepeatedPieces {
  /** Characters are UTF-16 units, all of them those of every text that came by; whole documents are those that cutting would empty. */
  readonly counts = { pieces: 0, documents: 0, characters: 0, allCharacters: 0, whole: 0 };
  readonly #found: Iterator<RepeatedPiece>;
  readonly #of: 'lines' | 'paragraphs';
  readonly #action: 'flag' | 'cut';
  #next: RepeatedPiece | undefined;

  constructor(found: Iterable<RepeatedPiece>, of: 'lines' | 'paragraphs', action: 'flag' | 'cut') {
    this.#found = found[Symbol.iterator]();
    this.#of = of;
    this.#action = action;
    this.#advance();
  }

  /** The row as it goes on; positions must ascend. */
  apply(position: number, row: Row): Row {
    const text = String(row.text);
    const numbers = this.#numbersAt(position);
    this.counts.allCharacters += text.length;
    if (numbers.size === 0) return this.#action === 'flag' ? { ...row, repeatedPieces: 0, repeatedShare: 0 } : row;
    const pieces = splitPieces(text, this.#of);
    let characters = 0;
    for (const number of numbers) characters += pieces[number]!.end - pieces[number]!.start;
    this.counts.pieces += numbers.size;
    this.counts.documents += 1;
    this.counts.characters += characters;
    if (this.#action === 'flag') return { ...row, repeatedPieces: numbers.size, repeatedShare: characters / text.length };
    const cut = cutPieces(text, pieces, numbers);
    if (cut === undefined) this.counts.whole += 1;
    return cut === undefined ? row : { ...row, text: cut };
  }

  #numbersAt(position: number): Set<number> {
    const numbers = new Set<number>();
    for (; this.#next?.position === position; this.#advance()) numbers.add(this.#next.piece);
    return numbers;
  }

  #advance(): void {
    const { done, value } = this.#found.next();
    this.#next = done ? undefined : value;
  }
}
