import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { UserError } from '../../../nodes/kit/index.ts';
import type { EnginePaths } from '../EnginePaths.ts';

/** What it takes to start a trainer. */
export interface TrainerPython {
  readonly interpreter: string;
  /** Holds the package `nasaq_trainer`. */
  readonly packages: string;
}

const OLDEST = [3, 10] as const;

/**
 * The interpreter of the environment that `scripts/install-python.mjs` made for the present lock file, or the one that
 * NASAQ_TRAINER_PYTHON names. Throws UserError.
 */
export async function findPython(paths: EnginePaths, env: NodeJS.ProcessEnv = process.env): Promise<TrainerPython> {
  const packages = path.join(paths.resources, 'python');
  if (env.NASAQ_TRAINER_PYTHON) {
    await checkInterpreter(env.NASAQ_TRAINER_PYTHON);
    return { interpreter: env.NASAQ_TRAINER_PYTHON, packages };
  }
  const folder = await environmentFolder(paths);
  // The marker is written last: without it an installation is under way or was interrupted.
  if (!(await exists(path.join(folder, 'complete')))) {
    throw new UserError(`The trainers' Python environment is missing in ${folder}: run \`npm run setup\`.`);
  }
  const interpreter = process.platform === 'win32' ? path.join(folder, 'Scripts', 'python.exe') : path.join(folder, 'bin', 'python');
  if (!(await exists(interpreter))) {
    throw new UserError(`The trainers' Python environment in ${folder} is damaged: delete that folder and run \`npm run setup\`.`);
  }
  return { interpreter, packages };
}

/** One folder for each lock file: another version of Nasaq keeps its own packages. `scripts/install-python.mjs` follows the same rule. */
export async function environmentFolder(paths: EnginePaths): Promise<string> {
  const lock = await fs.readFile(path.join(paths.resources, 'python', 'requirements.txt'));
  return path.join(paths.home, 'python', createHash('sha256').update(lock).digest('hex').slice(0, 12));
}

/** SHA-256 over all that decides what a trainer computes: the lock file, the shared package and the node's own script. */
export async function pythonEnvironmentDigest(paths: EnginePaths, nodeType: string): Promise<string> {
  const shared = path.join(paths.resources, 'python');
  const sources = (await fs.readdir(path.join(shared, 'nasaq_trainer'))).filter((name) => name.endsWith('.py')).sort();
  const files = [
    path.join(shared, 'requirements.txt'),
    ...sources.map((name) => path.join(shared, 'nasaq_trainer', name)),
    path.join(paths.nodes, nodeType, 'train.py'),
  ];
  const hash = createHash('sha256');
  for (const file of files) {
    const content = createHash('sha256')
      .update(await fs.readFile(file))
      .digest('hex');
    hash.update(`${path.basename(file)}\0${content}\n`);
  }
  return hash.digest('hex');
}

async function checkInterpreter(interpreter: string): Promise<void> {
  const version = await versionOf(interpreter);
  if (!version) {
    throw new UserError(`NASAQ_TRAINER_PYTHON names ${interpreter}, which is no Python that can be started: correct it or unset it.`);
  }
  const [major, minor] = version;
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    throw new UserError(
      `NASAQ_TRAINER_PYTHON names ${interpreter}, which is Python ${major}.${minor}: trainers need ${OLDEST.join('.')} or newer.`,
    );
  }
}

async function versionOf(interpreter: string): Promise<[major: number, minor: number] | undefined> {
  try {
    const { stdout } = await promisify(execFile)(interpreter, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']);
    const match = /^(\d+)\.(\d+)\s*$/.exec(stdout);
    return match ? [Number(match[1]), Number(match[2])] : undefined;
  } catch {
    return undefined;
  }
}

const exists = (file: string): Promise<boolean> =>
  fs.access(file).then(
    () => true,
    () => false,
  );
