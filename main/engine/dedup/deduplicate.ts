import fs from 'node:fs';
import { UserError } from '../../../nodes/kit/UserError.ts';
import { withBlock } from './blockFile.ts';
import { CandidateChains, crowdedBucketsOf } from './CandidateChains.ts';
import { type Bands, chooseBands } from './chooseBands.ts';
import { estimatedSetBytes } from './compareDocuments.ts';
import { readCompared } from './comparedFile.ts';
import type { DedupOptions, DedupProgress, DedupResult, DedupStage } from './DedupOptions.ts';
import { DedupOutcome } from './DedupOutcome.ts';
import { DedupThreads } from './DedupThreads.ts';
import type { DedupTask } from './dedupWorker.ts';
import { DedupWorkFolder } from './DedupWorkFolder.ts';
import type { LineProblem } from './DedupKernel.ts';
import type { PieceOptions } from './findPieces.ts';
import { KERNEL_BASE64 } from './kernelBytes.ts';
import { type BlockPlan, changedFile, findSources, planBlocks, type Sources } from './planBlocks.ts';
import { rankDocuments } from './rankDocuments.ts';
import type { ReadBlock } from './readBlock.ts';
import { SourceChanged } from './SourceChanged.ts';
import {
  BYTES_PER_DOCUMENT,
  BYTES_PER_RANK,
  type FinishedBlock,
  shareDocuments,
  sharedFloat64,
  sharedUint32,
  type SharedDocuments,
} from './SharedDocuments.ts';

/** What Node, the threads and the kernels take before the first document. */
const FIXED_MEMORY = 96 * 2 ** 20;
const MEMORY_PER_THREAD = 32 * 2 ** 20;
/** Fewer bytes are read before another thread has started. */
const BYTES_PER_THREAD = 8 * 2 ** 20;
const BYTES_WHILE_RANKING = 24;
const BYTES_WHILE_GROUPING = 4;
const LONGEST_LINE = 256 * 2 ** 20;
/** Of one text, and bytes of memory for each while two texts are compared. */
const MOST_SHINGLES = 28e6;
const MEMORY_PER_SHINGLE = 64;
/** A line, its text, the normalised text, and room to grow. */
const MEMORY_PER_LINE_BYTE = 8;
/** Bytes of sets and sorted pairs in the last stage: at least for one thread, at most for all. */
const LEAST_COMPARE_MEMORY = 8 * 2 ** 20;
const MOST_COMPARE_MEMORY = 32 * 2 ** 20;
/** Each is an open file and a buffer while pairs are sorted into them. */
const MOST_GROUPS = 256;

/** For tests and benchmarks: sizes of which the result must not depend. */
export interface DedupSizes {
  readonly blockBytes?: number;
}

/**
 * Finds the documents of JSONL files that are copies of others: identical ones by 128-bit hashes, near ones by sketches whose
 * bands meet (kernel/sketch.ts, chooseBands.ts) and by the exact similarity of their texts. A document goes only for one that
 * stays, decided in order of preference, so that a chain of ever less similar documents does not become one cluster.
 *
 * Five stages over partitions of the work, each partition a file in the work folder: what is finished is not done again.
 * Throws a UserError for files that cannot be read as JSONL, with file and line, for files that change meanwhile, and for a
 * memory budget that is too small; an error with code ENOSPC when the disk is full; the signal's reason.
 */
