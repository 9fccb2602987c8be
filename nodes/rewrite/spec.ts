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
  toggle,
} from '../kit/index.ts';

const spec = defineNode({
  type: 'rewrite',
  version: 5,
  title: 'Rewrite',
  category: 'align',
  summary: 'Has an alignment worker rewrite every document, and keeps the raw text where a rewrite went wrong.',
  help:
    'The fourth step of native alignment (arXiv 2412.03253, section 3): the worker rewrites the corpus that a model is later trained on. ' +
    'It is a fine-tuned model, or any chat model behind an OpenAI-compatible address that is told a code of conduct. ' +
    'Documents are cut at line and sentence ends into segments that a small model can hold; what stands between them is put back as it was. ' +
    'A model’s answers are decoded greedily, so the same worker writes the same text again.\n\n' +
    'Guards look at every segment and at the joined document: was it cut, is it empty, a refusal, does it show its instructions, repeat itself, ' +
    'say something twice, change script or language, put in invisible characters, shrink or grow, lose or invent links, numbers and names. ' +
    'A refused segment is asked again once, cut into smaller pieces; pieces that are refused again stay raw, and the row says why. ' +
    'A rewrite that is the raw text always passes: a text without faults comes out byte for byte. ' +
    'Names are found without a model, after titles and in Latin letters, so most Arabic names are not watched over.\n\n' +
    'Look at the pairs: many refusals mean that the worker has not learnt to copy yet; train it longer or from a stronger base.',
  effects: ({ worker }) => (worker === 'endpoint' ? 'external' : 'pure'),
  environment: ['onnx'],
  resource: 'cpu',
  inputs: {
    corpus: input('corpus', { title: 'Corpus', help: 'The documents to rewrite.' }),
    worker: input('model', {
      title: 'Worker',
      help: 'A chat model that answers a raw text with its rewrite, with `onnx/model.onnx`. Not needed when an endpoint rewrites.',
      optional: true,
    }),
  },
  outputs: {
    aligned: output('corpus', { title: 'Aligned corpus', help: 'The same rows and columns, with the text rewritten.' }),
    pairs: output('pairs', {
      title: 'Before and after',
      help: 'Every row before and after, with its verdict, why something stayed raw, the guards that refused, and what asking again did.',
    }),
    report: output('report', { title: 'Report', help: 'Verdicts, what each guard refused, and examples.' }),
  },
  params: {
    worker: choice({
      title: 'Worker',
      help: 'A fine-tuned model, from the input or a folder, or a chat model behind an address.',
      default: 'model',
      choices: [
        { value: 'model', title: 'Model' },
        { value: 'endpoint', title: 'Endpoint' },
      ],
    }),
    workerModel: folder({
      title: 'Worker’s folder',
      help: 'A worker from elsewhere, in place of the input: a folder in Hugging Face layout with `onnx/model.onnx`, or a model of the hub such as `organisation/name`.',
      default: '',
      optional: true,
      hub: true,
      advanced: true,
    }),
    codeOfConduct: file({
      title: 'Code of conduct',
      help:
        'Markdown that an endpoint is told before each text, such as `resources:codes/code-of-conduct.ar.md`. ' +
        'A fine-tuned worker has learnt it and is told nothing.',
      default: '',
      extensions: ['md'],
      optional: true,
      advanced: true,
    }),
    ...endpointParams('endpoint', 'Endpoint'),
    minRatio: number({
      title: 'Shortest rewrite',
      help: 'A rewrite with fewer characters than this share of the raw text is refused: it lost information. Links, mentions and advertising do not count.',
      default: 0.3,
      min: 0,
      max: 1,
      step: 0.05,
      unit: '× raw',
    }),
    maxRatio: number({
      title: 'Longest rewrite',
      help: 'A rewrite with more characters than this multiple of the raw text is refused. It also limits how many tokens a model may write.',
      default: 1.5,
      min: 1,
      max: 10,
      step: 0.1,
      unit: '× raw',
    }),
    links: choice({
      title: 'Links and addresses',
      help: 'The code of conduct that ships takes links and mentions out, so they may go. Choose the other where links are knowledge. Invented ones are always refused.',
      default: 'may-go',
      choices: [
        { value: 'may-go', title: 'May be taken out' },
        { value: 'must-stay', title: 'Must stay' },
      ],
    }),
    numbers: toggle({
      title: 'Keep numbers',
      help: 'Refuses a rewrite that loses or invents a number; ٣ and 3 are the same. Numbers spelt out in words count as lost.',
      default: true,
    }),
    names: choice({
      title: 'Keep names',
      help:
        'Refuses a rewrite that loses a probable name: words after a title (الدكتور، السيد, Dr.) and Latin words with a capital letter. ' +
        '“And repeated words” also keeps words that a text says three times: this hinders a worker that takes insults out.',
      default: 'marked',
      choices: [
        { value: 'off', title: 'Do not look' },
        { value: 'marked', title: 'Titles and Latin names' },
        { value: 'repeated', title: 'And repeated words' },
      ],
    }),
    retry: toggle({
      title: 'Ask again',
      help: 'A refused segment is cut into smaller pieces and asked once more; then the raw text is kept.',
      default: true,
      advanced: true,
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
  paramsProblem(params, connected) {
    if (params.worker === 'endpoint') {
      const problem = endpointProblem(endpointSettings(params, 'endpoint'));
      if (problem) return { ...problem, param: problem.param as 'endpointUrl' };
      return params.codeOfConduct === ''
        ? { param: 'codeOfConduct', problem: 'must name what the endpoint is told, such as `resources:codes/code-of-conduct.ar.md`' }
        : undefined;
    }
    if (connected.has('worker')) {
      return params.workerModel === ''
        ? undefined
        : { param: 'workerModel', problem: 'names a worker, but another is connected to the input `worker`: clear one of them' };
    }
    return params.workerModel === ''
      ? { param: 'worker', problem: 'is `model`, but the input `worker` is not connected: connect a model, or choose `endpoint`' }
      : undefined;
  },
  // What did not look at numbers and names, and asked once, goes on doing so in old files.
  migrations: { 4: (params) => ({ numbers: false, names: 'off', retry: false, ...params }) },
});
export default spec;
