import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defineNode, number, output } from '../../nodes/kit/index.ts';
import { compareVersions, nodeDigest } from '../../scripts/nodeVersions.ts';
import { basics, described } from './testNodes.ts';

const root = path.resolve(import.meta.dirname, '..', '..');

it('every node type that changed has a higher version than was recorded; then run scripts/record-versions.mjs', () => {
  const check = spawnSync(process.execPath, [path.join(root, 'scripts', 'record-versions.mjs'), '--check'], { encoding: 'utf8' });
  expect(check.stderr).toBe('');
  expect(check.status).toBe(0);
});

describe('recording', () => {
  const recorded = { dedup: { version: 1, digest: 'a' } };
  it('refuses a change without a higher version, and a lower version', () => {
    expect(compareVersions(recorded, { dedup: { version: 1, digest: 'b' } }).problems).toEqual([
      'Node type `dedup` changed but its version is still 1; raise `version` in nodes/dedup/spec.ts to 2.',
    ]);
    expect(compareVersions({ dedup: { version: 2, digest: 'a' } }, recorded).problems).toContain(
      'The version of node type `dedup` went down; versions only rise.',
    );
  });
  it('takes a change with a higher version, and new node types', () => {
    const present = { dedup: { version: 2, digest: 'b' }, clean: { version: 1, digest: 'c' } };
    expect(compareVersions(recorded, present)).toEqual({ next: present, problems: [] });
  });
});

describe('the digest of a node type', () => {
  let folder: string;
  const write = (file: string, text: string) => {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), text);
  };
  const spec = (count: number, help = 'x') =>
    defineNode({
      ...basics,
      type: 'a',
      help,
      inputs: {},
      outputs: { report: output('report', described) },
      params: { count: number({ ...described, default: count }) },
    });
  const digest = (count = 1, help?: string) => nodeDigest(folder, 'a', spec(count, help) as never);
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nasaq-versions-'));
    write(
      'nodes/a/run.ts',
      `import type { X } from './types.ts';\nimport { half } from '../../main/engine/text/half.ts';\nexport default (x: number): number => half(x);\n`,
    );
    write(
      'main/engine/text/half.ts',
      `const thread = new URL('./thread.ts', import.meta.url);\nexport const half = (x: number): number => (thread ? x / 2 : 0);\n`,
    );
    write('main/engine/text/thread.ts', `export const twice = (x: number): number => 2 * x;\n`);
    write('nodes/a/train.py', 'print(1)\n');
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  it('stays when comments, formatting, types or explanations change', () => {
    const before = digest();
    write('nodes/a/run.ts', `import { half } from '../../main/engine/text/half.ts';\n// Why.\nexport default (x: number) =>\n  half(x);\n`);
    expect(digest(1, 'better help')).toBe(before);
  });
  it.each([
    ['nodes/a/run.ts', `import { half } from '../../main/engine/text/half.ts';\nexport default (x: number): number => half(x) + 1;\n`],
    ['main/engine/text/half.ts', `export const half = (x: number): number => Math.floor(x / 2);\n`],
    ['main/engine/text/thread.ts', `export const twice = (x: number): number => x + x;\n`],
    ['nodes/a/train.py', 'print(2)\n'],
  ])('changes with %s', (file, text) => {
    const before = digest();
    write(file, text);
    expect(digest()).not.toBe(before);
  });
  it('changes with a default of the spec', () => {
    expect(digest(2)).not.toBe(digest(1));
  });
});
