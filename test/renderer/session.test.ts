import { expect, test } from 'vitest';
import type { NasaqBridge } from '../../main/contract/api.ts';
import type { NodeSpec } from '../../nodes/kit/index.ts';
import { addNode } from '../../renderer/state/graphCommands.ts';
import { createGraphStore } from '../../renderer/state/graphStore.ts';
import { createRunStore } from '../../renderer/state/runStore.ts';
import { createSession } from '../../renderer/state/session.ts';
import { createViewStore } from '../../renderer/state/viewStore.ts';
import { specs, types } from './nodeTypes.ts';

/** A session whose calls are answered by `answers`, and the calls that it made. */
function sessionWith(answers: Record<string, (request: unknown) => Promise<unknown>>) {
  const calls: [string, unknown][] = [];
  const call = async (name: string, request: unknown) => {
    calls.push([name, request]);
    return (await answers[name]?.(request)) ?? null;
  };
  const graph = createGraphStore();
  const runs = createRunStore();
  const view = createViewStore(undefined);
  const bridge = { call, onCommand: () => () => undefined } as unknown as NasaqBridge;
  graph.getState().change((workflow) => addNode(workflow, specs.source as unknown as NodeSpec, { x: 0, y: 0 }).workflow);
  return { session: createSession({ bridge, types, graph, runs, view }), runs, view, calls };
}

test('a run that is cancelled while its plan is made is cancelled once it has a name', async () => {
  let started: (reply: { run: string }) => void = () => undefined;
  const { session, runs, calls } = sessionWith({ run: () => new Promise((resolve) => (started = resolve)) });
  const running = session.run();
  expect(runs.getState().current.status).toBe('starting');
  await session.cancel();
  expect(calls.map(([name]) => name)).toEqual(['run']);
  started({ run: 'r1' });
  await running;
  expect(calls.at(-1)).toEqual(['cancel', { run: 'r1', mode: 'cancel' }]);
});

test('a workflow that cannot be saved is told, and the window learns that something is still unsaved', async () => {
  const { session, view, calls } = sessionWith({ saveWorkflow: () => Promise.reject(new Error('no JSON')) });
  expect(await session.save()).toBe(false);
  expect(view.getState().toasts.map(({ sentence }) => sentence)).toEqual(['The workflow was not saved (no JSON).']);
  expect(calls.at(-1)).toEqual(['setUnsaved', { unsaved: true, title: 'Untitled' }]);
});
