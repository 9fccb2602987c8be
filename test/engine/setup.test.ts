import { execFileSync, spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '..', '..');

/** A folder for PATH that has only these programs. */
async function programs(...names: string[]): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'nasaq-path-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const name of names) await symlink(execFileSync('which', [name], { encoding: 'utf8' }).trim(), path.join(folder, name));
  return folder;
}
const setupWith = (PATH: string) =>
  spawnSync(process.execPath, ['scripts/setup.mjs'], { cwd: root, env: { ...process.env, PATH }, encoding: 'utf8' });

describe.skipIf(process.platform === 'win32')('setup on a machine that lacks a tool says which, in one sentence', () => {
  test.each([
    [[], /^git is missing: .*git/],
    [['git'], /^A C compiler is missing: /],
  ])('with only %j', async (names, sentence) => {
    const { status, stderr } = setupWith(await programs(...names));
    expect(status).toBe(1);
    expect(stderr).toMatch(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

test('the command in a clone that was never set up says what to type', async () => {
  const clone = await mkdtemp(path.join(os.tmpdir(), 'nasaq-clone-'));
  onTestFinished(() => rm(clone, { recursive: true, force: true }));
  await mkdir(path.join(clone, 'main'));
  await cp(path.join(root, 'main', 'cli'), path.join(clone, 'main', 'cli'), { recursive: true });
  const { status, stderr } = spawnSync(process.execPath, [path.join(clone, 'main', 'cli', 'nasaq.mjs'), 'nodes'], { encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toMatch(/^nasaq: Nasaq is not set up yet: type `npm run setup` in .* first\.\n$/);
});
