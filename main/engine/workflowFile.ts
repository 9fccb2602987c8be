import { randomUUID } from 'node:crypto';
import { lstat, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { UserError } from '../../nodes/kit/index.ts';
import { FORMAT_VERSION, type Workflow, workflowSchema } from '../contract/graph.ts';
import { locateJsonError } from './locateJsonError.ts';

type Document = Record<string, unknown>;

/** `migrations[n]` turns a file of format n into one of format n + 1. Only ever added to: old files must open for ever. */
export const FORMAT_MIGRATIONS: Readonly<Record<number, (document: Document) => Document>> = {};

/** Reads a workflow file, whatever older format it has. Throws UserError: one sentence with the file and the place in it. */
export async function readWorkflowFile(file: string): Promise<Workflow> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new UserError(readingProblem(file, error as NodeJS.ErrnoException));
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UserError(`The workflow file ${file} is not UTF-8 text: save it as UTF-8 JSON.`);
  }
  return parseWorkflow(text, file);
}

/** `name` is what messages call the file. */
export function parseWorkflow(
  text: string,
  name: string,
  format: { readonly version: number; readonly migrations: typeof FORMAT_MIGRATIONS } = {
    version: FORMAT_VERSION,
    migrations: FORMAT_MIGRATIONS,
  },
): Workflow {
  const error = locateJsonError(text);
  if (error) throw new UserError(`The workflow file ${name} is not JSON: at line ${error.line}, column ${error.column} ${error.problem}.`);
  const document: unknown = JSON.parse(text);
  if (typeof document !== 'object' || document === null || !('nasaq' in document)) {
    throw new UserError(`The file ${name} is not a Nasaq workflow: it has no field \`nasaq\` with the format's version at its top.`);
  }
  const result = workflowSchema.safeParse({ ...migrate(document as Document, name, format), nasaq: FORMAT_VERSION });
  if (result.success) return result.data;
  throw new UserError(`The workflow file ${name} is wrong: ${issueInWords(result.error.issues[0]!, document as Document)}.`);
}

function migrate(
  document: Document,
  name: string,
  { version, migrations }: { version: number; migrations: typeof FORMAT_MIGRATIONS },
): Document {
  const saved = document.nasaq;
  if (typeof saved !== 'number' || !Number.isInteger(saved) || saved < 1) {
    throw new UserError(`The workflow file ${name} is wrong: its field \`nasaq\` must be the format's version, such as ${version}.`);
  }
  if (saved > version) {
    throw new UserError(
      `The workflow file ${name} has format version ${saved}, but this Nasaq reads up to version ${version}: open it with a newer Nasaq.`,
    );
  }
  let migrated = document;
  for (let from = saved; from < version; from++) migrated = migrations[from]!(migrated);
  return migrated;
}

