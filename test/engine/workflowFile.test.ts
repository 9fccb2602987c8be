import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Workflow } from '../../main/contract/graph.ts';
import { locateJsonError } from '../../main/engine/locateJsonError.ts';
import { formatWorkflow, parseWorkflow, readWorkflowFile, writeWorkflowFile } from '../../main/engine/workflowFile.ts';

const documents = path.resolve(import.meta.dirname, '..', 'documents');
const workflow: Workflow = {
  nasaq: 1,
  title: 'تنقية الأخبار',
  seed: 7,
  nodes: [
    { id: 'news', type: 'corpus', version: 1, params: { textColumn: 'text', files: ['news.jsonl'] }, position: { x: 0, y: 0.5 } },
    { id: 'dedup', type: 'dedup', version: 1, title: 'Once each', params: {}, position: { x: 240, y: 0 } },
  ],
  edges: [{ from: { node: 'news', port: 'corpus' }, to: { node: 'dedup', port: 'corpus' } }],
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'nasaq-workflow-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const problemOf = (text: string): string => {
  try {
    parseWorkflow(text, 'w.nasaq.json');
  } catch (error) {
    expect((error as Error).name).toBe('UserError');
    expect((error as Error).message).not.toContain('\n');
    return (error as Error).message;
  }
  throw new Error('the text was taken');
};
const changed = (change: (document: Workflow) => void): string => {
  const document = structuredClone(workflow);
  change(document);
  return JSON.stringify(document);
};

describe('a saved workflow', () => {
  test('comes back as it was', async () => {
    const file = path.join(folder, 'round.nasaq.json');
    await writeWorkflowFile(file, workflow);
    expect(await readWorkflowFile(file)).toEqual(workflow);
  });

  test('has the same bytes whatever order its keys came in', () => {
    const { nasaq, edges, nodes, ...rest } = workflow;
    const params = { files: ['news.jsonl'], textColumn: 'text' };
    const shuffled = nodes.map(({ position, ...node }, index) => ({ position, ...node, params: index === 0 ? params : node.params }));
    expect(formatWorkflow({ edges, ...rest, nodes: shuffled, nasaq })).toBe(formatWorkflow(workflow));
  });

  test('changes in one line when one thing changes', () => {
    const lines = formatWorkflow(workflow).split('\n');
    const moved = structuredClone(workflow);
    moved.nodes[1]!.position = { x: 250, y: 10 };
    expect(
      formatWorkflow(moved)
        .split('\n')
        .filter((line, index) => line !== lines[index]),
    ).toHaveLength(1);
    expect(lines.slice(-2)).toEqual(['}', '']);
  });

  test('leaves nothing beside it, saved or refused', async () => {
    const inner = path.join(folder, 'save');
    await mkdir(inner);
    const file = path.join(inner, 'w.nasaq.json');
    await writeWorkflowFile(file, workflow);
    await writeWorkflowFile(file, { ...workflow, seed: 8 });
    await expect(writeWorkflowFile(file, { ...workflow, seed: -1 })).rejects.toThrow();
    expect((await readWorkflowFile(file)).seed).toBe(8);

    await mkdir(path.join(inner, 'taken.nasaq.json', 'inside'), { recursive: true });
    await expect(writeWorkflowFile(path.join(inner, 'taken.nasaq.json'), workflow)).rejects.toThrow(/was not saved/);
    expect((await readdir(inner)).sort()).toEqual(['taken.nasaq.json', 'w.nasaq.json']);
  });

  test('is written through a symbolic link', async () => {
    const real = path.join(folder, 'real.nasaq.json');
    const link = path.join(folder, 'link.nasaq.json');
    await writeWorkflowFile(real, workflow);
    await symlink(real, link);
    await writeWorkflowFile(link, { ...workflow, seed: 99 });
    expect((await readWorkflowFile(real)).seed).toBe(99);
  });

  test('in a folder that is not there is refused in one sentence', async () => {
    await expect(writeWorkflowFile(path.join(folder, 'nowhere', 'w.nasaq.json'), workflow)).rejects.toThrow(
      /^There is no folder .*nowhere/,
    );
  });
});

