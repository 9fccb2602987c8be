import { defineNode, input, number, output } from '../kit/index.ts';

const spec = defineNode({
  type: 'rewrite',
  version: 4,
  title: 'Rewrite',
  category: 'align',
  summary: 'Has an alignment worker rewrite every document, and keeps the raw text where a rewrite went wrong.',
  help:
    'The fourth step of native alignment (arXiv 2412.03253, section 3): the worker rewrites the corpus that a model is later trained on. ' +
    'Documents are cut at line and sentence ends into segments that a small model can hold; what stands between them is put back as it was. ' +
    'Answers are decoded greedily, so the same worker writes the same text again.\n\n' +
    'Five guards look at every segment and at the joined document: the rewrite is empty, was cut at its length limit, repeats itself, ' +
    'changes to another script, or is far longer or shorter than the raw text. A segment that is refused stays raw, and the row says why. ' +
    'Look at the pairs: many refusals mean that the worker has not learnt to copy yet; train it longer or from a stronger base.',
  effects: 'pure',
  environment: ['onnx'],
  resource: 'cpu',
  inputs: {
    corpus: input('corpus', { title: 'Corpus', help: 'The documents to rewrite.' }),
    worker: input('model', { title: 'Worker', help: 'A chat model that answers a raw text with its rewrite, with `onnx/model.onnx`.' }),
  },
  outputs: {
    aligned: output('corpus', { title: 'Aligned corpus', help: 'The same rows and columns, with the text rewritten.' }),
    pairs: output('pairs', { title: 'Before and after', help: 'Every row before and after, with its verdict and the reason.' }),
    report: output('report', { title: 'Report', help: 'Verdicts, what the guards refused, and examples.' }),
  },
  params: {
    minRatio: number({
      title: 'Shortest rewrite',
      help: 'A rewrite with fewer characters than this share of the raw text is refused: it lost information.',
      default: 0.3,
      min: 0,
      max: 1,
      step: 0.05,
      unit: '× raw',
    }),
    maxRatio: number({
      title: 'Longest rewrite',
      help: 'A rewrite with more characters than this multiple of the raw text is refused. It also limits how many tokens the worker may write.',
      default: 1.5,
      min: 1,
      max: 10,
      step: 0.1,
      unit: '× raw',
    }),
    segmentLength: number({
      title: 'Longest segment',
      help: 'Sentences longer than this are cut after a comma or between words. Larger workers do better with more context.',
      default: 180,
      min: 40,
      max: 4000,
      integer: true,
      unit: 'characters',
      advanced: true,
    }),
  },
});
export default spec;
