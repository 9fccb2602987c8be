import fs from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { answerDialogs, expect, test } from './launchApp.ts';
import { newsDedup, readWorkflow, writeWorkflow } from './workflows.ts';

const card = (window: Page, id: string): Locator => window.locator(`article[data-node="${id}"]`);
const port = (window: Page, id: string, side: 'input' | 'output', name: string): Locator =>
  card(window, id).getByLabel(`${side} ${name}`, { exact: true });

async function connect(window: Page, from: Locator, to: Locator): Promise<void> {
  await from.hover();
  await window.mouse.down();
  await to.hover();
  await to.hover();
  await window.mouse.up();
}

test('node types are found, added by key and by dragging, and wired; a wrong connection says why', async ({ launch }) => {
  const { window, errors } = await launch();
  const find = window.getByPlaceholder('Find a node type');
  await find.fill('dedup');
  await expect(window.locator('.palette__item')).toHaveCount(1);
  await find.press('Enter');
  await expect(card(window, 'dedup')).toBeVisible();
  await find.fill('');
  await window
    .locator('.palette__item[data-type="corpus"]')
    .dragTo(window.locator('.react-flow__pane'), { targetPosition: { x: 160, y: 120 } });
  await window
    .locator('.palette__item[data-type="pretrain"]')
    .dragTo(window.locator('.react-flow__pane'), { targetPosition: { x: 160, y: 600 } });
  await expect(card(window, 'pretrain')).toBeVisible();

  await expect(card(window, 'dedup')).toContainText('needs something on its input corpus');
  await connect(window, port(window, 'corpus', 'output', 'corpus'), port(window, 'dedup', 'input', 'corpus'));
  await expect(window.locator('.react-flow__edge')).toHaveCount(1);
  await expect(card(window, 'dedup')).not.toContainText('needs something');

  await connect(window, port(window, 'pretrain', 'output', 'model'), port(window, 'dedup', 'input', 'corpus'));
  await expect(window.getByRole('status').filter({ hasText: 'cannot go into' })).toContainText(
    'model cannot go into corpus of Deduplicate',
  );
  await expect(window.locator('.react-flow__edge')).toHaveCount(1);

  await window.keyboard.press('Control+z');
  await expect(window.locator('.react-flow__edge')).toHaveCount(0);
  await window.keyboard.press('Control+Shift+Z');
  await expect(window.locator('.react-flow__edge')).toHaveCount(1);
  expect(errors).toEqual([]);
});

test('nodes are copied, duplicated, nudged and deleted from the keyboard', async ({ launch, folder }) => {
  const file = writeWorkflow(folder, 'news.nasaq.json', newsDedup());
  const { app, window } = await launch({ args: [file] });
  await answerDialogs(app, { save: file });
  await card(window, 'dedup').click({ position: { x: 80, y: 16 } });
  await window.keyboard.press('Control+a');
  await window.keyboard.press('Control+d');
  await expect(window.locator('.node-card')).toHaveCount(4);
  await expect(window.locator('.react-flow__edge')).toHaveCount(2);
  await window.keyboard.press('Delete');
  await expect(window.locator('.node-card')).toHaveCount(2);

  await window.locator('.react-flow__pane').click({ position: { x: 300, y: 40 } });
  await window.keyboard.press('Control+a');
  await window.keyboard.press('ArrowDown');
  await window.keyboard.press('Control+s');
  await expect.poll(() => readWorkflow(file).nodes.map(({ position }) => position.y)).toEqual([8, 8]);
});

