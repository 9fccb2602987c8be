import { choice, defineNode, files, input, number, output, text } from '../kit/index.ts';

const spec = defineNode({
  type: 'eval',
  version: 4,
  title: 'Evaluate',
  category: 'measure',
  summary: 'Asks models multiple-choice questions and compares them side by side, with intervals and the line of pure guessing.',
  help:
    'A model answers with the choice it finds likeliest: the log-likelihood of each choice after the question, divided by its characters. ' +
    '“Letters” asks as the Open Arabic LLM Leaderboard does (the answers are listed, the model picks a letter); models that have never seen such ' +
    'questions tend to pick one letter throughout. “Texts” compares the answers’ own words and shows earlier what a small model knows. ' +
    'A benchmark is a JSON file that says where its questions are and how they are asked; write one to add your own.\n\n' +
    'Accuracy comes with a 95 % bootstrap interval. When it includes chance, the model cannot be told from guessing: expect that of tiny models. ' +
    'Two models are compared on the same questions, by the paired difference and the exact McNemar test.',
  effects: 'seeded',
  environment: ['onnx'],
  resource: 'cpu',
  inputs: {
    models: input('model', { title: 'Models', help: 'Language models with `onnx/score.onnx`, in the order of their names.', many: true }),
  },
  outputs: {
    scores: output('scores', { title: 'Answers', help: 'What each model answered to each question.' }),
    report: output('report', { title: 'Report', help: 'Accuracy side by side, by category, and differences.' }),
  },
  params: {
    benchmarks: files({
      title: 'Benchmarks',
      help: 'Definitions of benchmarks; their files of questions lie beside them.',
      default: ['resources:benchmarks/exams-arabic.json', 'resources:benchmarks/aratrust.json'],
      extensions: ['json'],
    }),
    answers: choice({
      title: 'Answers',
      help: 'Whether the likelihood of an answer’s letter or of its text decides.',
      default: 'letters',
      choices: [
        { value: 'letters', title: 'Letters, as the leaderboard does' },
        { value: 'texts', title: 'Texts of the answers' },
      ],
    }),
    limit: number({
      title: 'Questions',
      help: 'Only the first so many of each benchmark; 0: all.',
      default: 0,
      min: 0,
      integer: true,
      unit: 'questions',
    }),
    names: text({
      title: 'Names',
      help: 'What the models are called in the tables, in the order of their edges, with commas between. Empty: model 1, model 2, …',
      default: '',
      optional: true,
    }),
  },
});
export default spec;
