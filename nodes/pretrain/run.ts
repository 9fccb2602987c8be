import path from 'node:path';
import { z } from 'zod';
import type { Report, RunNode } from '../kit/index.ts';
import type spec from './spec.ts';

/** A checkpoint costs a moment; this bounds what an interruption costs. */
const CHECKPOINT_SECONDS = 10;

const point = z.tuple([z.int(), z.number()]);
const resultSchema = z.strictObject({
  texts: z.int(),
  heldOut: z.int(),
  blocks: z.int(),
  sequenceLength: z.int(),
  tokens: z.int(),
  weights: z.int(),
  vocabulary: z.int(),
  losses: z.array(point),
  heldOutLosses: z.array(point).min(2),
  heldOutPerplexity: z.number(),
  charactersPerToken: z.number(),
  heldOutTokens: z.int(),
  largestDifference: z.number(),
});
type Result = z.infer<typeof resultSchema>;

const run: RunNode<typeof spec> = async (context) => {
  const { corpus, base } = context.inputs;
  const outputFolder = path.join(context.workFolder(), 'model');
  const result = resultSchema.parse(
    await context.python.train({
      script: 'train.py',
      settings: {
        ...context.params,
        corpusFile: corpus.path,
        baseModel: base?.path ?? '',
        checkpointSeconds: CHECKPOINT_SECONDS,
      },
      outputFolder,
    }),
  );
  await context.publishFolder('model', outputFolder);
  await context.writeReport('report', reportOf(result, base !== undefined));
};
export default run;

function reportOf(result: Result, isContinued: boolean): Report {
  const first = result.heldOutLosses[0]![1];
  const last = result.heldOutLosses.at(-1)![1];
  // Perplexity counts by token, so it cannot be compared between tokenizers; bits a character can.
  const bitsPerCharacter = last / Math.LN2 / result.charactersPerToken;
  const epochs = result.tokens / (result.blocks * result.sequenceLength);
  return {
    title: isContinued ? 'Continued pre-training' : 'Pre-training from scratch',
    findings: [
      `Held-out perplexity is ${result.heldOutPerplexity.toFixed(1)} a token, ${bitsPerCharacter.toFixed(2)} bits a character.`,
      `Held-out loss went from ${first.toFixed(3)} to ${last.toFixed(3)} nats a token.`,
      `${result.weights.toLocaleString('en')} weights learnt from ${result.tokens.toLocaleString('en')} tokens, ${epochs.toFixed(1)} times through the corpus.`,
      `The ONNX files differ from PyTorch by at most ${result.largestDifference.toExponential(1)}.`,
    ],
    tables: [
      {
        title: 'Figures',
        columns: ['figure', 'value'],
        rows: [
          ['texts learnt from', result.texts],
          ['texts held out', result.heldOut],
          ['tokens learnt from', result.tokens],
          ['times through the corpus', epochs],
          ['weights', result.weights],
          ['vocabulary', result.vocabulary],
          ['characters a token, held out', result.charactersPerToken],
          ['tokens measured on', result.heldOutTokens],
          ['held-out loss before', first],
          ['held-out loss after', last],
          ['held-out perplexity', result.heldOutPerplexity],
          ['held-out bits a character', bitsPerCharacter],
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
