import fs from 'node:fs';
import path from 'node:path';
import { defineNode, file, folder, output, type Row } from '../../../nodes/kit/index.ts';
import { loadNodeTypes, type NodeTypes } from '../../../main/engine/loadNodeTypes.ts';
import { basics, described, testNode } from '../testNodes.ts';

export const root = path.resolve(import.meta.dirname, '../../..');
export const resources = path.join(root, 'resources');
export const tinyModel = path.join(resources, 'models/tiny-arabic-llama');

/** Rows of a sample that ships. */
export const sampleRows = (name: 'news' | 'comments'): Row[] => readRows(path.join(resources, 'samples', `${name}.jsonl`));

const readRows = (source: string): Row[] =>
  fs
    .readFileSync(source, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);

const table = { ...basics, inputs: {}, params: { file: file({ ...described, default: '', extensions: ['jsonl'] }) } };
const columnsOf = (rows: readonly Row[]) => Object.keys(rows[0]!).map((name) => ({ name, type: 'string' as const }));

/** Publish a test's own rows and models. */
const givenCorpus = testNode(
  defineNode({ ...table, type: 'given-corpus', outputs: { corpus: output('corpus', described) } }),
  async (context) => {
    const rows = readRows(context.path(context.params.file));
    await context.writeTable('corpus', columnsOf(rows), rows);
  },
);
const givenPairs = testNode(
  defineNode({ ...table, type: 'given-pairs', outputs: { pairs: output('pairs', described) } }),
  async (context) => {
    const rows = readRows(context.path(context.params.file));
    await context.writeTable('pairs', columnsOf(rows), rows);
  },
);
const givenModel = testNode(
  defineNode({
    ...basics,
    type: 'given-model',
    inputs: {},
    outputs: { model: output('model', described) },
    params: { folder: folder({ ...described, default: '' }) },
  }),
  async (context) => {
    const copy = path.join(context.workFolder(), 'model');
    fs.cpSync(context.path(context.params.folder), copy, { recursive: true });
    await context.publishFolder('model', copy);
  },
);

/** The real node types, and those that publish what a test gives them. */
export async function nodeTypesWithGiven(): Promise<NodeTypes> {
  return new Map([...(await loadNodeTypes(path.join(root, 'nodes'))), givenCorpus, givenPairs, givenModel]);
}

export const jsonLines = (rows: readonly Row[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