export async function deduplicate(wanted: DedupOptions, sizes: DedupSizes = {}): Promise<DedupResult> {
  const { against = [], signal } = wanted;
  const sources = findSources([...against, ...wanted.corpora]);
  const threads = affordableThreads(wanted, sources);
  const options = { ...wanted, threads };
  const bands: Bands | undefined = options.near === false ? undefined : chooseBands(options.threshold);
  checkBudget(options, sources.estimatedDocuments / 4);
  const memory = options.memoryBudget - FIXED_MEMORY - threads * MEMORY_PER_THREAD;
  const plan = planBlocks(sources, { bands: bands?.bands ?? 0, threads, memory, blockBytes: sizes.blockBytes });
  const folder = new DedupWorkFolder(options.workFolder, madeFrom(options, bands, plan));
  const pool = new DedupThreads(
    threads,
    {
      textField: options.textField,
      orderField: options.keep === 'greatest' ? options.orderField : undefined,
      shingles: options.shingles,
      normalisation: options.normalisation,
      countsCharacters: options.keep === 'longest',
      bands,
      seed: options.seed,
      mostShingles: Math.floor(Math.min(MOST_SHINGLES, (memory / threads + MEMORY_PER_THREAD) / MEMORY_PER_SHINGLE)),
    },
    signal,
  );
  try {
    const search = new DedupSearch(options, plan, folder, pool);
    const blocks = await search.read();
    const documents = search.share(blocks);
    await pool.tellAll({ do: 'share', documents });
    await search.groupIdentical();
    const crowdedBuckets = bands ? await search.findCandidates() : 0;
    const compared = bands ? await search.compare(documents) : [];
    const repeated = options.pieces ? await search.findPieces(options.pieces) : [];
    const changed = changedFile(plan.files);
    if (changed !== undefined) throw new SourceChanged(changed);
    return new DedupOutcome(options, documents, { crowdedBuckets, compared, repeated });
  } catch (error) {
    // Whatever a thread made of a file that changed, this is why.
    const changed = signal?.aborted ? undefined : changedFile(plan.files);
    throw changed === undefined ? error : new SourceChanged(changed);
  } finally {
    await pool.close();
  }
}

class DedupSearch {
  readonly #options: DedupOptions;
  readonly #plan: BlockPlan;
  readonly #folder: DedupWorkFolder;
  readonly #pool: DedupThreads;

  constructor(options: DedupOptions, plan: BlockPlan, folder: DedupWorkFolder, pool: DedupThreads) {
    this.#options = options;
    this.#plan = plan;
    this.#folder = folder;
    this.#pool = pool;
  }

