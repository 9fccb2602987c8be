import path from 'node:path';
import { type Figure, judged } from '../figures.ts';
import { contend, type Contender } from './contend.ts';
import { BATCH, type InferenceBench, THREADS } from './InferenceBench.ts';
import { type GenerationResult, generationResultSchema } from './InferenceJob.ts';
import { installGenai, installTransformersJs } from './installPeers.ts';
import type { Peer } from './readOptions.ts';

const GOALS: Record<Peer, number> = { torch: 5, 'transformers.js': 3, genai: 1.5 };
const WHAT: Record<Peer, string> = {
  torch: `PyTorch \`generate\`, batches of ${BATCH}`,
  'transformers.js': `transformers.js, batches of ${BATCH}`,
  genai: 'onnxruntime-genai, batch 1',
};
/** Of each contender, by turns; the best counts. */
const ROUNDS = 2;

interface Entrant extends Contender {
  readonly copies: boolean;
}
interface Best {
  readonly result: GenerationResult;
  readonly peakBytes: number;
}

/** Rewriting by the model that ships, which copies most of its input: output tokens per second against the peers, with guesses and without. */
export async function compareGeneration(bench: InferenceBench): Promise<Figure[]> {
  const { model, tokenizer, texts, folder, say } = bench;
  const own = { program: process.execPath, args: [path.join(import.meta.dirname, 'runNasaq.ts'), 'generate'] };
  const entrants: Entrant[] = [
    { name: 'nasaq', ...own, copies: true },
    { name: 'nasaq-plain', ...own, copies: false },
    ...(await peers(bench)),
  ];
  const lengths = texts.map((text) => tokenizer.encode(text).length);
  const job = {
    model: model.folder,
    threads: THREADS,
    batch: BATCH,
    texts: [...texts],
    prompts: texts.map((text) => tokenizer.encodeQuestion(text)),
    limits: lengths.map((length) => Math.ceil(length * 1.5) + 8),
    endTokens: [...model.endTokens],
    paddingToken: 0,
  };
  const best = new Map<string, Best>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const entrant of entrants) {
      const { found, cost } = await contend(entrant, { ...job, copies: entrant.copies }, generationResultSchema, folder);
      const last = best.get(entrant.name);
      say(`${entrant.name}: ${Math.round(found.tokens / found.seconds)} tokens/s (load before: ${cost.load.toFixed(1)})`);
      if (!last || found.seconds < last.result.seconds) best.set(entrant.name, { result: found, peakBytes: cost.peakBytes });
    }
  }

  const textsOf = ({ answers }: GenerationResult): string[] =>
    answers.map((answer) => (typeof answer === 'string' ? answer : tokenizer.decode(answer)));
  const speed = (name: string): number => best.get(name)!.result.tokens / best.get(name)!.result.seconds;
  const perCpu = (name: string): number => best.get(name)!.result.tokens / best.get(name)!.result.cpuSeconds;
  const nasaq = best.get('nasaq')!.result;
  const written = textsOf(nasaq);
  const statistics = nasaq.statistics!;
  const alike = (name: string): number => {
    const others = textsOf(best.get(name)!.result);
    return (100 * written.filter((text, index) => text === others[index]).length) / written.length;
  };
  return [
    { name: 'tokens of the documents', value: lengths.reduce((sum, length) => sum + length, 0), unit: 'tokens' },
    {
      name: 'documents written again as they were',
      value: (100 * written.filter((text, index) => text === texts[index]).length) / texts.length,
      unit: '%',
    },
    { name: 'rewriting', value: speed('nasaq'), unit: 'tokens/s' },
    { name: 'rewriting without guesses', value: speed('nasaq-plain'), unit: 'tokens/s' },
    { name: 'guesses: gain', value: speed('nasaq') / speed('nasaq-plain'), unit: '×', against: 'the same without guesses' },
    { name: 'guesses: confirmed', value: (100 * statistics.accepted!) / statistics.guessed!, unit: '%' },
    {
      name: 'guesses: tokens confirmed by a step',
      value: nasaq.tokens / statistics.steps!,
      unit: 'tokens',
      against: 'all rows of a step together',
    },
    { name: 'choices within 1e-4', value: statistics.close!, unit: 'tokens', against: 'float noise may decide them' },
    judged('same answers without guesses', alike('nasaq-plain'), '%', '>=', 99, 'ties within float noise apart'),
    ...bench.peers.flatMap((peer): Figure[] => [
      { name: peer, value: speed(peer), unit: 'tokens/s', against: WHAT[peer] },
      judged(`rewriting against ${peer}`, speed('nasaq') / speed(peer), '×', '>=', GOALS[peer], WHAT[peer]),
      {
        name: `rewriting against ${peer}, by processor time`,
        value: perCpu('nasaq') / perCpu(peer),
        unit: '×',
        against: 'tokens per second of all threads, waiting in loops included',
      },
      { name: `rewriting without guesses against ${peer}`, value: speed('nasaq-plain') / speed(peer), unit: '×', against: WHAT[peer] },
      judged(`same answers as ${peer}`, alike(peer), '%', '>=', 98, 'ties within float noise apart'),
    ]),
    ...entrants.map(({ name }): Figure => ({
      name: `peak memory, ${name}`,
      value: best.get(name)!.peakBytes / 1e6,
      unit: 'MB',
      against: 'the whole process',
    })),
  ];
}

async function peers({ peers, python, model }: InferenceBench): Promise<Entrant[]> {
  const script = (name: string): string => path.join(import.meta.dirname, 'peers', name);
  const entrants: Record<Peer, () => Promise<Contender>> = {
    torch: async () => ({ name: 'torch', program: python, args: [script('generate_torch.py')] }),
    'transformers.js': async () => ({
      name: 'transformers.js',
      program: process.execPath,
      args: [script('generateTransformersJs.mjs')],
      more: [await installTransformersJs()],
    }),
    genai: async () => {
      const genai = await installGenai(python, model.folder);
      return {
        name: 'genai',
        program: python,
        args: [script('generate_genai.py')],
        more: [genai.model],
        env: { PYTHONPATH: genai.packages },
      };
    },
  };
  return Promise.all(peers.map(async (peer) => ({ ...(await entrants[peer]()), copies: false })));
}
