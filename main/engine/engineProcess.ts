/// <reference types="vite/types/importMeta.d.ts" />
import type { MessagePortMain } from 'electron';
import path from 'node:path';
import { UserError } from '../../nodes/kit/index.ts';
import {
  engineArgumentsSchema,
  engineCalls,
  toEngineSchema,
  type EngineCallName,
  type EngineReply,
  type EngineRequest,
} from '../contract/engineMessages.ts';
import type { RunEvent } from '../contract/runEvents.ts';
import type { Engine, RunHandle, RunRequest } from './Engine.ts';
import { environmentKey } from './endpoint/environmentKey.ts';
import { defaultHome } from './EnginePaths.ts';
import { nodeTypesFromModules } from './loadNodeTypes.ts';
import { openEngine } from './openEngine.ts';
import { readWorkflowFile, writeWorkflowFile } from './workflowFile.ts';

// The engine as a process of its own, started by the app with the folders of what ships as arguments.

type Handlers = { [N in EngineCallName]: (request: EngineRequest<N>) => Promise<EngineReply<N>> };

const { parentPort } = process;
const [resources, nodes] = engineArgumentsSchema.parse(process.argv.slice(-2));
const nodeTypes = nodeTypesFromModules(
  import.meta.glob('../../nodes/*/spec.ts', { eager: true }),
  import.meta.glob('../../nodes/*/run.ts'),
);
const runs = new Map<string, RunHandle>();
let events: MessagePortMain | undefined;
let opened: Engine | undefined;

/** Opened at the first call that needs it, so that a cache that cannot be opened is a sentence and not a crash. */
function engine(): Engine {
  const home = defaultHome();
  opened ??= openEngine({ paths: { resources, nodes, home }, cacheFolder: path.join(home, 'cache'), nodeTypes, readKey });
  return opened;
}

const questions = new Map<number, (answer: { key: string | null } | { error: string }) => void>();
let nextQuestion = 1;

/** Saved keys are the app's: it is asked for one when it is needed, and for no other. */
async function readKey(name: string, origin: string): Promise<string | undefined> {
  const own = environmentKey(name, origin);
  if (own) return own;
  const asks = nextQuestion++;
  const answer = await new Promise<{ key: string | null } | { error: string }>((resolve) => {
    questions.set(asks, resolve);
    parentPort.postMessage({ asks, keyName: name, origin });
  });
  if ('error' in answer) throw new UserError(answer.error);
  return answer.key ?? undefined;
}

const send = (event: RunEvent): void => events?.postMessage(event);

const handlers: Handlers = {
  readWorkflow: async ({ path: file }) => ({ workflow: await readWorkflowFile(file), warnings: [] }),
  writeWorkflow: async ({ path: file, workflow }) => {
    await writeWorkflowFile(file, workflow);
    return null;
  },
  plan: (request) => engine().plan(request satisfies RunRequest),
  run: async (request) => {
    const handle = await engine().run(request satisfies RunRequest, send);
    runs.set(handle.id, handle);
    void handle.finished.finally(() => runs.delete(handle.id));
    return { run: handle.id };
  },
  cancel: async ({ run, mode }) => {
    runs.get(run)?.stop(mode);
    return null;
  },
  rows: async ({ digest, offset, limit }) => ({ rows: await engine().rows(digest, offset, limit) }),
  report: async ({ digest }) => ({ report: JSON.parse(JSON.stringify(await engine().report(digest))) }),
  queues: async () => ({ queues: [...engine().queues.list()] }),
  queueRows: async (page) => ({ rows: [...engine().queues.rows(page)] }),
  answerQueue: async ({ queue, decisions }) => ({ counts: engine().queues.answer(queue, decisions) }),
  artifact: async ({ digest }) => engine().artifact(digest) ?? null,
  exportArtifact: async ({ digest, target }) => {
    await engine().export(digest, target);
    return null;
  },
  close: async () => {
    await opened?.close();
    return null;
  },
};

async function answer<N extends EngineCallName>(name: N, request: unknown): Promise<unknown> {
  try {
    return await handlers[name](engineCalls[name].request.parse(request) as EngineRequest<N>);
  } catch (error) {
    if (error instanceof UserError) return { error: error.message };
    console.error(error);
    const what = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    return { error: `Nasaq met a defect of its own (${what}); please report it.` };
  }
}

parentPort.on('message', ({ data, ports }) => {
  const message = toEngineSchema.parse(data);
  if ('events' in message) {
    events?.close();
    [events] = ports;
    return;
  }
  if ('asked' in message) {
    questions.get(message.asked)?.(message.answer);
    questions.delete(message.asked);
    return;
  }
  void answer(message.name, message.request).then((reply) => {
    parentPort.postMessage({ id: message.id, reply });
    // An open parentPort would keep the process alive for ever.
    if (message.name === 'close') process.exit(0);
  });
});