test('params are edited with help and checked in place, kept as differences from the defaults', async ({ launch, folder }) => {
  const file = writeWorkflow(folder, 'news.nasaq.json', newsDedup());
  const { app, window } = await launch({ args: [file] });
  await answerDialogs(app, { open: [path.join(folder, 'more.jsonl')] });
  await card(window, 'dedup').click({ position: { x: 80, y: 16 } });
  const threshold = window.locator('[data-param="threshold"]');
  await expect(threshold).toContainText('Least Jaccard similarity');
  await threshold.getByRole('textbox').fill('7');
  await expect(threshold).toContainText('Must be at most 1.');
  await expect(card(window, 'dedup')).toContainText('Param threshold of Deduplicate must be at most 1.');
  await window.getByRole('button', { name: /^Run Ctrl/ }).click();
  await expect(window.locator('.toast')).toContainText('Param threshold of Deduplicate must be at most 1.');

  await threshold.getByRole('textbox').fill('0.65');
  await expect(threshold).toContainText('Least Jaccard similarity');
  await window.keyboard.press('Control+s');
  await expect.poll(() => readWorkflow(file).nodes[1]!.params).toEqual({ threshold: 0.65 });
  await threshold.getByRole('button', { name: /Back to the default/ }).click();
  await expect(threshold.getByRole('textbox')).toHaveValue('0.7');

  await card(window, 'news').click({ position: { x: 80, y: 16 } });
  await window.getByRole('button', { name: 'Add files…' }).click();
  await expect(window.locator('[data-param="files"] input').nth(1)).toHaveValue('more.jsonl');
});

test('a workflow is saved, opened again the same, and unsaved changes are asked about', async ({ launch, folder }) => {
  const { app, window } = await launch();
  const saved = path.join(folder, 'made.nasaq.json');
  await window
    .locator('.palette__item[data-type="corpus"]')
    .dragTo(window.locator('.react-flow__pane'), { targetPosition: { x: 300, y: 200 } });
  await window.getByLabel('Title of the node').fill('أخبار');
  await expect(window.getByText('Unsaved changes')).toBeVisible();

  await answerDialogs(app, { message: 2 });
  await window.keyboard.press('Control+n');
  await expect(card(window, 'corpus')).toBeVisible();

  await answerDialogs(app, { save: saved });
  await window.keyboard.press('Control+s');
  await expect(window.getByText('Unsaved changes')).toBeHidden();
  const written = readWorkflow(saved);
  expect(written.nodes[0]).toMatchObject({ type: 'corpus', title: 'أخبار' });

  await window.keyboard.press('Control+n');
  await expect(window.locator('.node-card')).toHaveCount(0);
  await answerDialogs(app, { open: [saved] });
  await window.keyboard.press('Control+o');
  await expect(card(window, 'corpus')).toContainText('أخبار');
  await expect(window.getByText('Unsaved changes')).toBeHidden();
});

test('closing over unsaved changes asks, stays on cancel, and saves on save', async ({ launch, folder }) => {
  const file = writeWorkflow(folder, 'news.nasaq.json', newsDedup());
  const { app, window } = await launch({ args: [file] });
  await card(window, 'dedup').waitFor();
  await window.getByLabel('Title of the workflow').fill('Renamed');
  await expect(window.getByText('Unsaved changes')).toBeVisible();
  await answerDialogs(app, { message: 2 });
  const close = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.close());
  await close();
  await window.waitForTimeout(300);
  expect(readWorkflow(file).title).toBe('News without copies');
  await expect(window.getByText('Unsaved changes')).toBeVisible();

  await answerDialogs(app, { message: 0 });
  const closed = app.waitForEvent('close');
  await close();
  await closed;
  expect(readWorkflow(file).title).toBe('Renamed');
});

test('a file that is no workflow is refused in one sentence and left as it is', async ({ launch, folder }) => {
  const broken = path.join(folder, 'broken.nasaq.json');
  fs.writeFileSync(broken, '{ "nasaq": 1, "title": ');
  const { window } = await launch({ args: [broken] });
  await expect(window.locator('.toast')).toHaveText(/broken\.nasaq\.json is not JSON: at line 1, .*\.$/);
  expect(fs.readFileSync(broken, 'utf8')).toBe('{ "nasaq": 1, "title": ');
});
