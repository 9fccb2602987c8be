import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { UserError } from '../../nodes/kit/index.ts';
import { treeMemory } from '../treeMemory.ts';

/** What a whole process cost, its children included. */
export interface Cost {
  readonly wallSeconds: number;
  /** User and system time of all threads and children. */
  readonly cpuSeconds: number;
  /** Largest sum of resident memory, shared pages counted for each process. */
  readonly peakBytes: number;
  /** Of the machine over the minute before it started: about 0 when idle. */
  readonly load: number;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const SAMPLE_MS = 50;
/** Of /proc; 100 on every Linux that there is. */
const TICKS_PER_SECOND = 100;

/**
 * Runs a program to its end. One at a time: the processor time of ended children is all this process's together.
 * Throws UserError where there is no /proc to measure by.
 */
export async function measure({ program, args, env }: Command): Promise<Cost> {
  if (process.platform !== 'linux') throw new UserError('This benchmark measures processes through /proc: run it on Linux.');
  const load = os.loadavg()[0]!;
  const cpuBefore = childrenCpuSeconds();
  const start = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-2000)));
  let peakBytes = 0;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, treeMemory(child.pid!) ?? 0, highWater(child.pid!));
  }, SAMPLE_MS);
  let code: number | null;
  try {
    code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  } finally {
    clearInterval(timer);
  }
  const wallSeconds = (performance.now() - start) / 1000;
  if (code !== 0) throw new Error(`${[program, ...args].join(' ')} ended with exit code ${code}: ${complaint.trim()}`);
  return { wallSeconds, cpuSeconds: childrenCpuSeconds() - cpuBefore, peakBytes, load };
}

/** Of the children that ended, and theirs (proc(5), cutime and cstime). */
function childrenCpuSeconds(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  // The second field is the program's name in brackets and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
}

/** The process's own largest resident memory so far, also between two samples. */
function highWater(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    // It has ended.
    return 0;
  }
}
