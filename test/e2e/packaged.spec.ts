import fs from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { expect, test } from './launchApp.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const PROGRAMS: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'dist/linux-unpacked/nasaq',
  darwin: `dist/mac${process.arch === 'arm64' ? '-arm64' : ''}/Nasaq.app/Contents/MacOS/Nasaq`,
  win32: 'dist/win-unpacked/Nasaq.exe',
};

test.describe('the packaged app', () => {
  const program = path.join(root, PROGRAMS[process.platform] ?? '');

  test.beforeAll(() => {
    test.setTimeout(600_000);
    fs.rmSync(path.join(root, 'dist'), { recursive: true, force: true });
    const builder = createRequire(import.meta.url).resolve('electron-builder/cli.js');
    execFileSync(process.execPath, [builder, '--config', 'electron-builder.config.mjs', '--dir'], { cwd: root, stdio: 'pipe' });
  });

  test('opens the sample, runs dedup and reads a row', async ({ launch }) => {
    const { app, window, errors } = await launch({ program, args: ['--sample'] });
    expect(await app.evaluate(({ app: running }) => running.isPackaged)).toBe(true);
    const dedup = window.locator('article[data-node="dedup"]');
    await dedup.click({ position: { x: 80, y: 16 } });
    await window.getByRole('button', { name: 'Run to here' }).click();
    await expect(window.getByLabel('Run', { exact: true })).toContainText('2 ran', { timeout: 60_000 });
    await window.getByRole('button', { name: 'Look at kept of dedup' }).click();
    await expect(window.getByRole('table').locator('[data-column="text"]').first()).toHaveText(/[\u0600-\u06ff]{2}/);
    expect(errors).toEqual([]);
  });

  test('brings what the engine needs beside its archive, and no sources', () => {
    const resources =
      process.platform === 'darwin' ? path.resolve(program, '../../Resources') : path.join(path.dirname(program), 'resources');
    for (const file of ['resources/samples/news.jsonl', 'resources/models/tiny-arabic-llama/config.json', 'nodes/worker-train/train.py']) {
      expect(fs.existsSync(path.join(resources, file)), file).toBe(true);
    }
    const unpacked = path.join(resources, 'app.asar.unpacked', 'node_modules');
    expect(fs.readdirSync(path.join(unpacked, 'onnxruntime-node', 'bin', 'napi-v6'))).toEqual([process.platform]);
    expect(fs.existsSync(path.join(unpacked, 'better-sqlite3', 'src'))).toBe(false);
  });
});
