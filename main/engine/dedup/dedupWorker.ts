// A worker thread: does one task after the other and answers each.
import { parentPort, workerData } from 'node:worker_threads';
import { compareDocuments, type CompareOptions } from './compareDocuments.ts';
import { writeCompared } from './comparedFile.ts';
import { DedupKernel, type KernelSettings } from './DedupKernel.ts';
import { findCandidates, type FindOptions, writeCandidates } from './findCandidates.ts';
import { groupPieces, type PieceOptions, readBlockPieces } from './findPieces.ts';
import { groupIdentical } from './groupIdentical.ts';
import { type Block, readBlock, type ReadBlock, type ReadBlockOptions } from './readBlock.ts';
import type { SharedDocuments } from './SharedDocuments.ts';

export type DedupTask =
  | { readonly do: 'read'; readonly block: Block; readonly target: string; readonly options: ReadBlockOptions }
  /** Answered at once; what follows is about these documents. */
  | { readonly do: 'share'; readonly documents: SharedDocuments }
  | { readonly do: 'group'; readonly partition: number }
  | { readonly do: 'find'; readonly partition: number; readonly target: string; readonly options: FindOptions }
  | { readonly do: 'read-pieces'; readonly block: number; readonly target: string; readonly pieces: PieceOptions; readonly bits: number }
  | {
      readonly do: 'group-pieces';
      readonly sources: readonly string[];
      readonly partition: number;
      readonly target: string;
      readonly pieces: PieceOptions;
      readonly bits: number;
    }
  | { readonly do: 'compare'; readonly source: string; readonly target: string; readonly options: CompareOptions };

export type DedupAnswer =
  | { readonly done: ReadBlock | undefined }
  | { readonly failed: { readonly message: string; readonly code?: string; readonly stack?: string } };

const kernel = new DedupKernel(workerData as KernelSettings);
let documents: SharedDocuments | undefined;

function carryOut(task: DedupTask): ReadBlock | undefined {
  switch (task.do) {
    case 'read':
      return readBlock(kernel, task.block, task.target, task.options);
    case 'share':
      documents = task.documents;
      return undefined;
    case 'group':
      groupIdentical(documents!, task.partition);
      return undefined;
    case 'find':
      writeCandidates(task.target, findCandidates(kernel, documents!, task.partition, task.options));
      return undefined;
    case 'compare':
      writeCompared(task.target, compareDocuments(kernel, documents!, task.source, task.options));
      return undefined;
    case 'read-pieces':
      readBlockPieces(kernel, documents!, documents!.blocks[task.block]!, task.target, task);
      return undefined;
    case 'group-pieces':
      groupPieces(task.sources, task.partition, task.bits, task.target, task.pieces);
      return undefined;
  }
}

parentPort!.on('message', (task: DedupTask) => {
  let answer: DedupAnswer;
  try {
    answer = { done: carryOut(task) };
  } catch (error) {
    const { message, code, stack } = error as NodeJS.ErrnoException;
    answer = { failed: { message, code, stack } };
  }
  parentPort!.postMessage(answer);
});
