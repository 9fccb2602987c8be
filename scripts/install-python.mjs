// Installs the trainers' Python environment: node scripts/install-python.mjs [--dev]
// It lies in NASAQ_HOME/python, one folder for each lock file; interrupted, it goes on where it was. `--dev` adds what only tests need.
// Plain JavaScript without dependencies: it runs on the machine's own Node before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const LOCKS = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', 'resources', 'python');
const OLDEST = [3, 10];
// The person's own default first: a newer one beside it may have no CPU build of torch.
const CANDIDATES = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
const IMPORTS = 'import onnx, onnxruntime, peft, pyarrow, torch, transformers';

/** A problem that a person can mend; `message` is one sentence. */
class InstallError extends Error {}

/** Follows `main/engine/EnginePaths.ts`. */
function nasaqHome(env = process.env) {
  if (env.NASAQ_HOME) return path.resolve(env.NASAQ_HOME);
  if (process.platform === 'win32') return path.join(env.LOCALAPPDATA ?? path.join(os.homedir(), 'AppData', 'Local'), 'Nasaq');
  if (process.platform === 'darwin') return path.join(os.homedir(), 'Library', 'Application Support', 'Nasaq');
  return path.join(env.XDG_DATA_HOME ?? path.join(os.homedir(), '.local', 'share'), 'nasaq');
}

const shortDigest = (file) => createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12);

async function install(dev) {
  if (process.env.NASAQ_TRAINER_PYTHON) {
    say(`NASAQ_TRAINER_PYTHON names ${process.env.NASAQ_TRAINER_PYTHON}: nothing to install`);
    return;
  }
  const lock = path.join(LOCKS, 'requirements.txt');
  const devLock = path.join(LOCKS, 'requirements-dev.txt');
  const folder = path.join(nasaqHome(), 'python', shortDigest(lock));
  const steps = [
    { marker: 'complete', work: (tool) => installTrainers(tool, lock) },
    { marker: `complete-dev-${shortDigest(devLock)}`, work: (tool) => installDev(tool, devLock), only: dev },
  ].filter(({ marker, only = true }) => only && !existsSync(path.join(folder, marker)));
  if (steps.length === 0) {
    say(`ready in ${folder}`);
    return;
  }
  await alone(folder, async () => {
    const tool = await openEnvironment(folder);
    for (const { marker, work } of steps) {
      await work(tool);
      writeFileSync(path.join(folder, marker), `${tool.version}\n`);
    }
  });
  say(`ready in ${folder}`);
}

