import type { Column, Row, TableKind } from './artifactKinds.ts';
import type { ChatEndpoint, EndpointSettings } from './ChatEndpoint.ts';
import type { NodeSpec } from './defineNode.ts';
import type { ParamValues } from './params.ts';
import type { PeopleQueue } from './PeopleQueue.ts';
import type { InputPort } from './ports.ts';

export interface TableArtifact {
  readonly kind: TableKind;
  readonly digest: string;
  readonly columns: readonly Column[];
  readonly rowCount: number;
  /** In order, never all in memory; may be called again. With `columns`, only those are read. */
  rows(columns?: readonly string[]): AsyncIterable<Row>;
  /** UTF-8 bytes of the columns' values before compression, from the file's own directory: less than their sum where values repeat. */
  columnBytes(columns: readonly string[]): Promise<number>;
  /** Writes the rows in order as JSON objects, one a line; the file appears whole or not at all. Throws ENOSPC on a full disk. */
  writeJsonLines(file: string, members: JsonMembers, options?: JsonLinesOptions): Promise<JsonLines>;
  /** The Parquet file, for trainers. Read only. */
  readonly path: string;
}
/** By member name, the column that it takes. `time`: text with an ISO 8601 date becomes milliseconds since 1970, other text null; no zone means UTC. */
export type JsonMembers = Readonly<Record<string, { readonly column: string; readonly as?: 'time' }>>;
export interface JsonLinesOptions {
  /** Bytes written so far, a few times a second. */
  readonly onProgress?: (bytes: number) => void;
}
export interface JsonLines {
  readonly bytes: number;
  /** Rows whose value is null, by member; text members are not looked at. */
  readonly missing: Readonly<Record<string, number>>;
}
export interface ModelArtifact {
  readonly kind: 'model';
  readonly digest: string;
  /** A folder in Hugging Face layout, with `onnx/` beside the safetensors. Read only. */
  readonly path: string;
}
export interface ReportArtifact {
  readonly kind: 'report';
  readonly digest: string;
  read(): Promise<Report>;
}
export type Artifact = TableArtifact | ModelArtifact | ReportArtifact;

/** A report is data; the views decide how it looks. Values are plain JSON. */
export interface Report {
  readonly title: string;
  /** Sentences for people, most important first. */
  readonly findings: readonly string[];
  readonly tables: readonly ReportTable[];
  /** Lines (training curves) or distributions. */
  readonly charts: readonly ReportChart[];
}
export interface ReportTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}
export interface ReportChart {
  readonly title: string;
  readonly type: 'line' | 'histogram';
  readonly x: string;
  readonly y: string;
  readonly series: readonly { readonly name: string; readonly points: readonly (readonly [number, number])[] }[];
}

/** Results of single rows, kept under (operation, row) so that a crash or a changed corpus costs only what is new. */
export interface RowResults<T> {
  /** Known results by row key. */
  get(rows: readonly string[]): Map<string, T>;
  /** Written at once, in one transaction. T is JSON. */
  put(results: ReadonlyMap<string, T>): void;
}

/** Greedy generation by a causal language model. */
export interface Generator {
  readonly contextLength: number;
  /** Tokens in a text, without special ones. */
  countTokens(text: string): number;
  /**
   * One answer to each user message, in order. Checks the signal between decoding steps. With `copies` (the default),
   * answers that repeat much of their message come faster; they are the same without.
   */
  answer(
    messages: readonly string[],
    options: { maxNewTokens: (message: string) => number; copies?: boolean; signal: AbortSignal },
  ): Promise<GeneratedText[]>;
  /** Of all answers so far; absent where the generator does not decode itself. */
  statistics?(): GenerationStatistics;
}
export interface GenerationStatistics {
  /** Passes through the model, each for many rows. */
  readonly steps: number;
  readonly tokens: number;
  /** Tokens guessed from the message, and those of them that the model confirmed. */
  readonly guessed: number;
  readonly accepted: number;
  /** Tokens whose logit is less than 1e-4 above the next one's: what shares the batch may decide them. */
  readonly close: number;
}
export interface GeneratedText {
  readonly text: string;
  readonly tokens: number;
  /** `length`: cut at the limit; `end`: the model ended it. */
  readonly stopped: 'end' | 'length';
}
export interface Scorer {
  readonly contextLength: number;
  /** Natural-log likelihood of each continuation after its prompt (no prompt: from the start token). */
  logLikelihood(items: readonly { prompt: string; continuation: string }[], signal: AbortSignal): Promise<ContinuationScore[]>;
}
export interface ContinuationScore {
  /** Sum over the continuation's tokens. */
  readonly logLikelihood: number;
  readonly tokens: number;
  readonly isGreedy: boolean;
}
export interface Classifier {
  /** Probability of the positive class, in [0, 1]; what that class is stands in the model's card. */
  probability(texts: readonly string[], signal: AbortSignal): Promise<number[]>;
}
/** A text classifier with several labels. */
export interface CategoryClassifier {
  readonly labels: readonly string[];
  /** Of each text, by label, in [0, 1]. A text longer than the model reads gets its parts' highest. */
  probabilities(texts: readonly string[], signal: AbortSignal): Promise<number[][]>;
}
export interface Inference {
  /** Models are folders; each is loaded once per run and shared. */
  generator(folder: string): Promise<Generator>;
  scorer(folder: string): Promise<Scorer>;
  classifier(folder: string): Promise<Classifier>;
  categoryClassifier(folder: string): Promise<CategoryClassifier>;
}

