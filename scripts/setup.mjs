// Installs what is missing, and says so: node scripts/setup.mjs [--tests]
// Plain JavaScript without dependencies: it runs on the machine's own Node before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { ask, isMain, mainly, projectNode, root, run, runNpm, SetupError, step } from './steps.mjs';

const OLDEST_NODE = [20, 19];
/** What a real Electron and its tests need on a bare Debian; the font shows Arabic in screenshots. */
const DEBIAN_PACKAGES = 'xvfb xauth dbus libgtk-3-0 libnss3 libasound2 libgbm1 libxss1 unzip p7zip-full patch fonts-noto-core'.split(' ');

/** @param {{ tests?: boolean }} options `tests`: also what only the tests need. Throws SetupError. */
export async function setup({ tests = false } = {}) {
  await step('Tools', checkTools);
  await step('Debian packages', () => debianPackages(tests));
  await step('npm packages', npmPackages);
  await step("Trainers' Python", () => pythonEnvironment(tests));
}

function checkTools() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    throw new SetupError(`Node ${process.versions.node} is too old: install Node ${OLDEST_NODE.join('.')} or newer.`);
  }
  const install = (name) => (onDebian() ? `type \`${sudo()}apt-get install -y ${name}\`` : `install ${name}`);
  if (!ask('git', ['--version'])) throw new SetupError(`git is missing: ${install('git')}.`);
  if (process.platform !== 'win32' && !['cc', 'gcc', 'clang'].some((name) => ask(name, ['--version']))) {
    throw new SetupError(`A C compiler is missing: ${install(onDebian() ? 'build-essential' : 'gcc or clang')}.`);
  }
  return `Node ${process.versions.node}, git, C compiler`;
}

const onDebian = () => process.platform === 'linux' && existsSync('/etc/debian_version');
const isRoot = () => process.getuid?.() === 0;
const sudo = () => (isRoot() ? '' : 'sudo ');

async function debianPackages(needed) {
  if (!onDebian()) return 'not on Debian: nothing to do';
  const missing = debianMissing();
  if (missing.length === 0) return 'all there';
  if (!isRoot()) {
    const hint = `type \`sudo apt-get install -y --no-install-recommends ${missing.join(' ')}\``;
    if (needed) throw new SetupError(`The tests need Debian packages that only root can install: ${hint}.`);
    return `${missing.length} missing, which only root can install; for the app's window ${hint}`;
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, stdin: 'ignore', stdout: 'ignore' };
  // The lists first: a fresh machine has none, and old ones name versions that are gone.
  await run('apt-get', ['update', '-q'], options);
  const names = missing.map((name) => (ask('apt-cache', ['show', `${name}t64`]) ? `${name}t64` : name));
  if (!(await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...names], options))) {
    throw new SetupError(`apt-get could not install ${names.join(', ')}: look at what it says above, mend that and try again.`);
  }
  return `installed ${names.join(', ')}`;
}

/** Newer Debians call some of them NAMEt64. */
function debianMissing() {
  const asked = DEBIAN_PACKAGES.flatMap((name) => [name, `${name}t64`]);
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${Status}\\n', ...asked, 'python3-minimal'], { encoding: 'utf8' });
  const there = new Set([...(stdout ?? '').matchAll(/^(\S+) install ok installed$/gm)].map(([, name]) => name));
  const missing = DEBIAN_PACKAGES.filter((name) => !there.has(name) && !there.has(`${name}t64`));
  return there.has('python3-minimal') && needsVenv() ? [...missing, 'python3-venv'] : missing;
}

/** Debian splits `venv` off its own Python. */
const needsVenv = () =>
  !process.env.NASAQ_PYTHON && ask('python3', ['-c', 'import ensurepip, venv']) === undefined && ask('uv', ['--version']) === undefined;

async function npmPackages() {
  if (npmIsComplete()) {
    linkCommand();
    return 'all there';
  }
  // Without ONNX Runtime's CUDA download, for which a machine that cannot reach it waits in vain.
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };
  const installed = await runNpm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], { env, stdin: 'ignore', stdout: 'ignore' });
  if (!installed) {
    throw new SetupError(
      'npm could not install what package-lock.json names: look at what it says above, check the network and the disk, and try again.',
    );
  }
  if (!npmIsComplete()) throw new SetupError('npm did not install all that package-lock.json names: delete node_modules and try again.');
  linkCommand();
  return 'installed';
}

/** Whether node_modules is what package-lock.json says; npm lists what it installed, when it is through, beside the packages. */
function npmIsComplete() {
  const installed = readJson('node_modules/.package-lock.json');
  const wanted = readJson('package-lock.json');
  if (!installed || !wanted || !existsSync(projectNode)) return false;
  return Object.entries(wanted.packages).every(([name, { version, integrity, optional }]) => {
    if (name === '') return true;
    const there = installed.packages[name];
    return there ? there.version === version && there.integrity === integrity : optional === true;
  });
}

function readJson(name) {
  try {
    return JSON.parse(readFileSync(path.join(root, name), 'utf8'));
  } catch {
    return undefined;
  }
}

/** npm links the commands of dependencies, not the project's own; with this link `npx nasaq` finds it at once. */
function linkCommand() {
  const link = path.join(root, 'node_modules', '.bin', 'nasaq');
  if (process.platform === 'win32' || existsSync(link)) return;
  rmSync(link, { force: true });
  symlinkSync(path.join('..', '..', 'main', 'cli', 'nasaq.mjs'), link);
}

async function pythonEnvironment(tests) {
  const args = [path.join('scripts', 'install-python.mjs'), ...(tests ? ['--dev'] : [])];
  if (!(await run(process.execPath, args, { env: process.env, stdin: 'ignore' }))) {
    throw new SetupError("The trainers' Python environment is not complete: the lines above say why.");
  }
}

if (isMain(import.meta.url)) await mainly(() => setup({ tests: process.argv.includes('--tests') }));
