import { defineNode, folder, input, output } from '../kit/index.ts';

const spec = defineNode({
  type: 'measure',
  version: 3,
  title: 'Measure',
  category: 'measure',
  summary: 'Compares toxicity and fluency before and after rewriting, with intervals that say what can be told apart.',
  help:
    'Every text before and after gets two scores. Toxicity is the probability that a classifier gives; the paper measures it on 8,000 samples ' +
    '(arXiv 2412.03253, section 4). Fluency is the perplexity under a language model, the exponential of its mean negative log-likelihood per token: ' +
    'lower reads more like what the model knows. Tokens differ in length, so bits per character stand beside it: unlike perplexity they ' +
    'can be compared between texts that split into more or fewer tokens.\n\n' +
    'Differences are of the same row after and before, with 95 % bootstrap intervals. An interval that includes zero means that chance ' +
    'explains the difference as well. Look at the changed rows too: unchanged ones pull every mean towards zero. Both models are small and ' +
    'have faults of their own; their cards say what they were measured on.',
  effects: 'seeded',
  environment: ['onnx'],
  resource: 'cpu',
  inputs: {
    pairs: input('pairs', { title: 'Pairs', help: 'Texts before and after.' }),
    fluency: input('model', {
      title: 'Fluency model',
      help: 'Language model for the perplexity; without one, the param `fluencyModel` says which.',
      optional: true,
    }),
  },
  outputs: {
    scores: output('scores', { title: 'Scores', help: 'Toxicity, perplexity and bits per character of each row before and after.' }),
    report: output('report', { title: 'Report', help: 'Means, differences with intervals, and distributions.' }),
  },
  params: {
    classifier: folder({
      title: 'Toxicity classifier',
      help: 'Folder of a text classifier in ONNX.',
      default: 'resources:models/arabic-toxicity',
    }),
    fluencyModel: folder({
      title: 'Fluency model',
      help: 'Folder of a language model with `onnx/score.onnx`. Used when none is connected.',
      default: 'resources:models/tiny-arabic-llama',
      optional: true,
    }),
  },
});
export default spec;
