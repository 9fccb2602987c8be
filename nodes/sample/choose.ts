import { textHash } from '../../main/engine/dedup/hashText.ts';
import { Distribution } from '../../main/engine/scoring/Distribution.ts';
import { LeastOf, type Ranked } from '../../main/engine/scoring/LeastOf.ts';
import type { RunContext } from '../kit/index.ts';
import { allocate } from './allocate.ts';
import { PerplexityRanks } from './PerplexityRanks.ts';
import { type Document, readDocuments } from './readDocuments.ts';
import { scoreDocuments } from './scoreDocuments.ts';
import type spec from './spec.ts';

export interface Stratum {
  readonly value: string;
  readonly seen: number;
  readonly drawn: number;
}
export interface Choice {
  /** Documents drawn, by position, with the natural logarithm of their perplexity where it was measured. */
  readonly drawn: ReadonlyMap<number, number | undefined>;
  readonly strata: readonly Stratum[];
  /** Documents left aside because they are too long, or have no token to score. */
  readonly tooLong: number;
  readonly unscored: number;
  /** Natural logarithms, of all that were scored. */
  readonly perplexities: Distribution | undefined;
}

type Context = RunContext<typeof spec>;
interface Candidate extends Ranked {
  readonly logPerplexity?: number;
}

export async function choose(context: Context): Promise<Choice> {
  return context.params.method === 'random' ? chooseAtRandom(context) : chooseByPerplexity(context);
}

/** Bottom-k sampling in each stratum. */
async function chooseAtRandom(context: Context): Promise<Choice> {
  const { params, seed } = context;
  const read = new Readers(context);
  const strata = new Map<string, LeastOf>();
  for await (const { id, position, stratum } of read.documents()) {
    inStratum(strata, stratum, () => new LeastOf(params.count)).add({ priority: textHash(id, seed), position });
  }
  return chosen(context, strata, (documents, count) => documents.take(count), read.tooLong);
}

async function chooseByPerplexity(context: Context): Promise<Choice> {
  const { params, seed } = context;
  const read = new Readers(context);
  const candidates = params.candidates > 0 ? await drawCandidates(context) : undefined;
  const perplexities = new Distribution(0.01);
  let unscored = 0;
  const ranks = new Map<string, PerplexityRanks>();
  const extremes = new Map<string, LeastOf<Candidate>>();
  const total = candidates?.size ?? (params.maxCharacters > 0 ? undefined : context.inputs.corpus.rowCount);
  for await (const document of scoreDocuments(read.documents(candidates), context, total)) {
    const { logPerplexity, position, stratum } = document;
    if (logPerplexity === null) {
      unscored += 1;
      continue;
    }
    perplexities.add(logPerplexity);
    if (params.method === 'spread') inStratum(ranks, stratum, () => new PerplexityRanks()).add({ position, logPerplexity });
    else {
      const priority = params.method === 'lowest' ? logPerplexity : -logPerplexity;
      inStratum(extremes, stratum, () => new LeastOf<Candidate>(params.count)).add({ priority, position, logPerplexity });
    }
  }
  const rest = { unscored, perplexities };
  return params.method === 'spread'
    ? { ...chosen(context, ranks, (documents, count) => documents.spread(count, seed), read.tooLong), ...rest }
    : { ...chosen(context, extremes, (documents, count) => documents.take(count), read.tooLong), ...rest };
}

async function drawCandidates(context: Context): Promise<ReadonlySet<number>> {
  const { candidates } = context.params;
  const least = new LeastOf(candidates);
  for await (const { id, position } of new Readers(context).documents()) least.add({ priority: textHash(id, context.seed), position });
  return new Set(least.take(candidates).map(({ position }) => position));
}

function inStratum<S>(strata: Map<string, S>, value: string, make: () => S): S {
  let found = strata.get(value);
  if (found === undefined) strata.set(value, (found = make()));
  return found;
}

function chosen<S extends { readonly seen: number }>(
  { params }: Context,
  strata: ReadonlyMap<string, S>,
  draw: (documents: S, count: number) => readonly { readonly position: number; readonly logPerplexity?: number }[],
  tooLong: number,
): Choice {
  const ordered = [...strata].sort(([a], [b]) => (a < b ? -1 : 1));
  const sizes = ordered.map(([, { seen }]) => seen);
  const shares = allocate(params.count, sizes, params.allocation);
  const drawn = ordered.flatMap(([, documents], at) => draw(documents, shares[at]!));
  return {
    drawn: new Map(drawn.map(({ position, logPerplexity }) => [position, logPerplexity])),
    strata: ordered.map(([value], at) => ({ value, seen: sizes[at]!, drawn: shares[at]! })),
    tooLong,
    unscored: 0,
    perplexities: undefined,
  };
}

/** Documents that are not too long. */
class Readers {
  tooLong = 0;
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  async *documents(only?: ReadonlySet<number>): AsyncGenerator<Document> {
    const { params, inputs, signal, progress } = this.#context;
    for await (const document of readDocuments(inputs.corpus, params.by)) {
      const read = document.position + 1;
      if (read % 1000 === 0) {
        signal.throwIfAborted();
        if (!only) progress(read, inputs.corpus.rowCount, 'documents', 'Reading');
      }
      if (params.maxCharacters > 0 && document.text.length > params.maxCharacters) this.tooLong += 1;
      else if (!only || only.has(document.position)) yield document;
    }
  }
}
