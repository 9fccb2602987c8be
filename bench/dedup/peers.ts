import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { installing } from '../installing.ts';
import { cached, digestFiles } from './cacheFolder.ts';
import type { Command } from './measure.ts';

const exec = promisify(execFile);
const requirements = path.join(import.meta.dirname, 'requirements.txt');

export const PEERS = ['rensa', 'gaoya', 'datasketch'] as const;
export type Peer = (typeof PEERS)[number];

/** The Python of an environment of their own, in the versions of `requirements.txt`; made on the first call. Throws UserError. */
export const installPeers = (): Promise<string> =>
  installing(
    install,
    (reason) => `The peers cannot be installed with python3, venv and pip (${reason}): mend that, or leave them out with --only.`,
  );

async function install(): Promise<string> {
  const { stdout: version } = await exec('python3', ['--version']);
  const python = (folder: string): string => path.join(folder, 'bin', 'python');
  const folder = await cached('dedup-peers', [await digestFiles([requirements]), version.trim()], async (folder) => {
    await exec('python3', ['-m', 'venv', folder]);
    await exec(python(folder), ['-m', 'pip', 'install', '--quiet', '--no-deps', '--requirement', requirements]);
  });
  return python(folder);
}

export interface Comparison {
  /** Words in an n-gram. */
  readonly words: number;
  readonly threshold: number;
}

/** Writes what it found in the form of `pairsFile.ts`. On one thread: 128 permutations, in 16 bands of 8 where the peer lets one choose. */
export const peerCommand = (peer: Peer, python: string, corpus: string, pairs: string, { words, threshold }: Comparison): Command => ({
  program: python,
  args: [
    '-B',
    path.join(import.meta.dirname, 'peers', `${peer}_peer.py`),
    corpus,
    pairs,
    `--words=${words}`,
    `--threshold=${threshold}`,
    '--permutations=128',
    '--bands=16',
  ],
  env: { RAYON_NUM_THREADS: '1', OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
});