/** Makes the folder and keeps a second installation out of it; what a dead one left does not count. */
async function alone(folder, work) {
  const claim = path.join(folder, 'installing');
  let isClaimed = false;
  try {
    mkdirSync(folder, { recursive: true });
    const other = existsSync(claim) ? Number(readFileSync(claim, 'utf8')) : 0;
    if (other && isAlive(other)) throw new InstallError(`Process ${other} is installing into ${folder}: wait until it is through.`);
    writeFileSync(claim, String(process.pid));
    isClaimed = true;
    await work();
  } catch (error) {
    if (error.code === 'ENOSPC') throw diskFull(folder);
    if (['EACCES', 'EROFS', 'EPERM', 'ENOTDIR', 'EEXIST'].includes(error.code)) {
      throw new InstallError(`${error.path} is not a folder that can be written to: change that, or set NASAQ_HOME to a folder that is.`);
    }
    throw error;
  } finally {
    if (isClaimed) rmSync(claim, { force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** The environment's interpreter, made when it is not there, and how to install into it. */
async function openEnvironment(folder) {
  const interpreter = process.platform === 'win32' ? path.join(folder, 'Scripts', 'python.exe') : path.join(folder, 'bin', 'python');
  const usesUv = hasUv() && !isPipConfigured();
  const isWhole = () => ask(interpreter, ['-c', usesUv ? '' : 'import pip']) !== undefined;
  if (!isWhole()) {
    const python = findPython(!usesUv);
    say(`environment with Python ${python.version} (${python.executable}) in ${folder}`);
    const [command, args] = usesUv
      ? ['uv', ['venv', '--quiet', '--allow-existing', '--python', python.executable, folder]]
      : [python.executable, ['-m', 'venv', folder]];
    const { ok, output } = await quietly(command, args);
    if (!ok || !isWhole()) throw explain(output, folder, 'make the environment');
  }
  return { folder, interpreter, usesUv, version: ask(interpreter, ['-c', 'import platform; print(platform.python_version())']) };
}

/** The first candidate that is new enough and, where it is needed, has the module venv. Throws InstallError saying what is wrong with the others. */
function findPython(needsVenv) {
  const chosen = process.env.NASAQ_PYTHON;
  const probe = 'import platform, sys; print(platform.python_version()); print(sys.executable)';
  const found = (chosen ? [chosen] : CANDIDATES).flatMap((name) => {
    const [version, executable] = ask(name, ['-c', probe])?.split(/\r?\n/) ?? [];
    return version ? [{ name, version, executable }] : [];
  });
  if (found.length === 0) {
    throw new InstallError(
      chosen
        ? `NASAQ_PYTHON names ${chosen}, which is no Python that can be started: correct it or unset it.`
        : `Python is missing: install Python ${OLDEST.join('.')} or newer${onDebian() ? ' (`apt-get install python3 python3-venv`)' : ''}, or name one in NASAQ_PYTHON.`,
    );
  }
  const recent = found.filter(({ version }) => {
    const [major, minor] = version.split('.').map(Number);
    return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  });
  if (recent.length === 0) {
    const [{ executable, version }] = found;
    throw new InstallError(
      `${executable} is Python ${version}, which is too old: install Python ${OLDEST.join('.')} or newer, or name one in NASAQ_PYTHON.`,
    );
  }
  const able = needsVenv ? recent.filter(({ executable }) => ask(executable, ['-c', 'import ensurepip, venv']) !== undefined) : recent;
  if (able.length === 0) {
    const [{ executable, version }] = recent;
    const hint = onDebian()
      ? `type \`apt-get install python${version.split('.').slice(0, 2).join('.')}-venv\` as root`
      : 'install its venv module';
    throw new InstallError(`${executable} (Python ${version}) has no module venv: ${hint}.`);
  }
  return able[0];
}

const onDebian = () => process.platform === 'linux' && existsSync('/etc/debian_version');
const hasUv = () => ask('uv', ['--version']) !== undefined;

/** uv reads none of pip's settings: where a person set up pip (a mirror, a folder of wheels), pip it is. */
function isPipConfigured() {
  if (Object.keys(process.env).some((name) => /^PIP_(INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|CONFIG_FILE|NO_INDEX)$/.test(name))) return true;
  return /(index-url|find-links|no-index)/.test(ask('python3', ['-m', 'pip', 'config', 'list']) ?? '');
}

async function installTrainers(tool, lock) {
  const lines = readFileSync(lock, 'utf8').split('\n');
  const torch = lines.find((line) => line.startsWith('torch=='));
  // First and alone: a build for CPUs where the index has one, instead of gigabytes for accelerators. uv is told, pip finds it.
  await addPackages(tool, torch, [...(tool.usesUv ? ['--torch-backend=auto'] : []), torch]);
  // The lock is complete, so nothing needs resolving.
  await addPackages(tool, "the trainers' other packages", ['--no-deps', '-r', lock]);
  const { ok, output } = await quietly(tool.interpreter, ['-c', IMPORTS]);
  if (!ok) throw new InstallError(`The installed packages do not work (${lastLine(output)}): delete ${tool.folder} and try again.`);
}

const installDev = (tool, lock) => addPackages(tool, 'packages for tests', ['--no-deps', '-r', lock]);

async function addPackages(tool, what, args) {
  say(what);
  const [command, start] = tool.usesUv
    ? ['uv', ['pip', 'install', '--python', tool.interpreter]]
    : [tool.interpreter, ['-m', 'pip', 'install', '--disable-pip-version-check', '--progress-bar', 'off']];
  const { ok, output } = await quietly(command, [...start, ...args], showDownload);
  if (!ok) throw explain(output, tool.folder, `install ${what}`);
}

/** Large files are worth a line: they are what takes long. */
function showDownload(line) {
  const download = /^\s*Downloading (?:\S*\/)?([A-Za-z0-9_.]+)-\S+ \(([\d.]+ [MG]B)\)/.exec(line);
  if (download && /(GB|\d{2}(\.\d)? MB)/.test(download[2])) say(`  ${download[1]}, ${download[2]}`);
}

/** Runs a program; resolves with all that it printed. */
function quietly(command, args, onLine = () => undefined) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        output += `${line}\n`;
        onLine(line);
      });
    }
    child.on('error', (error) => resolve({ ok: false, output: error.message }));
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}

function explain(output, folder, goal) {
  if (/No space left on device|Errno 28|os error 28|ENOSPC/.test(output)) return diskFull(folder);
  if (
    /NewConnectionError|NameResolutionError|ConnectTimeout|Read timed out|Max retries|Connection (refused|reset|broken)|dns error|ProxyError|error sending request|from versions: none/i.test(
      output,
    )
  ) {
    return new InstallError(`The package index cannot be reached to ${goal}: check the network or pip's settings, and try again.`);
  }
  return new InstallError(`Could not ${goal}: ${lastLine(output)}`);
}

const diskFull = (folder) =>
  new InstallError(`The disk of ${folder} is full: make room (5 GB are plenty) and try again, or set NASAQ_HOME to another disk.`);

const lastLine = (output) =>
  output
    .trim()
    .split('\n')
    .at(-1)
    .replace(/^ERROR: /, '')
    .trim() || 'no reason was given.';

/** What a program prints; undefined when it is not there or fails. */
function ask(command, args) {
  const { status, stdout, error } = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return error || status !== 0 ? undefined : stdout.trim();
}

const say = (line) => console.log(`Python: ${line}`);

try {
  await install(process.argv.includes('--dev'));
} catch (error) {
  if (!(error instanceof InstallError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
