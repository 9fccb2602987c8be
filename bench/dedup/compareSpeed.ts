import path from 'node:path';
import { type Figure, judged } from '../figures.ts';
import type { BenchContext } from './BenchContext.ts';
import { type BenchCorpus, exactPairs } from './benchCorpus.ts';
import { type Command, type Cost, measure } from './measure.ts';
import { nasaqCommand, nasaqJob, type NasaqSettings } from './nasaqJob.ts';
import { readPairs } from './pairsFile.ts';
import { installPeers, peerCommand, PEERS } from './peers.ts';
import { scorePairs } from './scorePairs.ts';

const STRICT = { words: 5, threshold: 0.8 };
const BUDGET = 1e9;
/** Node itself, the kernel and its buffers. */
const FIXED_MEMORY = 200e6;

/** Tells kept rows, clusters and all pairs, as much as any peer tells. */
const NASAQ = 'Nasaq';
const CLUSTERS = 'Nasaq, clusters only';
const TWO_THREADS = 'Nasaq, clusters only, two threads';

interface Contestant {
  readonly name: string;
  readonly command: Command;
  readonly runs: number;
  /** What it found, if it tells. */
  readonly pairs?: string;
}

/** Of several runs the least times, which others exceed by what else the machine did, and the most memory. */
interface Best {
  readonly runs: number;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly peakBytes: number;
  readonly loads: string;
}

/**
 * Nasaq against its peers on the same corpus, each as a whole process from file to file: processor time, wall time, memory,
 * and what they find against the exact join. They take turns, so that a busy minute of the machine falls on all.
 */
export async function compareSpeed({ corpus, folder, say }: BenchContext): Promise<Figure[]> {
  const strict = { ...STRICT, files: [corpus.file], normalised: false, memoryBudget: BUDGET };
  const nasaq = (name: string, settings: Omit<NasaqSettings, keyof typeof strict>, runs: number): Contestant => {
    const job = nasaqJob(name.replaceAll(' ', '-'), folder, { ...strict, ...settings });
    return { name, command: nasaqCommand(job), runs, ...(settings.allPairs ? { pairs: job.pairs } : {}) };
  };
  say('the exact join and the peers');
  const expected = await exactPairs(corpus, STRICT.words, STRICT.threshold);
  const python = await installPeers();
  const contestants: Contestant[] = [
    nasaq(NASAQ, { threads: 1, allPairs: true }, 5),
    nasaq(CLUSTERS, { threads: 1, allPairs: false }, 5),
    nasaq(TWO_THREADS, { threads: 2, allPairs: false }, 5),
    ...PEERS.map((peer): Contestant => {
      const pairs = path.join(folder, `${peer}.pairs`);
      return { name: peer, command: peerCommand(peer, python, corpus.file, pairs, STRICT), runs: peer === 'rensa' ? 3 : 2, pairs };
    }),
  ];
  const costs = await takeTurns(contestants, say);
  const oneThread = { ...strict, threads: 1, allPairs: false };
  // Only their wall time counts: `measure` cannot tell apart the processor time of two at once.
  const twoAtOnce = await Promise.all(['first', 'second'].map((name) => measure(nasaqCommand(nasaqJob(name, folder, oneThread)))));
  return [
    { name: 'corpus', value: corpus.documents, unit: 'documents', against: `${(corpus.bytes / 1e6).toFixed(0)} MB of JSON lines` },
    ...costFigures(corpus, costs),
    ...threadFigures(costs, Math.max(...twoAtOnce.map(({ wallSeconds }) => wallSeconds))),
    ...pairFigures(contestants, expected),
  ];
}

