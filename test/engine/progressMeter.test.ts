import { expect, test } from 'vitest';
import { type Progress, ProgressMeter } from '../../main/engine/run/ProgressMeter.ts';

test('each stage has a rate of its own, and says which it is', () => {
  const sent: Progress[] = [];
  let now = 0;
  const meter = new ProgressMeter(
    (progress) => sent.push(progress),
    () => now,
  );
  const report = (at: number, done: number, stage?: string) => {
    now = at;
    meter.report(done, 1_000, 'bytes', stage);
  };
  report(0, 0, 'Reading');
  report(1_000, 400, 'Reading');
  report(2_000, 500, 'Comparing');
  report(3_000, 600, 'Comparing');
  report(4_000, 700);
  meter.flush();
  expect(sent.map(({ stage, rate, etaSeconds }) => [stage, rate, etaSeconds])).toEqual([
    ['Reading', undefined, undefined],
    ['Reading', 400, 1.5],
    ['Comparing', undefined, undefined],
    ['Comparing', 100, 4],
    [undefined, undefined, undefined],
  ]);
});
