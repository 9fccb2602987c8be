import { choice, defineNode, input, number, output, text } from '../kit/index.ts';

const spec = defineNode({
  type: 'sample',
  version: 1,
  title: 'Sample',
  category: 'data',
  summary: 'Draws documents from a corpus, at random or evenly over the values of a column.',
  help:
    'Draws the seed sample that an expert rewrites, or any smaller corpus. Each document gets a number from the seed and its id, and the ' +
    'ones with the least numbers are drawn (bottom-k sampling, Cohen and Kaplan 2007): every document has the same chance, and a ' +
    'document that is added to the corpus or taken from it changes at most one of those that are drawn.\n\n' +
    'With a column to divide by, the count is spread over its values: in proportion to how many documents each has, or equally, ' +
    'which brings rare ones, such as offensive comments, to the front. A value with too few documents gives all it has, and the others fill up. ' +
    'The sample keeps the order of the corpus.',
  effects: 'seeded',
  resource: 'cpu',
  inputs: { corpus: input('corpus', { title: 'Corpus', help: 'Documents to draw from.' }) },
  outputs: {
    sample: output('corpus', { title: 'Sample', help: 'The documents drawn, in the order of the corpus.' }),
    report: output('report', { title: 'Report', help: 'How many were drawn of how many, by value.' }),
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
});
export default spec;
