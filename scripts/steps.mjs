// What setup, demo, test and bench share: one line a step with its time, and programs run without a shell.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** The Node that the project brings along; it strips types, which the machine's own may not. */
export const projectNode = path.join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** A problem that a person can mend; `message` is one sentence. */
export class SetupError extends Error {}

/** The environment in which the project's own tools and Node are found first. */
export const projectEnv = () => ({
  ...process.env,
  OMP_WAIT_POLICY: 'PASSIVE',
  PATH: `${path.join(root, 'node_modules', '.bin')}${path.delimiter}${process.env.PATH}`,
});

/** Prints one line when `work` is through: what, how it went, how long it took. `work` may give the word for how it went. */
export async function step(name, work) {
  const start = performance.now();
  const line = (word) => console.log(`${name.padEnd(20)} ${word} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  try {
    line((await work()) ?? 'done');
  } catch (error) {
    line('failed');
    throw error;
  }
}

/**
 * Runs a program to its end; resolves with whether it succeeded. `stdout`: `inherit`, `ignore` or `stderr`.
 * Past `minutes` it and its children are killed.
 */
export function run(command, args, { env = projectEnv(), stdin = 'inherit', stdout = 'inherit', minutes } = {}) {
  return new Promise((resolve) => {
    const ownGroup = minutes !== undefined && process.platform !== 'win32';
    const child = spawn(command, args, { cwd: root, env, stdio: [stdin, stdout === 'stderr' ? 2 : stdout, 'inherit'], detached: ownGroup });
    const killAll = () => (ownGroup ? process.kill(-child.pid, 'SIGKILL') : child.kill('SIGKILL'));
    // A group of its own is out of the terminal's reach: Ctrl-C is passed on.
    const onInterrupt = () => {
      killAll();
      process.exit(130);
    };
    if (ownGroup) process.once('SIGINT', onInterrupt);
    const limit =
      minutes &&
      setTimeout(() => {
        console.error(`${path.basename(command)} ${args.join(' ')} took longer than ${minutes} minutes and was ended.`);
        killAll();
      }, minutes * 60_000);
    const end = (ok) => {
      clearTimeout(limit);
      process.off('SIGINT', onInterrupt);
      resolve(ok);
    };
    child.on('error', () => end(false));
    child.on('exit', (code) => end(code === 0));
  });
}

/** Runs the script of an npm package, such as `typescript/bin/tsc`, on the project's Node. */
export const runTool = (script, args, options) =>
  run(projectNode, [path.join(root, 'node_modules', ...script.split('/')), ...args], options);

/** Runs npm: through the one that runs this, since Windows starts npm's own command only with a shell. */
export const runNpm = (args, options) =>
  process.env.npm_execpath && existsSync(process.env.npm_execpath)
    ? run(process.execPath, [process.env.npm_execpath, ...args], options)
    : run('npm', args, options);

/** What a program prints; undefined when it is not there or fails. */
export function ask(command, args) {
  const { status, stdout, error } = spawnSync(command, args, { encoding: 'utf8', cwd: root });
  return error || status !== 0 ? undefined : stdout.trim();
}

/** Runs a script's work; a problem that a person can mend is one sentence, not a stack. */
export async function mainly(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

export const isMain = (url) => process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(url);
