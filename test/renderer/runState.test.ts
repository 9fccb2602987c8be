import { describe, expect, test } from 'vitest';
import { runEventSchema, type RunEvent } from '../../main/contract/runEvents.ts';
import { afterEvent, afterLoss, noRun, runShare } from '../../renderer/state/runState.ts';

type Bare<E> = E extends RunEvent ? Omit<E, 'run' | 'at'> : never;
const event = (bare: Bare<RunEvent>, run = 'r1'): RunEvent => runEventSchema.parse({ run, at: 1000, ...bare });
const started = event({
  type: 'run-started',
  title: 'Test',
  plan: {
    nodes: [
      { node: 'a', decision: 'run', reasons: ['never ran'] },
      { node: 'b', decision: 'pending', reasons: [] },
      { node: 'c', decision: 'skipped', reasons: [] },
    ],
  },
});
const outcome = (node: string, status: 'ran' | 'reused' | 'failed', error?: string) =>
  event({ type: 'node-finished', outcome: { node, type: 't', status, seconds: 2, outputs: {}, reasons: [], ...(error && { error }) } });
const after = (...events: RunEvent[]) => events.reduce(afterEvent, noRun);

describe('following a run', () => {
  test('queues what the plan needs and leaves out what it does not', () => {
    const { nodes } = after(started);
    expect(nodes.a).toMatchObject({ status: 'queued', reasons: ['never ran'] });
    expect(nodes.c).toBeUndefined();
  });

  test('keeps progress while a node runs and drops it when it is done', () => {
    const running = [
      started,
      event({ type: 'node-started', node: 'a', reasons: [] }),
      event({ type: 'node-progress', node: 'a', done: 5, total: 10, unit: 'rows', stage: 'Reading', rate: 2.5, etaSeconds: 2 }),
    ];
    expect(after(...running).nodes.a!.progress).toEqual({ done: 5, total: 10, unit: 'rows', stage: 'Reading', rate: 2.5, etaSeconds: 2 });
    expect(runShare(after(...running), ['a', 'b'])).toBe(0.25);
    const done = after(...running, outcome('a', 'ran'));
    expect(done.nodes.a).toMatchObject({ status: 'ran', seconds: 2 });
    expect(done.nodes.a!.progress).toBeUndefined();
    expect(runShare(done, ['a', 'b'])).toBe(0.5);
  });

  test('keeps every point of every curve, also of ones that report at other steps', () => {
    const points = Array.from({ length: 500 }, (_, step) =>
      event({
        type: 'node-metric',
        node: 'a',
        step,
        values: step % 50 === 0 ? { loss: 1 / (step + 1), valid: 2 } : { loss: 1 / (step + 1) },
      }),
    );
    const { loss, valid } = after(started, ...points).nodes.a!.curves;
    expect(loss).toMatchObject({ length: 500 });
    expect(loss!.values[499]).toBeCloseTo(1 / 500);
    expect(valid!.steps).toEqual([0, 50, 100, 150, 200, 250, 300, 350, 400, 450]);
  });

  test('a state that was shown before does not change when points are added to it twice', () => {
    const before = after(started, event({ type: 'node-metric', node: 'a', step: 1, values: { loss: 3 } }));
    const one = afterEvent(before, event({ type: 'node-metric', node: 'a', step: 2, values: { loss: 2 } }));
    const other = afterEvent(before, event({ type: 'node-metric', node: 'a', step: 2, values: { loss: 9 } }));
    expect(one.nodes.a!.curves.loss!.values.slice(0, 2)).toEqual([3, 2]);
    expect(other.nodes.a!.curves.loss!.values.slice(0, 2)).toEqual([3, 9]);
  });

  test('ignores late events of an earlier run', () => {
    expect(after(started, event({ type: 'node-started', node: 'a', reasons: [] }, 'r0')).nodes.a!.status).toBe('queued');
  });

  test('an engine that is lost fails what ran, skips what waited, and leaves a finished run alone', () => {
    const lost = afterLoss(after(started, event({ type: 'node-started', node: 'a', reasons: [] })), 'The engine ended.');
    expect(lost).toMatchObject({ status: 'failed', error: 'The engine ended.' });
    expect(lost.nodes.a).toMatchObject({ status: 'failed', error: 'The engine ended.' });
    expect(lost.nodes.b!.status).toBe('skipped');
    const done = after(started, event({ type: 'run-finished', outcome: 'done', seconds: 3, planningMs: 20, nodes: [] }));
    expect(afterLoss(done, 'The engine ended.')).toBe(done);
  });
});
