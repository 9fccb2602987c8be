import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { GraphEdge, GraphNode, Workflow } from '../../main/contract/graph.ts';
import { type RunEvent, runEventSchema, type RunFinished } from '../../main/contract/runEvents.ts';
import { formatWorkflow } from '../../main/engine/workflowFile.ts';

export const root = path.resolve(import.meta.dirname, '..', '..');
export const news = path.join(root, 'resources', 'samples', 'news.jsonl');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command as a person starts it, in a process of its own; `home` is NASAQ_HOME. */
export function startNasaq(
  args: readonly string[],
  options: SpawnOptions & { home: string },
): { child: ChildProcess; ended: Promise<Ended> } {
  const { home, env, ...rest } = options;
  const child = spawn(process.execPath, [path.join(root, 'main', 'cli', 'nasaq.mjs'), ...args], {
    ...rest,
    env: { ...process.env, NASAQ_HOME: home, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}
export const nasaq = (args: readonly string[], options: SpawnOptions & { home: string }): Promise<Ended> => startNasaq(args, options).ended;

/** A new folder that is gone after the test; also the NASAQ_HOME and so the cache of what runs in it. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'nasaq-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export const eventsOf = ({ stdout }: Ended): RunEvent[] =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => runEventSchema.parse(JSON.parse(line)));

export function finishedOf(ended: Ended): RunFinished {
  const last = eventsOf(ended).at(-1);
  if (last?.type !== 'run-finished') throw new Error(`no run-finished event at the end: ${ended.stdout.slice(-500)} ${ended.stderr}`);
  return last;
}
export const statuses = (ended: Ended): Record<string, string> =>
  Object.fromEntries(finishedOf(ended).nodes.map(({ node, status }) => [node, status]));

export const graphNode = (id: string, type: string, params: GraphNode['params'] = {}): GraphNode => ({
  id,
  type,
  version: 1,
  params,
  position: { x: 0, y: 0 },
});
/** `a.corpus > b.corpus` */
export const edge = (text: string): GraphEdge => {
  const [from, to] = text.split(' > ').map((end) => {
    const [node, port] = end.split('.') as [string, string];
    return { node, port };
  });
  return { from: from!, to: to! };
};
export const workflow = (nodes: GraphNode[], edges: readonly string[], more: Partial<Workflow> = {}): Workflow => ({
  nasaq: 1,
  title: 'Test',
  seed: 1,
  nodes,
  edges: edges.map(edge),
  ...more,
});

/** corpus → dedup over the given files. */
export const dedupWorkflow = (files: readonly string[] = [news]): Workflow =>
  workflow([graphNode('news', 'corpus', { files: [...files] }), graphNode('dedup', 'dedup')], ['news.corpus > dedup.corpus']);

export async function saved(folder: string, saving: Workflow, name = 'w.nasaq.json'): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, formatWorkflow(saving));
  return file;
}
