// One contender of the inference benchmark: node runNasaq.ts generate|score JOB.json
import { readFileSync, writeFileSync } from 'node:fs';
import { openInference } from '../../main/engine/inference/openInference.ts';
import { type GenerationResult, inferenceJobSchema, type ScoringResult } from './InferenceJob.ts';

const [what, file] = process.argv.slice(2);
const job = inferenceJobSchema.parse(JSON.parse(readFileSync(file!, 'utf8')));
const { signal } = new AbortController();
const inference = openInference({ log: () => undefined });

async function generate(): Promise<GenerationResult> {
  const { texts, limits, copies } = job;
  const generator = await inference.generator(job.model);
  const limitOf = new Map(texts.map((text, index) => [text, limits[index]!]));
  const options = { maxNewTokens: (text: string) => limitOf.get(text)!, copies, signal };
  await generator.answer(texts.slice(0, job.batch), options);
  const before = generator.statistics!();
  const cpu = process.cpuUsage();
  const start = performance.now();
  const answers = await generator.answer(texts, options);
  const seconds = (performance.now() - start) / 1000;
  const { steps, guessed, accepted, close } = generator.statistics!();
  return {
    seconds,
    cpuSeconds: secondsOf(process.cpuUsage(cpu)),
    answers: answers.map(({ text }) => text),
    tokens: answers.reduce((sum, { tokens }) => sum + tokens, 0),
    statistics: {
      steps: steps - before.steps,
      guessed: guessed - before.guessed,
      accepted: accepted - before.accepted,
      close: close - before.close,
    },
  };
}

async function score(): Promise<ScoringResult> {
  const scorer = await inference.scorer(job.model);
  const items = job.texts.map((continuation) => ({ prompt: '', continuation }));
  await scorer.logLikelihood(items.slice(0, job.batch), signal);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const scores = await scorer.logLikelihood(items, signal);
  const seconds = (performance.now() - start) / 1000;
  return {
    seconds,
    cpuSeconds: secondsOf(process.cpuUsage(cpu)),
    logLikelihoods: scores.map(({ logLikelihood }) => logLikelihood),
    tokens: scores.reduce((sum, { tokens }) => sum + tokens, 0),
  };
}

function secondsOf({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1e6;
}

const result = await (what === 'score' ? score() : generate());
await inference.close();
writeFileSync(job.result, JSON.stringify(result));
