import {
  choice,
  defineNode,
  endpointParams,
  endpointProblem,
  endpointSettings,
  file,
  folder,
  input,
  number,
  output,
  text,
  toggle,
} from '../kit/index.ts';

const spec = defineNode({
  type: 'annotate',
  version: 5,
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
    'Endpoint: a strong chat model on a server, as in the paper; every answer is kept at once, so that nothing is paid for twice. ' +
    'Local model: a chat model on this machine. ' +
    'People: texts wait in a queue until somebody has accepted, edited, rejected or skipped each; `nasaq queue` lists, exports and imports them.\n\n' +
    'The code of conduct says what a rewrite may do; models are told its text, with what it says for one culture, and shown its examples. ' +
    'Its version stands in the report, and editing it makes the step run again. A judge can score the rewrites from 1 to 10 on format, accuracy, moderation, ' +
    'ad removal and detail, with reasons, as the paper does to choose seeds.',
  effects: ({ expert, judge }) => (expert === 'endpoint' || expert === 'people' || judge === 'endpoint' ? 'external' : 'pure'),
  environment: ['onnx'],
  resource: 'cpu',
  inputs: { corpus: input('corpus', { title: 'Seed sample', help: 'Documents for the expert to rewrite.' }) },
  outputs: {
    pairs: output('pairs', { title: 'Pairs', help: 'Each document before and after, the names of the changes, and the judge’s scores.' }),
    report: output('report', { title: 'Report', help: 'What was changed how often, what was left out and why, scores, costs, examples.' }),
  },
  params: {
    expert: choice({
      title: 'Expert',
      help: 'Who rewrites.',
      choices: [
        { value: 'rules', title: 'Rules' },
        { value: 'pairs-file', title: 'A file of pairs' },
        { value: 'endpoint', title: 'Endpoint' },
        { value: 'model', title: 'Local model' },
        { value: 'people', title: 'People' },
      ],
      default: 'rules',
    }),
    codeOfConduct: file({
      title: 'Code of conduct',
      help: 'Markdown with a version on top: what a rewrite may and may not do.',
      default: 'resources:codes/code-of-conduct.ar.md',
      extensions: ['md'],
    }),
    culture: text({
      title: 'Culture',
      help: 'What the code says for this culture is added: the one that ships has gulf, egypt, levant and maghreb. Empty: what it says for all.',
      default: '',
      optional: true,
    }),
    examples: toggle({
      title: 'Show examples',
      help: 'Models see the code’s examples before the text. They cost tokens with every document.',
      default: true,
      advanced: true,
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
    ...endpointParams('endpoint', 'Endpoint'),
    mayFail: number({
      title: 'Documents that may fail',
      help: 'So many may stay without an answer of the endpoint, however often they are sent, before the node stops. Another number asks for them again.',
      default: 0,
      min: 0,
      integer: true,
      advanced: true,
    }),
    model: folder({
      title: 'Local model',
      help: 'Folder of a chat model with `onnx/model.onnx`. Used by the expert Local model.',
      default: '',
      optional: true,
      hub: true,
    }),
    modelPrompt: choice({
      title: 'What the local model is told',
      help: 'A model that was trained to rewrite wants the text alone; others need the code of conduct, and room for it in their context.',
      choices: [
        { value: 'code', title: 'The code of conduct and the text' },
        { value: 'text', title: 'The text alone' },
      ],
      default: 'code',
      advanced: true,
    }),
    draft: choice({
      title: 'Draft for people',
      help: 'What people find in the queue and start from.',
      choices: [
        { value: 'rules', title: 'Rewritten by rules' },
        { value: 'endpoint', title: 'Rewritten by the endpoint' },
        { value: 'model', title: 'Rewritten by the local model' },
        { value: 'raw', title: 'The raw text' },
      ],
      default: 'rules',
      advanced: true,
    }),
    judge: choice({
      title: 'Judge',
      help: 'Who scores the rewrites.',
      choices: [
        { value: 'none', title: 'Nobody' },
        { value: 'endpoint', title: 'Endpoint' },
        { value: 'model', title: 'Local model' },
      ],
      default: 'none',
    }),
    judgeShare: number({
      title: 'Judged share',
      help: 'Part of the pairs that is judged, the same ones each time.',
      default: 100,
      min: 0.1,
      max: 100,
      unit: '%',
      advanced: true,
    }),
    judgeFolder: folder({
      title: 'Local judge',
      help: 'Folder of a chat model with `onnx/model.onnx`. Used by the judge Local model.',
      default: '',
      optional: true,
      advanced: true,
      hub: true,
    }),
    ...endpointParams('judge', 'Judge’s'),
  },
  paramsProblem(params) {
    const { expert, draft, judge, model, judgeFolder } = params;
    const uses = (who: 'endpoint' | 'model'): boolean => expert === who || (expert === 'people' && draft === who);
    const prefixes = [...(uses('endpoint') ? ['endpoint'] : []), ...(judge === 'endpoint' ? ['judge'] : [])];
    for (const prefix of prefixes) {
      const problem = endpointProblem(endpointSettings(params, prefix));
      if (problem) return { ...problem, param: problem.param as 'endpointUrl' };
    }
    if (uses('model') && model === '') return { param: 'model', problem: 'must name the folder of the model that rewrites' };
    if (judge === 'model' && judgeFolder === '') return { param: 'judgeFolder', problem: 'must name the folder of the model that judges' };
    return undefined;
  },
});
export default spec;
