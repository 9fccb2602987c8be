import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import type { NodeSpec } from '../nodes/kit/index.ts';

export interface NodeVersion {
  readonly version: number;
  /** Of everything in the source that may change what the node gives out. */
  readonly digest: string;
}
export type NodeVersions = Readonly<Record<string, NodeVersion>>;

/** Names and explanations of ports and params may be improved without running anything again. */
const WORDS = new Set(['title', 'summary', 'help', 'helpChart', 'category', 'unit', 'advanced', 'step', 'extensions', 'version']);

/** The present version and digest of every node type under `root/nodes`. */
export async function readNodeVersions(root: string): Promise<Record<string, NodeVersion>> {
  const nodes = path.join(root, 'nodes');
  const types = fs.readdirSync(nodes).filter((name) => fs.existsSync(path.join(nodes, name, 'spec.ts')));
  const versions: Record<string, NodeVersion> = {};
  for (const type of types.sort()) {
    const { default: spec } = (await import(/* @vite-ignore */ pathToFileURL(path.join(nodes, type, 'spec.ts')).href)) as {
      default: NodeSpec;
    };
    versions[type] = { version: spec.version, digest: nodeDigest(root, type, spec) };
  }
  return versions;
}

/** SHA-256 over the spec without its words, `run.ts` with all that it imports from this repository but the kit, and `train.py`. */
export function nodeDigest(root: string, type: string, spec: NodeSpec): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(withoutWords(spec)));
  const folder = path.join(root, 'nodes', type);
  for (const file of importClosure(path.join(folder, 'run.ts'))) {
    hash.update(`${path.relative(root, file).split(path.sep).join('/')}\0${withoutComments(fs.readFileSync(file, 'utf8'))}\0`);
  }
  const trainer = path.join(folder, 'train.py');
  if (fs.existsSync(trainer)) hash.update(fs.readFileSync(trainer));
  return hash.digest('hex');
}

/** What is to be recorded now, and, by type, why it must not be. */
export function compareVersions(recorded: NodeVersions, present: NodeVersions): { next: NodeVersions; problems: string[] } {
  const problems = Object.entries(present).flatMap(([type, { version, digest }]) => {
    const before = recorded[type];
    if (!before || before.digest === digest || version > before.version) return [];
    return [
      `Node type \`${type}\` changed but its version is still ${version}; raise \`version\` in nodes/${type}/spec.ts to ${before.version + 1}.`,
    ];
  });
  const lower = Object.entries(present).filter(([type, { version }]) => version < (recorded[type]?.version ?? 0));
  return {
    next: present,
    problems: [...problems, ...lower.map(([type]) => `The version of node type \`${type}\` went down; versions only rise.`)],
  };
}

/** Members whose own members bear names that a node type chose, which may be words too. */
const NAMED = new Set(['inputs', 'outputs', 'params', 'migrations']);

function withoutWords(value: unknown, areNames = false): unknown {
  if (typeof value === 'function') return withoutComments(`(${value.toString()})`);
  if (Array.isArray(value)) return value.map((member) => withoutWords(member));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => areNames || !WORDS.has(name))
      .map(([name, member]) => [name, withoutWords(member, !areNames && NAMED.has(name))]),
  );
}

/** As JavaScript on few lines, so that comments, types and formatting do not count. */
function withoutComments(source: string): string {
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, removeComments: true },
  });
  return outputText.replace(/\s+/g, ' ');
}

/** A worker thread's file is named, not imported. */
const NAMED_FILE = /new URL\([^;]*?['"](\.{1,2}\/[^'"]+\.ts)['"]/g;

/** The file and, sorted, every file of this repository that it imports values from or starts as a thread. */
function importClosure(entry: string): string[] {
  const found = new Set([entry]);
  for (const file of found) {
    const { outputText } = ts.transpileModule(fs.readFileSync(file, 'utf8'), {
      compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
    });
    const imported = ts.preProcessFile(outputText).importedFiles.map(({ fileName }) => fileName);
    const named = Array.from(outputText.matchAll(NAMED_FILE), ([, fileName]) => fileName!);
    for (const fileName of [...imported, ...named]) {
      const target = path.resolve(path.dirname(file), fileName);
      if (fileName.startsWith('.') && fileName.endsWith('.ts') && path.basename(path.dirname(target)) !== 'kit') found.add(target);
    }
  }
  return [...found].sort();
}
