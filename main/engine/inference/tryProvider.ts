// Has one execution provider write and score with a model, in a process that may crash, and prints what came as one line of JSON.
//
//     NASAQ_DEVICE=cuda node main/engine/inference/tryProvider.ts MODEL_FOLDER
import { openInference } from './openInference.ts';

const TEXTS = [
  'ذهب الولد إلى المدرسة في الصباح وعاد في المساء.',
  'قال الوزير إن أسعار الخبز ستنخفض قريبا بعد قرار الحكومة الجديد.',
  'تونس عاصمة الجمهورية التونسية، وفيها أكثر من 600 ألف ساكن.',
  'The library opens at nine, and closes at five.',
];

const signal = AbortSignal.timeout(120_000);
const inference = openInference({ log: () => undefined });
const [generator, scorer] = [await inference.generator(process.argv[2]!), await inference.scorer(process.argv[2]!)];
const answer = () => generator.answer(TEXTS, { maxNewTokens: () => 32, signal });
const answers = await answer();
const started = performance.now();
const again = await answer();
const seconds = (performance.now() - started) / 1000;
const scores = await scorer.logLikelihood(
  TEXTS.map((continuation) => ({ prompt: '', continuation })),
  signal,
);
await inference.close();
console.log(
  JSON.stringify({
    texts: answers.map(({ text }) => text),
    scores: scores.map(({ logLikelihood, tokens }) => logLikelihood / tokens),
    tokensPerSecond: again.reduce((sum, { tokens }) => sum + tokens, 0) / seconds,
  }),
);
