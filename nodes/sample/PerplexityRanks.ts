import { seededRandom } from '../../main/engine/scoring/seededRandom.ts';

export interface RankedDocument {
  readonly position: number;
  readonly logPerplexity: number;
}

/** Documents by perplexity, so that some can be drawn from every part of the range. 16 bytes a document. */
export class PerplexityRanks {
  readonly #documents: RankedDocument[] = [];

  get seen(): number {
    return this.#documents.length;
  }

  add({ position, logPerplexity }: RankedDocument): void {
    this.#documents.push({ position, logPerplexity });
  }

  /** One by chance from each of `count` parts of equally many documents, from the lowest perplexity to the highest. */
  spread(count: number, seed: number): RankedDocument[] {
    const random = seededRandom(seed);
    const ranked = this.#documents.sort((a, b) => a.logPerplexity - b.logPerplexity || a.position - b.position);
    return Array.from({ length: Math.min(count, ranked.length) }, (_, part) => {
      const [from, to] = [part, part + 1].map((edge) => Math.floor((edge * ranked.length) / count)) as [number, number];
      return ranked[from + Math.floor(random() * (to - from))]!;
    });
  }
}
