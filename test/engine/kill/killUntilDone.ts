import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { NodeOutcome } from '../../../main/contract/runEvents.ts';

export interface ChildOutcome {
  readonly outcome?: 'done' | 'failed' | 'cancelled';
  readonly nodes: readonly NodeOutcome[];
  /** Why it was refused. */
  readonly error?: string;
}
export interface ChildRun {
  readonly workflow: string;
  readonly cache: string;
  /** `test`: the node types of `killNodes.ts`; `watched`: those of `watchedRewrite.ts`. */
  readonly nodeTypes: 'test' | 'real' | 'watched';
  /** Run as this user. */
  readonly uid?: number;
}

const SCRIPT = path.join(import.meta.dirname, 'runOnce.ts');

export function startChild({ workflow, cache, nodeTypes, uid }: ChildRun): {
  child: ChildProcess;
  outcome: Promise<ChildOutcome | undefined>;
} {
  const child = spawn(process.execPath, [SCRIPT, workflow, cache, ...(nodeTypes === 'real' ? [] : [nodeTypes])], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let output = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (output += text));
  const outcome = once(child, 'close').then(() => {
    const last = output.trim().split('\n').at(-1);
    return last ? (JSON.parse(last) as ChildOutcome) : undefined;
  });
  return { child, outcome };
}

/**
 * Runs a workflow and kills its process with SIGKILL at seeded random moments, each at most `longestMs` after its start.
 * A run that gets through before there were `kills` of them starts over in a new cache. Returns the digests of each
 * run that got through, as `digestsOf` gives them, and the caches.
 */
export async function killUntilDone(
  run: Omit<ChildRun, 'cache'>,
  { folder, kills, longestMs, seed }: { folder: string; kills: number; longestMs: number; seed: number },
): Promise<{ kills: number; finished: Record<string, string>[]; caches: string[] }> {
  const random = mulberry32(seed);
  const finished: Record<string, string>[] = [];
  const caches = [path.join(folder, 'killed-1')];
  for (let killed = 0; ;) {
    const { child, outcome } = startChild({ ...run, cache: caches.at(-1)! });
    const isLast = killed >= kills;
    const ended = isLast ? await outcome : await Promise.race([outcome, wait(random() * longestMs).then(() => undefined)]);
    if (!ended && child.exitCode === null && !isLast) {
      child.kill('SIGKILL');
      // It may have got through while the signal was on its way.
      if ((await outcome) === undefined) {
        killed += 1;
        continue;
      }
    }
    const result = ended ?? (await outcome);
    if (result?.outcome !== 'done') throw new Error(`the run ended otherwise: ${JSON.stringify(result)}`);
    finished.push(digestsOf(result));
    if (isLast) return { kills: killed, finished, caches };
    caches.push(path.join(folder, `killed-${caches.length + 1}`));
  }
}

/** Every output's digest by `node.port`. */
export function digestsOf({ nodes }: ChildOutcome): Record<string, string> {
  return Object.fromEntries(
    nodes.flatMap(({ node, outputs }) => Object.entries(outputs).map(([port, { digest }]) => [`${node}.${port}`, digest])),
  );
}

export function writeWorkflow(folder: string, workflow: unknown): string {
  const file = path.join(folder, 'workflow.nasaq.json');
  fs.writeFileSync(file, JSON.stringify(workflow));
  return file;
}

/** Tommy Ettinger's Mulberry32: numbers in [0, 1) from a 32-bit seed. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