/** The first thing that zod found wrong, as words about nodes, params and edges rather than array indices. */
function issueInWords(issue: z.core.$ZodIssue, document: Document): string {
  const [list, index, ...rest] = issue.path;
  let place = '';
  let field = issue.path;
  if ((list === 'nodes' || list === 'edges') && typeof index === 'number') {
    const entry = (document[list] as Document[])[index];
    const id = list === 'nodes' && typeof entry?.id === 'string' && entry.id !== '' ? `\`${entry.id}\`` : `number ${index + 1}`;
    place = `${list === 'nodes' ? 'node' : 'edge'} ${id}: `;
    field = rest;
  }
  const subject =
    field[0] === 'params' && field.length > 1 ? `param \`${String(field[1])}\`` : field.length > 0 ? `field \`${field.join('.')}\`` : 'it';
  switch (issue.code) {
    case 'unrecognized_keys':
      return `${place}${field.length > 0 ? `${subject} has` : 'there is'} an unknown field \`${issue.keys[0]}\``;
    case 'invalid_type':
      return issue.input === undefined && valueAt(document, issue.path) === undefined
        ? `${place}${subject} is missing`
        : `${place}${subject} must be ${TYPE_WORDS[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return `${place}${subject} must be at least ${issue.minimum}`;
    case 'invalid_format':
      return `${place}${subject} ${issue.message}`;
    default:
      return `${place}${subject} does not fit (${issue.message})`;
  }
}

const TYPE_WORDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

const valueAt = (document: unknown, keys: readonly PropertyKey[]): unknown =>
  keys.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], document);

/**
 * The text of a workflow file: keys in a fixed order, params sorted, positions and edges on a line each,
 * so that one change in the editor is one changed line in a diff.
 */
export function formatWorkflow(workflow: Workflow): string {
  const node = ({ id, type, version, title, params, position }: Workflow['nodes'][number]): string => {
    const sorted = Object.fromEntries(Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1)));
    return block(
      [
        ['id', JSON.stringify(id)],
        ['type', JSON.stringify(type)],
        ['version', JSON.stringify(version)],
        ['title', title === undefined ? undefined : JSON.stringify(title)],
        ['params', indent(JSON.stringify(sorted, null, 2), 6)],
        ['position', `{ "x": ${position.x}, "y": ${position.y} }`],
      ],
      4,
    );
  };
  const end = ({ node, port }: Workflow['edges'][number]['from']): string =>
    `{ "node": ${JSON.stringify(node)}, "port": ${JSON.stringify(port)} }`;
  const list = (items: readonly string[]): string =>
    items.length === 0 ? '[]' : `[\n${items.map((item) => `    ${item}`).join(',\n')}\n  ]`;
  return `${block(
    [
      ['nasaq', JSON.stringify(workflow.nasaq)],
      ['title', JSON.stringify(workflow.title)],
      ['notes', workflow.notes === undefined ? undefined : JSON.stringify(workflow.notes)],
      ['seed', JSON.stringify(workflow.seed)],
      ['nodes', list(workflow.nodes.map(node))],
      ['edges', list(workflow.edges.map(({ from, to }) => `{ "from": ${end(from)}, "to": ${end(to)} }`))],
    ],
    0,
  )}\n`;
}

const indent = (text: string, spaces: number): string => text.replaceAll('\n', `\n${' '.repeat(spaces)}`);
const block = (fields: readonly (readonly [string, string | undefined])[], depth: number): string => {
  const lines = fields
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${' '.repeat(depth + 2)}${JSON.stringify(key)}: ${value}`);
  return `{\n${lines.join(',\n')}\n${' '.repeat(depth)}}`;
};

/** Writes a workflow file as a whole or not at all: on any failure the file that was there stays as it was. */
export async function writeWorkflowFile(file: string, workflow: Workflow): Promise<void> {
  const text = formatWorkflow(workflowSchema.parse(workflow));
  const target = await behindLinks(file);
  const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${randomUUID().slice(0, 8)}`);
  try {
    const mode = await stat(target).then(
      (found) => found.mode & 0o777,
      () => undefined,
    );
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(text);
      if (mode !== undefined) await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new UserError(writingProblem(file, error as NodeJS.ErrnoException));
  }
}

/** A workflow file that is a symbolic link is written through, not replaced. */
async function behindLinks(file: string): Promise<string> {
  const found = await lstat(file).catch(() => undefined);
  return found?.isSymbolicLink() ? realpath(file).catch(() => file) : file;
}

function readingProblem(file: string, error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `There is no workflow file ${file}: check the path.`;
    case 'EISDIR':
      return `${file} is a folder: name a workflow file (*.nasaq.json) in it.`;
    case 'EACCES':
    case 'EPERM':
      return `The workflow file ${file} may not be read: change its permissions.`;
    default:
      return `The workflow file ${file} cannot be read (${error.message}).`;
  }
}

function writingProblem(file: string, error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `There is no folder ${path.dirname(file)} to save the workflow in: make it or choose another.`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `The folder ${path.dirname(file)} is not writable: save the workflow somewhere else or change its permissions.`;
    case 'ENOSPC':
    case 'EDQUOT':
      return `The disk is full: ${file} was not saved and is as it was; free some space and save again.`;
    default:
      return `The workflow file ${file} was not saved and is as it was (${error.message}).`;
  }
}
