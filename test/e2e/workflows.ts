import fs from 'node:fs';
import path from 'node:path';
import type { Workflow } from '../../main/contract/graph.ts';

const node = (
  id: string,
  type: string,
  x: number,
  y: number,
  params: Workflow['nodes'][number]['params'] = {},
): Workflow['nodes'][number] => ({
  id,
  type,
  version: 1,
  params,
  position: { x, y },
});
const edge = (from: string, to: string): Workflow['edges'][number] => {
  const [fromNode, fromPort] = from.split('.') as [string, string];
  const [toNode, toPort] = to.split('.') as [string, string];
  return { from: { node: fromNode, port: fromPort }, to: { node: toNode, port: toPort } };
};

/** The shipped news through dedup: a second or two. */
export const newsDedup = (): Workflow => ({
  nasaq: 1,
  title: 'News without copies',
  seed: 7,
  nodes: [node('news', 'corpus', 0, 0, { files: ['resources:samples/news.jsonl'] }), node('dedup', 'dedup', 336, 0)],
  edges: [edge('news.corpus', 'dedup.corpus')],
});

/** Comments that rules rewrite, which gives pairs without any model. */
export const commentPairs = (): Workflow => ({
  nasaq: 1,
  title: 'Comments and their rewrites',
  seed: 7,
  nodes: [
    node('comments', 'corpus', 0, 0, { files: ['resources:samples/comments.jsonl'] }),
    node('seed', 'sample', 336, 0, { count: 120 }),
    node('expert', 'annotate', 672, 0),
  ],
  edges: [edge('comments.corpus', 'seed.corpus'), edge('seed.sample', 'expert.corpus')],
});

export function writeWorkflow(folder: string, name: string, workflow: Workflow): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, JSON.stringify(workflow));
  return file;
}
export const readWorkflow = (file: string): Workflow => JSON.parse(fs.readFileSync(file, 'utf8')) as Workflow;
