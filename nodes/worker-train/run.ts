import path from 'node:path';
import { z } from 'zod';
import type { Report, RunNode } from '../kit/index.ts';
import { UserError } from '../kit/index.ts';
import type spec from './spec.ts';

/** A checkpoint costs a moment; this bounds what an interruption costs. */
const CHECKPOINT_SECONDS = 10;

const point = z.tuple([z.int(), z.number()]);
const resultSchema = z.strictObject({
  pairs: z.int(),
  heldOut: z.int(),
  tooLong: z.int(),
  trainedWeights: z.int(),
  losses: z.array(point),
  heldOutLosses: z.array(point).min(2),
  largestDifference: z.number(),
  samples: z.array(z.strictObject({ before: z.string(), expert: z.string(), base: z.string(), worker: z.string() })),
});
type Result = z.infer<typeof resultSchema>;

const run: RunNode<typeof spec> = async (context) => {
  const { pairs, base } = context.inputs;
  const { baseModel, ...training } = context.params;
  if (!base && !baseModel) throw new UserError('No base model: connect one to port `base` or set param `baseModel`.');
  const outputFolder = path.join(context.workFolder(), 'model');
  const result = resultSchema.parse(
    await context.python.train({
      script: 'train.py',
      settings: {
        ...training,
        baseModel: base?.path ?? context.path(baseModel),
        pairsFile: pairs.path,
        checkpointSeconds: CHECKPOINT_SECONDS,
      },
      outputFolder,
    }),
  );
  await context.publishFolder('model', outputFolder);
  await context.writeReport('report', reportOf(result));
};
export default run;

function reportOf(result: Result): Report {
  const first = result.heldOutLosses[0]![1];
  const last = result.heldOutLosses.at(-1)![1];
  const copied = (who: 'base' | 'worker') => result.samples.filter((sample) => sample[who] === sample.expert).length;
  return {
    title: 'Worker training',
    findings: [
      `Held-out loss went from ${first.toFixed(3)} to ${last.toFixed(3)} nats a token.`,
      `Learnt from ${result.pairs} pairs, measured on ${result.heldOut}; ${result.tooLong} were left out for their length.`,
      `Of ${result.samples.length} held-out examples the worker writes ${copied('worker')} exactly as the expert did, the base model ${copied('base')}.`,
      `The ONNX files differ from PyTorch by at most ${result.largestDifference.toExponential(1)}.`,
    ],
    tables: [
      {
        title: 'Held-out examples',
        columns: ['raw', 'expert', 'base model', 'worker'],
        rows: result.samples.map(({ before, expert, base, worker }) => [before, expert, base, worker]),
      },
      {
        title: 'Figures',
        columns: ['figure', 'value'],
        rows: [
          ['pairs learnt from', result.pairs],
          ['pairs held out', result.heldOut],
          ['pairs left out for their length', result.tooLong],
          ['weights trained', result.trainedWeights],
          ['steps', result.losses.length],
          ['held-out loss before', first],
          ['held-out loss after', last],
          ['largest difference of ONNX', result.largestDifference],
        ],
      },
    ],
    charts: [
      {
        title: 'Loss',
        type: 'line',
        x: 'step',
        y: 'nats a token',
        series: [
          { name: 'training', points: result.losses },
          { name: 'held out', points: result.heldOutLosses },
        ],
      },
    ],
  };
}