  async read(): Promise<FinishedBlock[]> {
    const { blocks, bytes, bits } = this.#plan;
    const results = new Map<number, ReadBlock>();
    const readOptions = {
      bits,
      hasOrder: this.#options.keep === 'greatest',
      longestLine: Math.min(LONGEST_LINE, Math.floor(this.#options.memoryBudget / this.#options.threads / MEMORY_PER_LINE_BYTE)),
    };
    const report = this.#progress('reading', bytes, 'bytes');
    const tasks: DedupTask[] = [];
    for (const block of blocks) {
      const target = this.#folder.file('blocks', block.index);
      if (!this.#folder.has('blocks', block.index)) {
        tasks.push({ do: 'read', block, target, options: readOptions });
        continue;
      }
      results.set(
        block.index,
        withBlock(target, ({ header }) => header),
      );
      report(block.end - block.start);
    }
    await this.#pool.run(tasks, (task, result) => {
      if (task.do !== 'read') return true;
      results.set(task.block.index, result!);
      report(task.block.end - task.block.start);
      return result!.problem === undefined;
    });
    this.#throwFirstProblem(results);
    let firstDocument = 0;
    return blocks.map((block) => {
      const { documents, lines } = results.get(block.index)!;
      const finished = { block, finished: this.#folder.file('blocks', block.index), firstDocument, documents, lines };
      firstDocument += documents;
      return finished;
    });
  }

  /** Blocks are given out in order, so those before the first wrong line are all there. */
  #throwFirstProblem(results: ReadonlyMap<number, ReadBlock>): void {
    let line = 0;
    for (const block of this.#plan.blocks) {
      if (block.start === 0) line = 0;
      const result = results.get(block.index);
      if (!result) return;
      if (result.problem)
        throw new UserError(problemSentence(block.file, line + result.problem.line + 1, result.problem.is, this.#options));
      line += result.lines;
    }
  }

  share(blocks: readonly FinishedBlock[]): SharedDocuments {
    const { against = [], keep } = this.#options;
    const count = blocks.reduce((sum, { documents }) => sum + documents, 0);
    checkBudget(this.#options, count);
    const corpusOf = (index: number): number => this.#plan.blocks[index]!.corpus;
    const againstCount = blocks.reduce((sum, { block, documents }) => sum + (corpusOf(block.index) < against.length ? documents : 0), 0);
    const characters = keep === 'longest' ? sharedUint32(count) : undefined;
    const values = keep === 'greatest' ? sharedFloat64(count) : undefined;
    const documents = shareDocuments(blocks, againstCount, { characters, values });
    const order = characters ?? values;
    if (!order) return documents;
    const bounds = [0];
    for (const { block, firstDocument } of blocks) {
      if (block.index > 0 && corpusOf(block.index) !== corpusOf(block.index - 1)) bounds.push(firstDocument);
    }
    return { ...documents, ...rankDocuments(order, [...bounds, count]) };
  }

  async groupIdentical(): Promise<void> {
    const partitions = 2 ** this.#plan.bits;
    const report = this.#progress('identical', partitions, 'partitions');
    const tasks = Array.from({ length: partitions }, (_, partition): DedupTask => ({ do: 'group', partition }));
    await this.#pool.run(tasks, () => report(1));
  }

  /** Returns the number of crowded buckets. */
  async findCandidates(): Promise<number> {
    const partitions = 2 ** this.#plan.bits;
    const report = this.#progress('candidates', partitions, 'partitions');
    const { threshold, allPairs = false } = this.#options;
    const options = { threshold, allPairs };
    await this.#runMissing(
      this.#candidateFiles().map((target, partition) => ({ do: 'find' as const, partition, target, options })),
      report,
    );
    return this.#candidateFiles().reduce((sum, file) => sum + crowdedBucketsOf(file), 0);
  }

  #candidateFiles(): string[] {
    return Array.from({ length: 2 ** this.#plan.bits }, (_, partition) => this.#folder.file('candidates', partition));
  }

  /** Returns the files of what was compared. */
  async compare(documents: SharedDocuments): Promise<string[]> {
    const { threads, threshold, allPairs = false, memoryBudget } = this.#options;
    const memory = Math.max(LEAST_COMPARE_MEMORY, Math.min(MOST_COMPARE_MEMORY, memoryBudget / 8) / threads);
    const { numberOf, textBytes, count } = documents;
    const chains = new CandidateChains(
      this.#candidateFiles(),
      sharedUint32(count),
      (rank) => textBytes[numberOf ? numberOf[rank]! : rank]!,
    );
    // The sets of a group should fit the memory; a few groups a thread even out.
    const groups = Math.min(
      MOST_GROUPS,
      Math.max(threads === 1 ? 1 : 2 * threads, Math.ceil(estimatedSetBytes(chains.textBytes) / (0.75 * memory))),
    );
    chains.write(Array.from({ length: groups }, (_, group) => this.#folder.file('groups', group)));
    const report = this.#progress('comparing', groups, 'partitions');
    // Another number of groups has other documents in each.
    const files = Array.from({ length: groups }, (_, group) => this.#folder.file('compared', `${group}-of-${groups}`));
    for (const file of files) if (fs.existsSync(file)) restore(documents, file);
    await this.#runMissing(
      files.map((target, group) => ({
        do: 'compare' as const,
        source: this.#folder.file('groups', group),
        target,
        options: { threshold, allPairs, memory },
      })),
      report,
    );
    return files;
  }

  /** Returns the files of repeated pieces. */
  async findPieces(pieces: PieceOptions): Promise<string[]> {
    const { pieceBits: bits } = this.#plan;
    const { blocks } = this.#plan;
    const report = this.#progress('pieces', blocks.length + 2 ** bits, 'partitions');
    const sources = blocks.map(({ index }) => this.#folder.file('pieces', index));
    await this.#runMissing(
      sources.map((target, block) => ({ do: 'read-pieces' as const, block, target, pieces, bits })),
      report,
    );
    const files = Array.from({ length: 2 ** bits }, (_, partition) => this.#folder.file('repeated', partition));
    await this.#runMissing(
      files.map((target, partition) => ({ do: 'group-pieces' as const, sources, partition, target, pieces, bits })),
      report,
    );
    return files;
  }

  /** The tasks whose target is not there yet. */
  async #runMissing(tasks: readonly Extract<DedupTask, { readonly target: string }>[], report: (more: number) => void): Promise<void> {
    const missing = tasks.filter(({ target }) => !fs.existsSync(target));
    report(tasks.length - missing.length);
    await this.#pool.run(missing, () => report(1));
  }

  #progress(stage: DedupStage, total: number, unit: DedupProgress['unit']): (more: number) => void {
    let done = 0;
    this.#options.onProgress?.({ stage, done, total, unit });
    return (more) => {
      done += more;
      this.#options.onProgress?.({ stage, done, total, unit });
    };
  }
}

/** The decisions of a group that an earlier call finished. */
function restore({ wentFor, similarity }: SharedDocuments, file: string): void {
  const { removed } = readCompared(file);
  for (let at = 0; at < removed.length; at += 1) {
    const rank = removed.ranks[2 * at + 1]!;
    wentFor[rank] = removed.ranks[2 * at]! + 1;
    similarity[rank] = removed.similarities[at]!;
  }
}

/** Everything on which the finished parts depend. */
const madeFrom = (options: DedupOptions, bands: Bands | undefined, { files, blocks, bits, pieceBits }: BlockPlan): unknown => ({
  kernel: KERNEL_BASE64,
  files,
  blocks: blocks.map(({ start }) => start),
  bits,
  pieceBits,
  bands,
  against: options.against?.length ?? 0,
  textField: options.textField,
  shingles: options.shingles,
  threshold: options.threshold,
  keep: options.keep,
  orderField: options.orderField,
  normalisation: options.normalisation,
  seed: options.seed,
  allPairs: options.allPairs ?? false,
  pieces: options.pieces,
});

const megabytes = (bytes: number): number => Math.ceil(bytes / 1e6);

const budgetTooSmall = ({ memoryBudget }: DedupOptions, needed: number): UserError =>
  new UserError(
    `The memory budget of ${megabytes(memoryBudget)} MB is too small: at least ${megabytes(needed)} MB are needed here. Raise \`memory\`, or split the corpus.`,
  );

function bytesEach({ keep }: DedupOptions): number {
  return BYTES_PER_DOCUMENT + (keep === 'first' ? 0 : BYTES_PER_RANK + BYTES_WHILE_RANKING) + BYTES_WHILE_GROUPING;
}

function checkBudget(options: DedupOptions, documents: number): void {
  const needed = FIXED_MEMORY + options.threads * (MEMORY_PER_THREAD + LEAST_COMPARE_MEMORY) + documents * bytesEach(options);
  if (needed > options.memoryBudget) throw budgetTooSmall(options, needed);
}

/** As many threads as are wanted, have something to do and fit the memory; at least one. */
function affordableThreads(options: DedupOptions, { bytes, estimatedDocuments }: Sources): number {
  const left = options.memoryBudget - FIXED_MEMORY - estimatedDocuments * bytesEach(options);
  return Math.max(
    1,
    Math.min(options.threads, Math.ceil(bytes / BYTES_PER_THREAD), Math.floor(left / (MEMORY_PER_THREAD + LEAST_COMPARE_MEMORY))),
  );
}

function problemSentence(file: string, line: number, problem: LineProblem, { textField, orderField }: DedupOptions): string {
  const where = `${file}, line ${line}`;
  const sentences: Record<LineProblem, string> = {
    'not-json': `${where}: this is not JSON: every line must be one whole JSON object.`,
    'not-object': `${where}: this is not a JSON object: every line must look like {"${textField}": "…"}.`,
    'no-text': `${where}: there is no member "${textField}": set the text column to the one that holds the documents.`,
    'text-not-string': `${where}: "${textField}" is not text: every document must have a text.`,
    'half-surrogate': `${where}: "${textField}" has half of a surrogate pair (a broken \\u escape): repair the text.`,
    'not-utf8': `${where}: the bytes are not UTF-8: save the file as UTF-8.`,
    'too-deep': `${where}: the JSON is nested more than a million levels deep: leave such members out.`,
    'too-long': `${where}: the line is too long for the memory: raise the budget, use fewer threads, or leave it out; 256 MB and 28 million n-grams are the most.`,
    'bad-order': `${where}: "${orderField}" is neither a number nor a date such as 2026-11-23: repair it, or choose another column.`,
  };
  return sentences[problem];
}
