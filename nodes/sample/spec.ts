import { choice, defineNode, folder, input, number, output, text } from '../kit/index.ts';

const spec = defineNode({
  type: 'sample',
  version: 2,
  title: 'Sample',
  category: 'data',
  summary: 'Draws documents from a corpus: at random, evenly over the values of a column, or by their perplexity.',
  help:
    'Draws the seed sample that an expert rewrites, or any smaller corpus. Each document gets a number from the seed and its id, and the ' +
    'ones with the least numbers are drawn (bottom-k sampling, Cohen and Kaplan 2007): every document has the same chance, and a ' +
    'document that is added to the corpus or taken from it changes at most one of those that are drawn.\n\n' +
    'With a column to divide by, the count is spread over its values: in proportion to how many documents each has, or equally, ' +
    'which brings rare ones, such as offensive comments, to the front. A value with too few documents gives all it has, and the others fill up. ' +
    'The sample keeps the order of the corpus.\n\n' +
    'By perplexity: a language model scores the documents, and those are drawn that it finds least or most likely, or some from each part of the range. The paper compares ' +
    'seeds of high, low and random perplexity (arXiv 2412.03253, ablations). Perplexity is per token: short documents are at both ends, and the highest are ' +
    'often lists, other languages or noise; look at them. The smallest shipped model knows news better than comments. Scoring takes time: of a large corpus, a part drawn by chance is scored.',
  effects: 'seeded',
  environment: ['onnx'],
  resource: 'cpu',
  inputs: {
    corpus: input('corpus', { title: 'Corpus', help: 'Documents to draw from.' }),
    fluency: input('model', {
      title: 'Fluency model',
      help: 'Language model for the perplexity; without one, the param `fluencyModel` says which. Not used when drawing at random.',
      optional: true,
    }),
  },
  outputs: {
    sample: output('corpus', {
      title: 'Sample',
      help: 'The documents drawn, in the order of the corpus, with their perplexity where it was what they were drawn by.',
    }),
    report: output('report', {
      title: 'Report',
      help: 'How many were drawn of how many, by value, and the distribution of the perplexity.',
    }),
  },
  params: {
    count: number({
      title: 'Documents',
      help: 'How many to draw; all, if there are fewer.',
      default: 200,
      min: 1,
      integer: true,
      unit: 'documents',
    }),
    method: choice({
      title: 'Draw',
      help: 'Which documents are drawn, of all or of each value of a column.',
      choices: [
        { value: 'random', title: 'At random' },
        { value: 'highest', title: 'Of the highest perplexity' },
        { value: 'lowest', title: 'Of the lowest perplexity' },
        { value: 'spread', title: 'Evenly over the perplexities' },
      ],
      default: 'random',
    }),
    fluencyModel: folder({
      hub: true,
      title: 'Fluency model',
      help: 'Folder of a language model with `onnx/score.onnx`. Used when drawing by perplexity and no model is connected.',
      default: 'resources:models/tiny-arabic-llama',
      optional: true,
    }),
    candidates: number({
      title: 'Documents to score',
      help: 'When drawing by perplexity: so many, drawn by chance, are scored and chosen from; 0: all.',
      default: 20_000,
      min: 0,
      integer: true,
      unit: 'documents',
      advanced: true,
    }),
    by: text({
      title: 'Divide by',
      help: 'A column over whose values the sample is spread. Empty: all documents alike.',
      default: '',
      optional: true,
    }),
    allocation: choice({
      title: 'Spread',
      help: 'How many each value of that column gets.',
      choices: [
        { value: 'proportional', title: 'In proportion' },
        { value: 'equal', title: 'Equally' },
      ],
      default: 'proportional',
    }),
    maxCharacters: number({
      title: 'Longest document',
      help: 'Longer documents are not drawn. 0: no limit.',
      default: 0,
      min: 0,
      integer: true,
      unit: 'characters',
      advanced: true,
    }),
  },
  paramsProblem({ method, fluencyModel, candidates, count }, connected) {
    if (method === 'random') return undefined;
    if (fluencyModel === '' && !connected.has('fluency')) {
      return {
        param: 'fluencyModel',
        problem: 'must name a language model, or a model must be connected to `fluency`, to draw by perplexity',
      };
    }
    return candidates > 0 && candidates < count
      ? { param: 'candidates', problem: `must be 0 or at least \`count\`, which is ${count}` }
      : undefined;
  },
});
export default spec;