function costFigures({ documents, bytes }: BenchCorpus, costs: ReadonlyMap<string, Best>): Figure[] {
  const rate = (name: string): number => documents / costs.get(name)!.cpuSeconds;
  const same = 'same corpus, whole process, processor time';
  const memory = Math.max(costs.get(NASAQ)!.peakBytes, costs.get(CLUSTERS)!.peakBytes);
  return [
    ...[...costs].flatMap(([name, { runs, cpuSeconds, wallSeconds, peakBytes, loads }]): Figure[] => [
      { name, value: rate(name), unit: 'documents / CPU s', against: `${cpuSeconds.toFixed(2)} CPU s, best of ${runs}; ${loads}` },
      { name: `${name}: text`, value: bytes / 1e6 / cpuSeconds, unit: 'MB / CPU s' },
      { name: `${name}: wall time`, value: wallSeconds, unit: 's' },
      { name: `${name}: peak memory`, value: peakBytes / 1e6, unit: 'MB' },
    ]),
    judged('Nasaq over rensa', rate(NASAQ) / rate('rensa'), 'times', '>=', 10, `${same}; the aim is 15`),
    { name: 'Nasaq over gaoya', value: rate(NASAQ) / rate('gaoya'), unit: 'times', against: same },
    { name: 'Nasaq over datasketch', value: rate(NASAQ) / rate('datasketch'), unit: 'times', against: same },
    judged(
      'Nasaq: memory a document beyond 200 MB',
      Math.max(0, memory - FIXED_MEMORY) / documents,
      'bytes',
      '<=',
      150,
      'goal of the deduplication',
    ),
  ];
}

function threadFigures(costs: ReadonlyMap<string, Best>, bothSeconds: number): Figure[] {
  const one = costs.get(CLUSTERS)!;
  const two = costs.get(TWO_THREADS)!;
  return [
    judged('wall time of one thread over two', one.wallSeconds / two.wallSeconds, 'times', '>=', 1.7, `on an idle machine; ${two.loads}`),
    {
      name: 'two runs one after the other over both at once',
      value: (2 * one.wallSeconds) / bothSeconds,
      unit: 'times',
      against: 'what two threads could gain on this machine just now',
    },
  ];
}

function pairFigures(contestants: readonly Contestant[], expected: string): Figure[] {
  return contestants.flatMap(({ name, pairs }): Figure[] => {
    if (!pairs) return [];
    const score = scorePairs(readPairs(pairs), readPairs(expected));
    const against = `exact join: ${score.expected} pairs`;
    const precision = `${name}: precision of pairs`;
    const recall = `${name}: recall of pairs`;
    if (name !== NASAQ) {
      return [
        { name: precision, value: score.precision, unit: '', against },
        { name: recall, value: score.recall, unit: '', against },
      ];
    }
    return [
      judged(precision, score.precision, '', '>=', 0.9999, against),
      judged(recall, score.recall, '', '>=', 0.998, against),
      judged(`${name}: error of a stated similarity`, score.similarityError, '', '<=', 1e-6, against),
    ];
  });
}

async function takeTurns(contestants: readonly Contestant[], say: (line: string) => void): Promise<Map<string, Best>> {
  const costs = new Map(contestants.map(({ name }) => [name, [] as Cost[]]));
  for (let round = 0; round < Math.max(...contestants.map(({ runs }) => runs)); round += 1) {
    for (const { name, command, runs } of contestants) {
      if (round >= runs) continue;
      const cost = await measure(command);
      costs.get(name)!.push(cost);
      say(
        `${name}: ${cost.cpuSeconds.toFixed(2)} CPU s, ${cost.wallSeconds.toFixed(2)} s, ${(cost.peakBytes / 1e6).toFixed(0)} MB, load ${cost.load.toFixed(2)}`,
      );
    }
  }
  return new Map([...costs].map(([name, some]) => [name, best(some)]));
}

function best(costs: readonly Cost[]): Best {
  const of = (figure: keyof Cost): number[] => costs.map((cost) => cost[figure]);
  return {
    runs: costs.length,
    cpuSeconds: Math.min(...of('cpuSeconds')),
    wallSeconds: Math.min(...of('wallSeconds')),
    peakBytes: Math.max(...of('peakBytes')),
    loads: `load before ${Math.min(...of('load')).toFixed(1)} to ${Math.max(...of('load')).toFixed(1)}`,
  };
}
