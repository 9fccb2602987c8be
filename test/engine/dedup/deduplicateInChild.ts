import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import type { DedupSizes } from '../../../main/engine/dedup/deduplicate.ts';
import type { DedupOptions } from '../../../main/engine/dedup/DedupOptions.ts';

const SCRIPT = path.join(import.meta.dirname, 'deduplicateOnce.ts');

export interface ChildOptions {
  readonly sizes?: DedupSizes;
  readonly environment?: Readonly<Record<string, string>>;
  /** A command that runs the one behind it, such as `prlimit`. */
  readonly under?: readonly string[];
  /** Called with the number of lines that were printed so far. */
  readonly onLine?: (count: number, child: ChildProcess) => void;
}
export interface ChildEnd {
  readonly lines: readonly string[];
  /** Absent when the process was killed before. */
  readonly digest?: string;
  readonly error?: string;
  /** Most bytes of resident memory. */
  readonly memory?: number;
}

/** `deduplicate` in a process of its own; see `deduplicateOnce.ts`. */
export async function deduplicateInChild(
  options: DedupOptions,
  { sizes, environment, under = [], onLine }: ChildOptions = {},
): Promise<ChildEnd> {
  const settings = `${options.workFolder}.json`;
  fs.writeFileSync(settings, JSON.stringify({ ...options, sizes }));
  const [command, ...words] = [...under, process.execPath, SCRIPT, settings];
  const child = spawn(command!, words, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...environment } });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    onLine?.(output.split('\n').length - 1, child);
  });
  await once(child, 'close');
  const lines = output.trimEnd().split('\n');
  const after = (name: string): string | undefined => lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1);
  const memory = after('memory');
  return { lines, digest: after('digest'), error: after('error'), ...(memory === undefined ? {} : { memory: Number(memory) }) };
}
