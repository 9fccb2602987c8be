import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const script = path.resolve(import.meta.dirname, '..', '..', '..', 'scripts', 'install-python.mjs');
let folder: string;
beforeEach(() => void (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nasaq-install-'))));
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

/** What the installer prints last and its status, on a machine whose programs are those of one empty folder unless `env` says otherwise. */
function install(env: Record<string, string>): Promise<{ status: number; error: string }> {
  const { NASAQ_TRAINER_PYTHON: _, NASAQ_PYTHON: __, ...inherited } = process.env;
  return new Promise((resolve) => {
    const options = { env: { ...inherited, NASAQ_HOME: path.join(folder, 'home'), PATH: folder, ...env } };
    execFile(process.execPath, [script], options, (error, _stdout, stderr) =>
      resolve({ status: error ? Number(error.code) : 0, error: stderr.trim() }),
    );
  });
}

/** A program that stands for a Python: it answers what version it is, and `rest` does what is asked of it then. */
function python(version: string, rest: string): string {
  const file = path.join(folder, 'python-for-test');
  fs.writeFileSync(file, `#!/bin/sh\ncase "$2" in *python_version*) echo ${version}; echo ${file};; *) ${rest};; esac\n`, { mode: 0o755 });
  return file;
}

describe.skipIf(process.platform === 'win32')("installing the trainers' Python says in one sentence", () => {
  it('that Python is missing', async () => {
    const { status, error } = await install({});
    expect(status).toBe(1);
    expect(error).toMatch(/^Python is missing: install Python 3\.10 or newer.*, or name one in NASAQ_PYTHON\.$/);
  });

  it('that the named Python does not start', async () => {
    const { status, error } = await install({ NASAQ_PYTHON: '/nowhere/python3' });
    expect([status, error]).toEqual([
      1,
      'NASAQ_PYTHON names /nowhere/python3, which is no Python that can be started: correct it or unset it.',
    ]);
  });

  it('that Python is too old', async () => {
    const file = python('3.9.18', 'exit 1');
    const { status, error } = await install({ NASAQ_PYTHON: file });
    expect([status, error]).toEqual([
      1,
      `${file} is Python 3.9.18, which is too old: install Python 3.10 or newer, or name one in NASAQ_PYTHON.`,
    ]);
  });

  it('that Python has no venv', async () => {
    const { status, error } = await install({ NASAQ_PYTHON: python('3.12.1', 'exit 1'), PIP_NO_INDEX: '1' });
    expect(status).toBe(1);
    expect(error).toMatch(/ \(Python 3\.12\.1\) has no module venv: .*\.$/);
  });

  it('that the disk is full', async () => {
    const full = python('3.12.1', 'case "$*" in *"-m venv"*) echo "Error: [Errno 28] No space left on device"; exit 1;; esac');
    const { status, error } = await install({ NASAQ_PYTHON: full, PIP_NO_INDEX: '1' });
    expect(status).toBe(1);
    expect(error).toMatch(/^The disk of .* is full: make room \(5 GB are plenty\) and try again, or set NASAQ_HOME to another disk\.$/);
  });

  it('that the package index cannot be reached, and goes on with the same environment afterwards', async () => {
    const env = {
      PATH: process.env.PATH!,
      PIP_CONFIG_FILE: os.devNull,
      PIP_FIND_LINKS: '',
      PIP_INDEX_URL: 'http://127.0.0.1:9/simple',
      PIP_RETRIES: '0',
    };
    const first = await install(env);
    expect(first.status).toBe(1);
    expect(first.error).toBe(
      "The package index cannot be reached to install torch==2.13.0: check the network or pip's settings, and try again.",
    );
    const [environment] = fs.readdirSync(path.join(folder, 'home', 'python'));
    const made = fs.statSync(path.join(folder, 'home', 'python', environment!, 'pyvenv.cfg')).mtimeMs;
    expect((await install(env)).error).toBe(first.error);
    expect(fs.statSync(path.join(folder, 'home', 'python', environment!, 'pyvenv.cfg')).mtimeMs).toBe(made);
    expect(fs.existsSync(path.join(folder, 'home', 'python', environment!, 'complete'))).toBe(false);
  });

  it('that the folder for it cannot be written to', async () => {
    fs.writeFileSync(path.join(folder, 'home'), '');
    const { status, error } = await install({ NASAQ_PYTHON: python('3.12.1', 'exit 1') });
    expect(status).toBe(1);
    expect(error).toMatch(/home.* is not a folder that can be written to: change that, or set NASAQ_HOME to a folder that is\.$/);
  });
});
