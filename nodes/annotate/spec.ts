import { choice, defineNode, file, input, output, text } from '../kit/index.ts';

const spec = defineNode({
  type: 'annotate',
  version: 4,
  title: 'Annotate',
  category: 'align',
  summary: 'Has an expert rewrite a seed sample under a code of conduct: the pairs that a worker learns from.',
  help:
    'The second step of native alignment (arXiv 2412.03253, section 3): an expert rewrites a sample of raw documents, and what comes out, raw and ' +
    'rewritten side by side, is what an alignment worker is trained on. Every pair names what was changed; a document without faults stays as it is, letter ' +
    'by letter, and is a pair as well, because a worker must also learn to leave text alone.\n\n' +
    'Rules: a fixed set that takes out links, mentions, advertising and the words of a lexicon, and mends stretched letters, punctuation, emoji and spacing. ' +
    'It is free, always the same and a fair baseline, but knows no context: it removes words, it does not rephrase. ' +
    'Pairs file: rewrites by people or by a strong model, made elsewhere, matched to documents by id or by their raw text. ' +
    'The code of conduct says what a rewrite may do; its version stands in the report, and editing it makes the step run again.',
  effects: 'pure',
  resource: 'cpu',
  inputs: { corpus: input('corpus', { title: 'Seed sample', help: 'Documents for the expert to rewrite.' }) },
  outputs: {
    pairs: output('pairs', { title: 'Pairs', help: 'Each document before and after, and the names of the changes.' }),
    report: output('report', { title: 'Report', help: 'What was changed how often, what was left out and why, examples.' }),
  },
  params: {
    expert: choice({
      title: 'Expert',
      help: 'Who rewrites.',
      choices: [
        { value: 'rules', title: 'Rules' },
        { value: 'pairs-file', title: 'A file of pairs' },
      ],
      default: 'rules',
    }),
    codeOfConduct: file({
      title: 'Code of conduct',
      help: 'Markdown with a version on top: what a rewrite may and may not do.',
      default: 'resources:codes/code-of-conduct.ar.md',
      extensions: ['md'],
    }),
    lexicon: file({
      title: 'Lexicon',
      help: 'Words that the rules take out, one a line. Used by the expert Rules.',
      default: 'resources:lexicons/offensive.ar.txt',
      extensions: ['txt'],
      optional: true,
    }),
    pairsFile: file({
      title: 'Pairs file',
      help: 'Rewrites that were made elsewhere: JSONL, CSV, TSV or Parquet. Used by the expert A file of pairs.',
      default: '',
      extensions: ['jsonl', 'ndjson', 'csv', 'tsv', 'parquet', 'gz', 'zst'],
      optional: true,
    }),
    rawColumn: text({ title: 'Raw column', help: 'Column of the pairs file with the text before.', default: 'raw', advanced: true }),
    rewrittenColumn: text({
      title: 'Rewritten column',
      help: 'Column of the pairs file with the text after.',
      default: 'rewritten',
      advanced: true,
    }),
  },
});
export default spec;
