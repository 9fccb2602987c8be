import { _electron, test as base, type ElectronApplication, type Page } from '@playwright/test';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { defaultHome } from '../../main/engine/EnginePaths.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
export const samples = path.join(root, 'resources', 'samples');
/** `NASAQ_SCREENSHOTS=docs` renews the README's own; times in them differ from run to run. */
export const screenshots = path.join(root, process.env.NASAQ_SCREENSHOTS === 'docs' ? 'docs' : 'test-results', 'screenshots');

export interface LaunchOptions {
  /** Arguments after the app's own. */
  readonly args?: readonly string[];
  /** A packaged app's program; without it the built app of this tree starts. */
  readonly program?: string;
  readonly colorScheme?: 'light' | 'dark';
}
export interface App {
  readonly app: ElectronApplication;
  readonly window: Page;
  /** What the page wrote to its console as errors, refusals of the content security policy among them. */
  readonly errors: string[];
}

/** The trainers' Python, installed once for all tests. */
const trainersPython = path.join(defaultHome(), 'python');
export const hasTrainers = fs.existsSync(trainersPython) || Boolean(process.env.NASAQ_TRAINER_PYTHON);

interface Fixtures {
  /** A folder of this test's own, removed after it. */
  readonly folder: string;
  readonly launch: (options?: LaunchOptions) => Promise<App>;
}

export const test = base.extend<Fixtures>({
  folder: async ({}, use) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nasaq-e2e-'));
    fs.mkdirSync(path.join(folder, 'home'));
    if (fs.existsSync(trainersPython)) fs.symlinkSync(trainersPython, path.join(folder, 'home', 'python'));
    await use(folder);
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  },
  launch: async ({ folder }, use, testInfo) => {
    const started: ElectronApplication[] = [];
    await use(async ({ args = [], program, colorScheme = 'light' } = {}) => {
      const app = await _electron.launch({
        ...(program && { executablePath: program }),
        args: [
          ...(program ? [] : [root]),
          '--no-sandbox',
          '--disable-gpu',
          '--force-device-scale-factor=1',
          `--user-data-dir=${path.join(folder, 'profile')}`,
          ...args,
        ],
        env: { ...(process.env as Record<string, string>), NASAQ_HOME: path.join(folder, 'home') },
        colorScheme,
      });
      started.push(app);
      const window = await app.firstWindow();
      const errors: string[] = [];
      window.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
      window.on('pageerror', (error) => errors.push(String(error)));
      await window.getByText('Nasaq', { exact: true }).waitFor();
      await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.setContentSize(1440, 900));
      return { app, window, errors };
    });
    for (const app of started) {
      const window = app.windows()[0];
      if (window && testInfo.status !== testInfo.expectedStatus) {
        await window.screenshot({ path: testInfo.outputPath('window.png') }).catch(() => undefined);
      }
      // A window with unsaved changes would ask before it closes.
      await app.evaluate(({ app: running }) => running.exit(0)).catch(() => undefined);
      await app.close().catch(() => undefined);
    }
  },
});
export { expect } from '@playwright/test';

/** Answers the app's next open and save dialogs. */
export async function answerDialogs(
  app: ElectronApplication,
  answers: { open?: string[]; save?: string; message?: number },
): Promise<void> {
  await app.evaluate(({ dialog }, { open, save, message }) => {
    dialog.showOpenDialog = async () => ({ canceled: !open, filePaths: open ?? [] });
    dialog.showSaveDialog = async () => ({ canceled: !save, filePath: save ?? '' });
    dialog.showMessageBox = async () => ({ response: message ?? 2, checkboxChecked: false });
  }, answers);
}