describe('a file that is no workflow says so in one sentence', () => {
  test.each([
    ['', 'at line 1, column 1 a value is missing: the file ends there'],
    ['{\n  "nasaq": 1,\n  "title" "x"\n}', 'at line 3, column 11 ":" is expected, not "\\""'],
    ['{"nasaq": 1,}', 'at line 1, column 13 a name in double quotes is expected, not "}"'],
    ['{"nasaq": 1} x', 'at line 1, column 14 the end of the file is expected, not "x"'],
    ['{"nasaq": [1, 2', 'at line 1, column 16 "," or "]" is missing: the file ends there'],
    ['{"nasaq": "1\n"}', 'at line 1, column 11 a text in quotes is not closed'],
    ['{"nasaq": 01}', 'at line 1, column 12 "," or "}" is expected, not "1"'],
    ['['.repeat(200_000), 'lists and objects stand more than 500 deep in each other'],
    ['{"title": "x"}', 'is not a Nasaq workflow'],
    ['[1]', 'is not a Nasaq workflow'],
  ])('%j', (text, problem) => {
    expect(problemOf(text)).toContain(problem);
  });

  test('in every damaged copy that JSON.parse refuses, and in no other', () => {
    const sample = formatWorkflow(workflow);
    const damaged = Array.from(sample, (_, at) => [
      sample.slice(0, at),
      sample.slice(0, at) + sample.slice(at + 1),
      `${sample.slice(0, at)}\u0001${sample.slice(at)}`,
    ]).flat();
    for (const text of damaged) {
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      expect(locateJsonError(text) === undefined, text).toBe(valid);
    }
  });

  test.each([
    ['a newer version', changed((w) => Object.assign(w, { nasaq: 2 })), 'has format version 2, but this Nasaq reads up to version 1'],
    ['a version that is none', changed((w) => Object.assign(w, { nasaq: 'one' })), "field `nasaq` must be the format's version"],
    ['a missing title', changed((w) => Reflect.deleteProperty(w, 'title')), 'field `title` is missing'],
    ['a seed that is text', changed((w) => Object.assign(w, { seed: 'x' })), 'field `seed` must be a number'],
    ['a negative seed', changed((w) => Object.assign(w, { seed: -4 })), 'field `seed` must be at least 0'],
    ['a node without type', changed((w) => Reflect.deleteProperty(w.nodes[1]!, 'type')), 'node `dedup`: field `type` is missing'],
    [
      'a node with a wrong id',
      changed((w) => Object.assign(w.nodes[0]!, { id: '9 lives' })),
      'node `9 lives`: field `id` must start with a letter',
    ],
    ['a node without id', changed((w) => Reflect.deleteProperty(w.nodes[1]!, 'id')), 'node number 2: field `id` is missing'],
    ['an unknown field', changed((w) => Object.assign(w.nodes[1]!, { colour: 'red' })), 'node `dedup`: there is an unknown field `colour`'],
    ['an edge without end', changed((w) => Reflect.deleteProperty(w.edges[0]!, 'to')), 'edge number 1: field `to` is missing'],
    [
      'a crooked position',
      changed((w) => Object.assign(w.nodes[0]!.position, { x: 'left' })),
      'node `news`: field `position.x` must be a number',
    ],
    ['nodes that are no list', changed((w) => Object.assign(w, { nodes: {} })), 'field `nodes` must be a list'],
  ])('%s', (_, text, problem) => {
    const sentence = problemOf(text);
    expect(sentence).toContain('w.nasaq.json');
    expect(sentence).toContain(problem);
  });

  test('text that is not UTF-8', async () => {
    const file = path.join(folder, 'latin.nasaq.json');
    await writeFile(file, Buffer.from([0x7b, 0xe9, 0x7d]));
    await expect(readWorkflowFile(file)).rejects.toThrow(/latin\.nasaq\.json is not UTF-8/);
  });

  test('a missing file, and a folder', async () => {
    await expect(readWorkflowFile(path.join(folder, 'none.nasaq.json'))).rejects.toThrow(/^There is no workflow file .*none\.nasaq\.json/);
    await expect(readWorkflowFile(folder)).rejects.toThrow(/is a folder/);
  });
});

describe('old files', () => {
  test('are carried through every format since theirs, one after the other', () => {
    const old = JSON.stringify({ ...workflow, nasaq: 1, title: undefined, name: 'old name' });
    const opened = parseWorkflow(old, 'old.nasaq.json', {
      version: 3,
      migrations: {
        1: ({ name, ...rest }) => ({ ...rest, label: name }),
        2: ({ label, ...rest }) => ({ ...rest, title: label }),
      },
    });
    expect(opened.title).toBe('old name');
  });

  test('that were ever saved still open, and saving them again loses nothing', async () => {
    const names = (await readdir(documents, { recursive: true })).filter((name) => name.endsWith('.nasaq.json'));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      const opened = await readWorkflowFile(path.join(documents, name));
      expect(parseWorkflow(formatWorkflow(opened), name)).toEqual(opened);
    }
  });
});