export interface TrainerJob {
  /** The node's own script, `train.py` in its folder. */
  readonly script: 'train.py';
  /** Becomes `job.json` beside `workFolder`, `outputFolder`, `eventsFile`, `seed`. JSON. */
  readonly settings: Record<string, unknown>;
  /** The trainer writes here; publish it with `publishFolder`. */
  readonly outputFolder: string;
}
export interface Python {
  /**
   * Runs the trainer to its end; its progress, metrics and log go to the run's event stream.
   * Resolves with the fields of its `finished` event. Throws UserError with the exit explained.
   */
  train(job: TrainerJob): Promise<Record<string, unknown>>;
}

type InputArtifact<P> =
  P extends InputPort<infer K, infer O, infer M>
    ? M extends true
      ? readonly KindArtifact<K>[]
      : O extends true
        ? KindArtifact<K> | undefined
        : KindArtifact<K>
    : never;
type KindArtifact<K> = K extends TableKind ? TableArtifact : K extends 'model' ? ModelArtifact : ReportArtifact;

/** All that a node's `run` may use. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any spec
export interface RunContext<S extends NodeSpec<any, any, any> = NodeSpec> {
  readonly params: ParamValues<S['params']>;
  readonly inputs: { readonly [K in keyof S['inputs']]: InputArtifact<S['inputs'][K]> };
  /** The workflow's seed; every source of chance in a `seeded` node derives from it. */
  readonly seed: number;
  readonly signal: AbortSignal;

  /**
   * `total` unknown: undefined. Rate and ETA are derived by the engine. The unit `bytes` is shown as MB and GB.
   *
   * @param stage what is being done, such as "Reading", where a node does one thing after the other
   */
  progress(done: number, total: number | undefined, unit: string, stage?: string): void;
  log(line: string): void;
  /** One point of a curve: step and named values. */
  metric(step: number, values: Record<string, number>): void;

  /** Absolute path behind a path param's value. */
  path(value: string): string;
  /** Private to this action, kept over interruptions and crashes, deleted when it succeeds. */
  workFolder(): string;

  /** Columns as declared; required ones of the port's kind first. Published when `run` returns. */
  writeTable(
    port: keyof S['outputs'] & string,
    columns: readonly Column[],
    rows: Iterable<Row> | AsyncIterable<Row>,
  ): Promise<{ rowCount: number }>;
  writeReport(port: keyof S['outputs'] & string, report: Report): Promise<void>;
  /** Publishes a finished model folder (inside `workFolder()`), moving it. */
  publishFolder(port: keyof S['outputs'] & string, folder: string): Promise<void>;

  /**
   * `operation`: all that a row's result depends on beside the row; hashed by the engine together with node type and version.
   * With `ownVersion` the type's version is left out, for results that cost money: the operation then says when they change.
   */
  rowResults<T>(operation: unknown, options?: { ownVersion: true }): RowResults<T>;
  /** The node's queue; `operation`: all that people's answers depend on beside the row. */
  queue(operation: unknown): PeopleQueue;
  /** Rows of a file in any format the data room reads; errors name file and line. Adds `id` when the file has none. */
  readFile(
    path: string,
    options: { textColumn: string; idColumn?: string },
  ): { columns(): Promise<readonly Column[]>; rows(): AsyncIterable<Row> };
  readonly inference: Inference;
  /** Nothing is asked, and the key is not looked up, before the first message. One for each use: limits and budget are its own. */
  endpoint(settings: EndpointSettings): ChatEndpoint;
  readonly python: Python;
}

/** The default export of a node's `run.ts`. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any spec
export type RunNode<S extends NodeSpec<any, any, any>> = (context: RunContext<S>) => Promise<void>;
