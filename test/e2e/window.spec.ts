import { answerDialogs, expect, test } from './launchApp.ts';
import { newsDedup, writeWorkflow } from './workflows.ts';

test('the window is sandboxed, isolated and under a strict policy, and goes nowhere else', async ({ launch }) => {
  const { app, window } = await launch();
  const preferences = await app.evaluate(({ BrowserWindow }) => {
    // Electron has no public way to ask a window what it was made with.
    const contents = BrowserWindow.getAllWindows()[0]!.webContents as unknown as { getLastWebPreferences(): Electron.WebPreferences };
    const { sandbox, contextIsolation, nodeIntegration, webSecurity } = contents.getLastWebPreferences();
    return { sandbox, contextIsolation, nodeIntegration, webSecurity };
  });
  expect(preferences).toEqual({ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true });

  const policy = await window.evaluate(async () => (await fetch(location.href)).headers.get('content-security-policy'));
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toContain('unsafe');

  const reached = await window.evaluate(async () => {
    const script = document.createElement('script');
    script.textContent = 'document.title = "ran"';
    document.body.append(script);
    return {
      node: typeof (globalThis as { process?: unknown }).process,
      require: typeof (globalThis as { require?: unknown }).require,
      popup: globalThis.open('https://example.com') === null,
      inlineScript: document.title === 'ran',
      network: await fetch('https://example.com').then(
        () => 'reached',
        () => 'refused',
      ),
    };
  });
  expect(reached).toEqual({ node: 'undefined', require: 'undefined', popup: true, inlineScript: false, network: 'refused' });

  await window.evaluate(() => void (location.href = 'https://example.com/'));
  await window.waitForTimeout(300);
  expect(window.url()).toMatch(/^nasaq:\/\/app\//);
});

test('calls that do not fit the contract, and files nobody chose, are refused', async ({ launch, folder }) => {
  const { window } = await launch();
  const file = writeWorkflow(folder, 'mine.nasaq.json', newsDedup());
  const answers = await window.evaluate(async (path) => {
    const bridge = (window as unknown as { nasaq: { call(name: string, request: unknown): Promise<unknown> } }).nasaq;
    const refused = (name: string, request: unknown) =>
      bridge.call(name, request).then(
        () => 'answered',
        () => 'refused',
      );
    return {
      unknown: await refused('evaluate', {}),
      wrong: await refused('rows', { digest: '../../secret', offset: 0, limit: 10 }),
      file: await bridge.call('openWorkflow', { path }),
    };
  }, file);
  expect(answers.unknown).toBe('refused');
  expect(answers.wrong).toBe('refused');
  expect(answers.file).toEqual({ error: expect.stringContaining('was not chosen in a dialog') });
});

test('the theme follows the system until one is chosen', async ({ launch }) => {
  const { window } = await launch({ colorScheme: 'dark' });
  const theme = () => window.evaluate(() => [document.documentElement.dataset.theme, getComputedStyle(document.body).backgroundColor]);
  expect(await theme()).toEqual(['dark', 'rgb(19, 22, 24)']);
  await window.emulateMedia({ colorScheme: 'light' });
  await expect.poll(theme).toEqual(['light', 'rgb(243, 242, 237)']);
  await window.getByRole('button', { name: 'Dark' }).click();
  expect((await theme())[0]).toBe('dark');
  await window.reload();
  await window.getByText('Nasaq', { exact: true }).waitFor();
  expect((await theme())[0]).toBe('dark');
});

test('the window’s size is remembered', async ({ launch }) => {
  const first = await launch();
  await first.app.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]!.setBounds({ width: 1111, height: 777 });
    BrowserWindow.getAllWindows()[0]!.close();
  });
  await first.app.waitForEvent('close');
  const { app } = await launch();
  const remembered = await app.evaluate(async ({ app: running }) => {
    const { readFileSync } = process.getBuiltinModule('node:fs');
    return JSON.parse(readFileSync(`${running.getPath('userData')}/window.json`, 'utf8')) as { width: number; height: number };
  });
  expect(remembered).toMatchObject({ width: 1111, height: 777 });
});

test('a crashed engine fails the run with a sentence, and the next run works', async ({ launch, folder }) => {
  const { app, window } = await launch({ args: [writeWorkflow(folder, 'news.nasaq.json', newsDedup())] });
  await window.getByLabel('Deduplicate').first().waitFor();
  const kill = () =>
    app.evaluate(({ app: running }) => {
      const engine = running.getAppMetrics().find(({ name, serviceName }) => [name, serviceName].includes('Nasaq engine'));
      process.kill(engine!.pid, 'SIGKILL');
    });
  // The run is still starting when the engine dies under it.
  await window.getByRole('button', { name: /^Run Ctrl/ }).click();
  await kill();
  await expect(window.getByLabel('Run', { exact: true })).toContainText('The engine ended unexpectedly');
  await window.getByRole('button', { name: /^Run Ctrl/ }).click();
  await expect(window.getByLabel('Run', { exact: true })).toContainText('Done');
  await answerDialogs(app, {});
});
