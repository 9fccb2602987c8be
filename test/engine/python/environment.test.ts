import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EnginePaths, sourcePaths } from '../../../main/engine/EnginePaths.ts';
import { environmentFolder, findPython, pythonEnvironmentDigest } from '../../../main/engine/python/environment.ts';

let home: string;
let paths: EnginePaths;
beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'nasaq-home-'));
  paths = sourcePaths(home);
});
afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

function program(name: string, text: string): string {
  const file = path.join(home, name);
  fs.writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return file;
}

describe.skipIf(process.platform === 'win32')("finding the trainers' Python", () => {
  it('says how to install it when it is missing, half installed or damaged', async () => {
    const folder = await environmentFolder(paths);
    await expect(findPython(paths, {})).rejects.toThrow(`The trainers' Python environment is missing in ${folder}: run \`npm run setup\`.`);
    fs.mkdirSync(path.join(folder, 'bin'), { recursive: true });
    fs.writeFileSync(path.join(folder, 'bin', 'python'), '');
    await expect(findPython(paths, {})).rejects.toThrow('is missing in');

    fs.writeFileSync(path.join(folder, 'complete'), '3.11.7\n');
    expect(await findPython(paths, {})).toEqual({
      interpreter: path.join(folder, 'bin', 'python'),
      packages: path.join(paths.resources, 'python'),
    });
    fs.rmSync(path.join(folder, 'bin'), { recursive: true });
    await expect(findPython(paths, {})).rejects.toThrow('is damaged: delete that folder and run `npm run setup`.');
  });

  it('refuses what NASAQ_TRAINER_PYTHON names when it is too old or no Python', async () => {
    const old = program('python3.9', 'echo 3.9');
    await expect(findPython(paths, { NASAQ_TRAINER_PYTHON: old })).rejects.toThrow(
      `NASAQ_TRAINER_PYTHON names ${old}, which is Python 3.9: trainers need 3.10 or newer.`,
    );
    const missing = path.join(home, 'nothing');
    await expect(findPython(paths, { NASAQ_TRAINER_PYTHON: missing })).rejects.toThrow(
      `NASAQ_TRAINER_PYTHON names ${missing}, which is no Python that can be started: correct it or unset it.`,
    );
    const recent = program('python3.12', 'echo 3.12');
    expect((await findPython(paths, { NASAQ_TRAINER_PYTHON: recent })).interpreter).toBe(recent);
  });
});

it("the digest of the environment follows the lock, the shared sources and the node's own script, and nothing else", async () => {
  const copy = { ...paths, resources: path.join(home, 'resources'), nodes: path.join(home, 'nodes') };
  fs.cpSync(path.join(paths.resources, 'python'), path.join(copy.resources, 'python'), { recursive: true });
  for (const type of ['pretrain', 'worker-train'])
    fs.cpSync(path.join(paths.nodes, type), path.join(copy.nodes, type), { recursive: true });
  const original = await pythonEnvironmentDigest(paths, 'pretrain');
  expect(await pythonEnvironmentDigest(copy, 'pretrain')).toBe(original);

  fs.appendFileSync(path.join(copy.nodes, 'worker-train', 'train.py'), '\n');
  fs.writeFileSync(path.join(copy.resources, 'python', 'nasaq_trainer', 'notes.txt'), '');
  expect(await pythonEnvironmentDigest(copy, 'pretrain')).toBe(original);
  expect(await pythonEnvironmentDigest(copy, 'worker-train')).not.toBe(await pythonEnvironmentDigest(paths, 'worker-train'));

  for (const file of ['requirements.txt', 'nasaq_trainer/schedule.py']) {
    const before = await pythonEnvironmentDigest(copy, 'pretrain');
    fs.appendFileSync(path.join(copy.resources, 'python', file), '\n');
    expect(await pythonEnvironmentDigest(copy, 'pretrain')).not.toBe(before);
  }
});
