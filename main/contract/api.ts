import { z } from 'zod';
import { KEY_NAME } from '../../nodes/kit/index.ts';
import { artifactSummarySchema } from './artifact.ts';
import { EVENTS_PORT } from './channels.ts';
import { workflowSchema } from './graph.ts';
import { planSchema } from './plan.ts';
import { queueCountsSchema, queueDecisionSchema, queuePageSchema, queueRowSchema, queueSummarySchema } from './queue.ts';

const path = z.string().min(1).max(4096);
const target = {
  workflow: workflowSchema,
  /** Where relative paths in it start; absent for a workflow that was never saved. */
  file: path.optional(),
  to: z.string().optional(),
};

const keyName = z.string().regex(KEY_NAME, { error: 'must have letters, digits and `_` alone, and start with a letter' });

const failure = z.strictObject({ error: z.string() });

/** What the window may ask of the app: each call's request and reply, both checked. */
export const api = {
  /** What the command line asked the window to open; told once. */
  launch: {
    request: z.strictObject({}),
    reply: z.strictObject({ sample: z.boolean(), path: path.optional() }),
  },
  openWorkflow: {
    /** Without a path a dialog asks; `sample` opens the one that ships. */
    request: z.strictObject({ path: path.optional(), sample: z.boolean().optional() }),
    /** null: the dialog was closed. `error`: one sentence. A path must come from a dialog or the command line. */
    reply: z.union([z.null(), failure, z.strictObject({ path: path.optional(), workflow: workflowSchema, warnings: z.array(z.string()) })]),
  },
  saveWorkflow: {
    request: z.strictObject({ path: path.optional(), workflow: workflowSchema }),
    reply: z.union([z.null(), failure, z.strictObject({ path })]),
  },
  chooseFile: {
    request: z.strictObject({ kind: z.enum(['file', 'files', 'folder']), extensions: z.array(z.string()), relativeTo: path.optional() }),
    reply: z.union([z.null(), z.array(path)]),
  },
  plan: { request: z.strictObject(target), reply: z.union([planSchema, failure]) },
  /** Events of the run arrive over the MessagePort. */
  run: {
    request: z.strictObject({ ...target, force: z.array(z.string()) }),
    reply: z.union([z.strictObject({ run: z.string() }), failure]),
  },
  /** `cancel` discards within 5 s; `stop` lets trainers checkpoint first. */
  cancel: { request: z.strictObject({ run: z.string(), mode: z.enum(['cancel', 'stop']) }), reply: z.null() },
  rows: {
    request: z.strictObject({
      digest: artifactSummarySchema.shape.digest,
      offset: z.int().nonnegative(),
      limit: z.int().positive().max(1000),
    }),
    reply: z.union([
      z.strictObject({ rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))) }),
      failure,
    ]),
  },
  report: {
    request: z.strictObject({ digest: artifactSummarySchema.shape.digest }),
    reply: z.union([z.strictObject({ report: z.json() }), failure]),
  },
  /** Asks where, then writes the artifact there: a table as `.jsonl` or `.parquet`, a report as `.json`, a model as a new folder. */
  exportArtifact: {
    request: z.strictObject({ digest: artifactSummarySchema.shape.digest, name: z.string().min(1).max(200) }),
    reply: z.union([z.null(), z.strictObject({ path }), failure]),
  },
  /** Rows that wait for people, by node; the latest queue first. */
  queues: { request: z.strictObject({}), reply: z.union([z.strictObject({ queues: z.array(queueSummarySchema) }), failure]) },
  queueRows: { request: queuePageSchema, reply: z.union([z.strictObject({ rows: z.array(queueRowSchema) }), failure]) },
  /** All of the decisions or none. */
  answerQueue: {
    request: z.strictObject({ queue: queueSummarySchema.shape.queue, decisions: z.array(queueDecisionSchema).max(1000) }),
    reply: z.union([z.strictObject({ counts: queueCountsSchema }), failure]),
  },
  /** Names of saved API keys and the servers that they are for; their values never come back. `canSave` is false where the machine has no key ring. */
  keys: {
    request: z.strictObject({}),
    reply: z.union([
      z.strictObject({ keys: z.array(z.strictObject({ name: z.string(), origin: z.string() })), canSave: z.boolean() }),
      failure,
    ]),
  },
  /** `url`: any address of the one server that the key may be sent to. */
  setKey: {
    request: z.strictObject({ name: keyName, url: z.url({ protocol: /^https?$/ }), key: z.string().min(1).max(4096) }),
    reply: z.union([z.null(), failure]),
  },
  deleteKey: { request: z.strictObject({ name: keyName }), reply: z.union([z.null(), failure]) },
  /** Asks what to do with unsaved changes before something replaces them. */
  confirmDiscard: { request: z.strictObject({ title: z.string() }), reply: z.enum(['save', 'discard', 'cancel']) },
  /** The window says whether closing it would lose something. */
  setUnsaved: { request: z.strictObject({ unsaved: z.boolean(), title: z.string() }), reply: z.null() },
} as const;

export type Api = typeof api;
export type ApiName = keyof Api;
export type ApiRequest<N extends ApiName> = z.infer<Api[N]['request']>;
export type ApiReply<N extends ApiName> = z.infer<Api[N]['reply']>;

/** `window.nasaq`, as the preload script exposes it. */
export interface NasaqBridge {
  call<N extends ApiName>(name: N, request: ApiRequest<N>): Promise<ApiReply<N>>;
  /** Commands from the menu, such as `save` or `run`. Returns what stops listening. */
  onCommand(listener: (command: MenuCommand) => void): () => void;
}

/** `lost`: the engine before this one ended unexpectedly; one sentence. */
export const eventsPortSchema = z.strictObject({ tag: z.literal(EVENTS_PORT), lost: z.string().nullable() });

export const MENU_COMMANDS = [
  /** Another start of the app was asked to open something: see `launch`. */
  'open-launched',
  'new',
  'open',
  'open-sample',
  'save',
  'save-as',
  'undo',
  'redo',
  'delete',
  'duplicate',
  'run',
  'run-to-here',
  'cancel',
  'zoom-to-fit',
  'toggle-theme',
] as const;
export type MenuCommand = (typeof MENU_COMMANDS)[number];
