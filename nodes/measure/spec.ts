import { choice, defineNode, endpointParams, endpointProblem, endpointSettings, folder, input, number, output } from '../kit/index.ts';

const spec = defineNode({
  type: 'measure',
  version: 4,
  title: 'Measure',
  category: 'measure',
  summary:
    'Compares toxicity, fluency, length, edits and scripts before and after rewriting, with intervals that say what can be told apart.',
  help:
    'Every text before and after gets scores. Toxicity is the probability that a classifier gives; the paper measures it on 8,000 samples ' +
    '(arXiv 2412.03253, section 4). Its four categories, harassment, hate, sexual and violence, come from a classifier that has several labels or from a ' +
    'model behind an endpoint, which judges a sample of the rows. Fluency is the perplexity under a language model, the exponential of its mean negative log-likelihood per token: ' +
    'lower reads more like what the model knows. Tokens differ in length, so bits per character stand beside it: unlike perplexity they ' +
    'can be compared between texts that split into more or fewer tokens, and the report says how much that is. Without a fluency model all else is measured.\n\n' +
    'The edit distance is that of Levenshtein over the length of the longer text. Shares of scripts are of the visible characters. The language is a hint by letters: ' +
    '`ar`, `fa`, `ur`, `und-Latn` for any in Latin letters, `mul` for Arabic and Latin side by side, `und` others, `zxx` none.\n\n' +
    'Differences are of the same row after and before, with 95 % bootstrap intervals; beyond 4,096 rows these are resampled in 4,096 random groups. An interval that includes zero means that chance ' +
    'explains the difference as well. Look at the changed rows too: unchanged ones pull every mean towards zero. The shipped models are small and ' +
    'have faults of their own; their cards say what they were measured on. Any number of rows streams through in the same memory.',
  // An endpoint's answers are kept, but those that another machine gets may differ.
  effects: ({ categories }) => (categories === 'endpoint' ? 'external' : 'seeded'),
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
    scores: output('scores', { title: 'Scores', help: 'What was measured of each row before and after.' }),
    report: output('report', { title: 'Report', help: 'Means, differences with intervals, and distributions.' }),
  },
  params: {
    classifier: folder({
      title: 'Toxicity classifier',
      help: 'Folder of a text classifier in ONNX.',
      default: 'resources:models/arabic-toxicity',
    }),
    fluencyModel: folder({
      hub: true,
      title: 'Fluency model',
      help: 'Folder of a language model with `onnx/score.onnx`. Used when none is connected; empty: perplexity is not measured, which is much faster.',
      default: 'resources:models/tiny-arabic-llama',
      optional: true,
    }),
    categories: choice({
      title: 'Categories of toxicity',
      help: 'Who tells harassment, hate, sexual content and violence apart.',
      choices: [
        { value: 'none', title: 'Nobody' },
        { value: 'classifier', title: 'A classifier with several labels' },
        { value: 'endpoint', title: 'A model behind an endpoint' },
      ],
      default: 'none',
    }),
    categoryClassifier: folder({
      title: 'Category classifier',
      help: 'Folder of a text classifier in Hugging Face layout with `onnx/model.onnx`; its labels are the categories.',
      default: '',
      optional: true,
    }),
    categoryRows: number({
      title: 'Rows for the endpoint',
      help: 'How many rows, drawn by chance, the endpoint judges; 0: all. The paper judges 8,000.',
      default: 8000,
      min: 0,
      integer: true,
      unit: 'rows',
      advanced: true,
    }),
    ...endpointParams('endpoint', 'Endpoint'),
  },
  paramsProblem(params) {
    if (params.categories === 'classifier' && params.categoryClassifier === '') {
      return { param: 'categoryClassifier', problem: 'must name the folder of a classifier when `categories` is `classifier`' };
    }
    if (params.categories !== 'endpoint') return undefined;
    const problem = endpointProblem(endpointSettings(params, 'endpoint'));
    return problem && { ...problem, param: problem.param as 'endpointUrl' };
  },
});
export default spec;
