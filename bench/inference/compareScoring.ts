import path from 'node:path';
import { type Figure, judged } from '../figures.ts';
import { contend } from './contend.ts';
import { BATCH, type InferenceBench, THREADS } from './InferenceBench.ts';
import { type ScoringResult, scoringResultSchema } from './InferenceJob.ts';

const ROUNDS = 2;

/** Log-likelihoods of the texts: tokens per second against PyTorch, in the order given and in PyTorch's favour sorted by length. */
export async function compareScoring({ model, tokenizer, texts, python, folder, say }: InferenceBench): Promise<Figure[]> {
  const rows = texts.map((text) => ({ text, prompt: [model.startToken, ...tokenizer.encode(text)] }));
  const sorted = rows.toSorted((a, b) => b.prompt.length - a.prompt.length);
  const jobOf = (order: typeof rows) => ({
    model: model.folder,
    threads: THREADS,
    batch: BATCH,
    texts: order.map(({ text }) => text),
    prompts: order.map(({ prompt }) => prompt),
    limits: [],
    endTokens: [...model.endTokens],
    paddingToken: 0,
    copies: false,
  });
  const torch = { program: python, args: [path.join(import.meta.dirname, 'peers', 'score_torch.py')] };
  const entrants = [
    { name: 'nasaq', program: process.execPath, args: [path.join(import.meta.dirname, 'runNasaq.ts'), 'score'], order: rows },
    { name: 'torch', ...torch, order: rows },
    { name: 'torch, sorted', ...torch, order: sorted },
  ];
  const best = new Map<string, ScoringResult>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const { order, ...contender } of entrants) {
      const { found, cost } = await contend(contender, jobOf(order), scoringResultSchema, folder);
      say(`scoring by ${contender.name}: ${Math.round(found.tokens / found.seconds)} tokens/s (load before: ${cost.load.toFixed(1)})`);
      const last = best.get(contender.name);
      if (!last || found.seconds < last.seconds) best.set(contender.name, found);
    }
  }
  const speed = (name: string): number => best.get(name)!.tokens / best.get(name)!.seconds;
  const perCpu = (name: string): number => best.get(name)!.tokens / best.get(name)!.cpuSeconds;
  const ours = best.get('nasaq')!.logLikelihoods;
  const error = Math.max(...best.get('torch')!.logLikelihoods.map((value, index) => Math.abs(value - ours[index]!)));
  return [
    { name: 'scoring', value: speed('nasaq'), unit: 'tokens/s' },
    judged('scoring against PyTorch', speed('nasaq') / speed('torch'), '×', '>=', 1.3, `batches of ${BATCH} in the order given`),
    {
      name: 'scoring against PyTorch, sorted',
      value: speed('nasaq') / speed('torch, sorted'),
      unit: '×',
      against: `batches of ${BATCH} of like length`,
    },
    {
      name: 'scoring against PyTorch, by processor time',
      value: perCpu('nasaq') / perCpu('torch'),
      unit: '×',
      against: 'tokens per second of all threads, waiting in loops included',
    },
    judged('scoring: largest difference', error, 'nats a text', '<=', 0.01, 'PyTorch'),
  ];
}
