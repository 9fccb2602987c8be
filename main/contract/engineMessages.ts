import { z } from 'zod';
import { api } from './api.ts';
import { artifactSummarySchema } from './artifact.ts';
import { workflowSchema } from './graph.ts';

const digest = artifactSummarySchema.shape.digest;
const failure = z.strictObject({ error: z.string() });

/** What the app asks of the engine's process. Requests and replies cross as `{id, name, request}` and `{id, reply}`. */
export const engineCalls = {
  /** Reads a workflow file, migrating older ones. */
  readWorkflow: {
    request: z.strictObject({ path: z.string().min(1) }),
    reply: z.union([failure, z.strictObject({ workflow: workflowSchema, warnings: z.array(z.string()) })]),
  },
  /** Writes it as a whole or not at all. */
  writeWorkflow: {
    request: z.strictObject({ path: z.string().min(1), workflow: workflowSchema }),
    reply: z.union([z.null(), failure]),
  },
  plan: api.plan,
  run: api.run,
  cancel: api.cancel,
  rows: api.rows,
  report: api.report,
  queues: api.queues,
  queueRows: api.queueRows,
  answerQueue: api.answerQueue,
  artifact: { request: z.strictObject({ digest }), reply: z.union([z.null(), artifactSummarySchema]) },
  exportArtifact: {
    request: z.strictObject({ digest, target: z.string().min(1) }),
    reply: z.union([z.null(), failure]),
  },
  /** Stops what runs and ends the process. */
  close: { request: z.strictObject({}), reply: z.null() },
} as const;

export type EngineCalls = typeof engineCalls;
export type EngineCallName = keyof EngineCalls;
export type EngineRequest<N extends EngineCallName> = z.infer<EngineCalls[N]['request']>;
export type EngineReply<N extends EngineCallName> = z.infer<EngineCalls[N]['reply']>;

const names = Object.keys(engineCalls) as [EngineCallName, ...EngineCallName[]];
/** App → engine. `events` comes with a MessagePort that takes the run events from then on; `answer` is to the engine's question `asked`. */
export const toEngineSchema = z.union([
  z.strictObject({ events: z.literal(true) }),
  z.strictObject({ id: z.int(), name: z.enum(names), request: z.unknown() }),
  z.strictObject({ asked: z.int(), answer: z.union([z.strictObject({ key: z.string().nullable() }), failure]) }),
]);
/** Engine → app: a reply, or the question for the API key of a name, to be sent to a server. */
export const fromEngineSchema = z.union([
  z.strictObject({ id: z.int(), reply: z.unknown() }),
  z.strictObject({ asks: z.int(), keyName: z.string(), origin: z.string() }),
]);

/** Arguments of the engine's process. */
export const engineArgumentsSchema = z.tuple([z.string().min(1), z.string().min(1)]);
