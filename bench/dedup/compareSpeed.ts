import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Figure, judged } from '../figures.ts';
import type { BenchContext } from './BenchContext.ts';
import { exactPairs } from './benchCorpus.ts';
import { type Command, type Cost, measure } from './measure.ts';
import { nasaqCommand, nasaqCountsSchema, nasaqJob, type NasaqSettings } from './nasaqJob.ts';
import { readPairs } from './pairsFile.ts';
import { installPeers, peerCommand, PEERS } from './peers.ts';
import { type PairScore, scorePairs } from './scorePairs.ts';

const STRICT = { words: 5, threshold: 0.8 };
const BUDGET = 1e9;
/** Node itself, the kernel and its buffers. */
const FIXED_MEMORY = 200e6;

interface Contestant {
  readonly name: string;
  readonly command: Command;
  /** How often it runs; the run of least processor time counts. */
  readonly runs: number;
  /** What it found, if it tells. */
  readonly pairs?: string;
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
    nasaq('Nasaq', { threads: 1, allPairs: true }, 5),
    nasaq('Nasaq, clusters only', { threads: 1, allPairs: false }, 5),
    nasaq('Nasaq, clusters only, two threads', { threads: 2, allPairs: false }, 5),
    ...PEERS.map((peer): Contestant => {
      const pairs = path.join(folder, `${peer}.pairs`);
      return { name: peer, command: peerCommand(peer, python, corpus.file, pairs, STRICT), runs: peer === 'rensa' ? 3 : 1, pairs };
    }),
  ];
  const costs = await takeTurns(contestants, say);
  const oneThread = { ...strict, threads: 1, allPairs: false };
  // Only their wall time counts: `measure` cannot tell apart the processor time of two at once.
  const twoAtOnce = await Promise.all(['first', 'second'].map((name) => measure(nasaqCommand(nasaqJob(name, folder, oneThread)))));
  const cost = (name: string): Cost => costs.get(name)!;
  const rate = (name: string): number => corpus.documents / cost(name).cpuSeconds;
  const scores = new Map<string, PairScore>();
  for (const { name, pairs } of contestants) if (pairs) scores.set(name, scorePairs(readPairs(pairs), readPairs(expected)));
  const found = scores.get('Nasaq')!;
  const counts = nasaqCountsSchema.parse(JSON.parse(readFileSync(path.join(folder, 'Nasaq.counts.json'), 'utf8')));

  const same = 'same corpus, whole process, processor time';
  const goal = 'goal of the deduplication';
  return [
    { name: 'corpus', value: corpus.documents, unit: 'documents', against: `${(corpus.bytes / 1e6).toFixed(0)} MB of JSON lines` },
    ...contestants.flatMap(({ name, runs }): Figure[] => [
      {
        name: name,
        value: rate(name),
        unit: 'documents / CPU s',
        against: `best of ${runs}; ${cost(name).cpuSeconds.toFixed(2)} CPU s; load before ${cost(name).load.toFixed(2)}`,
      },
      { name: `${name}: text`, value: corpus.bytes / 1e6 / cost(name).cpuSeconds, unit: 'MB / CPU s' },
      { name: `${name}: wall time`, value: cost(name).wallSeconds, unit: 's' },
      { name: `${name}: peak memory`, value: cost(name).peakBytes / 1e6, unit: 'MB' },
    ]),
    judged('Nasaq over rensa', rate('Nasaq') / rate('rensa'), 'times', '>=', 10, `${same}; the aim is 15`),
    { name: 'Nasaq over gaoya', value: rate('Nasaq') / rate('gaoya'), unit: 'times', against: same },
    { name: 'Nasaq over datasketch', value: rate('Nasaq') / rate('datasketch'), unit: 'times', against: same },
    { name: 'Nasaq, clusters only, over rensa', value: rate('Nasaq, clusters only') / rate('rensa'), unit: 'times', against: same },
    judged(
      'wall time of one thread over two',
      cost('Nasaq, clusters only').wallSeconds / cost('Nasaq, clusters only, two threads').wallSeconds,
      'times',
      '>=',
      1.7,
      `idle machine; load before ${cost('Nasaq, clusters only, two threads').load.toFixed(2)}`,
    ),
    {
      name: 'two runs one after the other over both at once',
      value: (2 * cost('Nasaq, clusters only').wallSeconds) / Math.max(...twoAtOnce.map(({ wallSeconds }) => wallSeconds)),
      unit: 'times',
      against: 'what two threads can gain on this machine at this hour',
    },
    judged(
      'Nasaq: memory a document beyond 200 MB',
      Math.max(0, cost('Nasaq, clusters only').peakBytes - FIXED_MEMORY) / corpus.documents,
      'bytes',
      '<=',
      150,
      goal,
    ),
    judged('Nasaq: precision of pairs', found.precision, '', '>=', 0.9999, `exact join: ${found.expected} pairs`),
    judged('Nasaq: recall of pairs', found.recall, '', '>=', 0.998, `exact join: ${found.expected} pairs`),
    judged('Nasaq: error of a stated similarity', found.similarityError, '', '<=', 1e-6, 'exact join'),
    { name: 'Nasaq: pairs verified', value: counts.verified, unit: 'pairs' },
    ...PEERS.flatMap((peer): Figure[] => [
      { name: `${peer}: precision of pairs`, value: scores.get(peer)!.precision, unit: '', against: 'exact join' },
      { name: `${peer}: recall of pairs`, value: scores.get(peer)!.recall, unit: '', against: 'exact join' },
    ]),
  ];
}

async function takeTurns(contestants: readonly Contestant[], say: (line: string) => void): Promise<Map<string, Cost>> {
  const best = new Map<string, Cost>();
  for (let round = 0; round < Math.max(...contestants.map(({ runs }) => runs)); round += 1) {
    for (const { name, command, runs } of contestants) {
      if (round >= runs) continue;
      const cost = await measure(command);
      say(
        `${name}: ${cost.cpuSeconds.toFixed(2)} CPU s, ${cost.wallSeconds.toFixed(2)} s, ${(cost.peakBytes / 1e6).toFixed(0)} MB, load ${cost.load.toFixed(2)}`,
      );
      const before = best.get(name);
      if (!before || cost.cpuSeconds < before.cpuSeconds) best.set(name, cost);
    }
  }
  return best;
}
