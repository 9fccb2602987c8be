import type { Report, Row } from '../../nodes/kit/index.ts';
import type { ArtifactSummary } from '../contract/artifact.ts';
import type { Workflow } from '../contract/graph.ts';
import type { Plan } from '../contract/plan.ts';
import type { QueueCounts, QueueDecision, QueuePage, QueueRow, QueueSummary } from '../contract/queue.ts';
import type { RunEvent, RunFinished } from '../contract/runEvents.ts';
import type { EmitNodeEvent } from './run/RunEmitter.ts';
import type { NodeTrial } from './run/tryNode.ts';

export interface RunRequest {
  readonly workflow: Workflow;
  /** Relative paths in params start at this file's folder; absent: at the current folder. */
  readonly file?: string;
  /** Only this node and what it needs. */
  readonly to?: string;
  /** Nodes that run even when they could be reused. */
  readonly force?: readonly string[];
}

export interface TrialRequest {
  readonly workflow: Workflow;
  /** As of a run. */
  readonly file?: string;
  readonly node: string;
  readonly rows: number;
}

export interface RunHandle {
  readonly id: string;
  readonly finished: Promise<RunFinished>;
  stop(mode: 'cancel' | 'stop'): void;
}

/** The engine without a window: plans, runs, and serves what came out. Failures that people can act on are UserErrors. */
export interface Engine {
  plan(request: RunRequest): Promise<Plan>;
  /** Rejects before anything runs when the workflow is wrong; afterwards failures are events. */
  run(request: RunRequest, listen: (event: RunEvent) => void): Promise<RunHandle>;
  /** Runs a node on a few rows of its inputs, which must be in the cache, and estimates what all of them would take; nothing is kept. */
  tryNode(request: TrialRequest, emit: EmitNodeEvent, signal: AbortSignal): Promise<NodeTrial>;
  artifact(digest: string): ArtifactSummary | undefined;
  rows(digest: string, offset: number, limit: number): Promise<Row[]>;
  report(digest: string): Promise<Report>;
  /** Writes an artifact to a file (`.jsonl`, `.parquet`, `.json` for reports) or, for a model, a new folder. Never overwrites half. */
  export(digest: string, target: string): Promise<void>;
  readonly cache: {
    list(): readonly CacheEntry[];
    /** Re-reads artifacts and compares their digests. */
    verify(): Promise<{ readonly digest: string; readonly problem?: string }[]>;
    /** A pinned artifact is never collected. */
    pin(digest: string, pinned: boolean): void;
    /** Removes artifacts that no workflow of the last `keepDays` days used, least worth per byte first, pinned ones never. */
    collect(options: { keepDays: number; maxBytes?: number }): Promise<{ removed: number; bytes: number }>;
  };
  /** Rows that wait for people. */
  readonly queues: {
    /** The latest first. */
    list(): readonly QueueSummary[];
    /** In the order of the corpus. */
    rows(page: QueuePage): readonly QueueRow[];
    /** All of the decisions or none. */
    answer(queue: string, decisions: readonly QueueDecision[]): QueueCounts;
  };
  close(): Promise<void>;
}

export interface CacheEntry {
  readonly artifact: ArtifactSummary;
  readonly nodeType: string;
  readonly made: number;
  readonly lastUsed: number;
  readonly seconds: number;
  readonly pinned: boolean;
}
