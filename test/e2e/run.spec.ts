import path from 'node:path';
import type { Page } from '@playwright/test';
import { expect, hasTrainers, samples, test } from './launchApp.ts';
import { commentPairs, newsDedup, writeWorkflow } from './workflows.ts';

const card = (window: Page, id: string) => window.locator(`article[data-node="${id}"]`);
const runBar = (window: Page) => window.getByLabel('Run', { exact: true });
const run = (window: Page) => window.keyboard.press('Control+Enter');

test('dedup runs on the shipped news in the real engine; its rows are read, and a second run reuses them', async ({ launch, folder }) => {
  const { window, errors } = await launch({ args: [writeWorkflow(folder, 'news.nasaq.json', newsDedup())] });
  await card(window, 'dedup').waitFor();
  await run(window);
  await expect(runBar(window)).toContainText('Done');
  await expect(runBar(window)).toContainText('2 ran');
  await expect(card(window, 'dedup')).toHaveAttribute('data-status', 'ran');

  // 600 documents, 69 of them exact copies: fewer stay, and both outputs add up.
  await window.getByRole('button', { name: 'Look at kept of dedup' }).click();
  const table = window.getByRole('table');
  const kept = Number(await table.getAttribute('aria-rowcount'));
  expect(kept).toBeLessThanOrEqual(531);
  const text = table.locator('[data-column="text"]').first();
  await expect(text).toHaveText(/[\u0600-\u06ff]{2}/);
  await expect(text).toHaveAttribute('dir', 'auto');
  expect(await text.evaluate((cell) => getComputedStyle(cell).direction)).toBe('rtl');

  await table.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await expect(table.getByRole('row').last().locator('[data-column="text"]')).toHaveText(/[\u0600-\u06ff]{2}/);
  await table.getByRole('row').last().click();
  await expect(window.getByLabel(`Row ${kept}`, { exact: true })).toContainText(/[\u0600-\u06ff]{2}/);

  await window.getByRole('tab', { name: /^clusters/ }).click();
  await expect(window.getByRole('table')).toHaveAttribute('aria-rowcount', String(600 - kept));
  await window.getByRole('tab', { name: 'report', exact: true }).click();
  await expect(window.locator('.report__lead')).toContainText('600');

  await run(window);
  await expect(runBar(window)).toContainText('2 reused');
  await expect(card(window, 'dedup')).toContainText('Reused');
  expect(errors).toEqual([]);
});

test('pairs are shown side by side with the words that differ', async ({ launch, folder }) => {
  const { window } = await launch({ args: [writeWorkflow(folder, 'comments.nasaq.json', commentPairs())] });
  await card(window, 'expert').waitFor();
  await run(window);
  await expect(runBar(window)).toContainText('Done');
  await window.getByRole('button', { name: 'Look at pairs of expert' }).click();
  const all = Number(await window.getByRole('table').getAttribute('aria-rowcount'));
  await window.getByRole('checkbox', { name: 'only changed' }).check();
  await expect.poll(async () => Number(await window.getByRole('table').getAttribute('aria-rowcount'))).toBeLessThan(all);
  await expect(window.locator('.pair__tag--same')).toHaveCount(0);
  const changed = window.locator('.pair:has(del)').first();
  await expect(changed).toBeVisible();
  const [before, after] = [changed.locator('.pair__text').nth(0), changed.locator('.pair__text').nth(1)];
  expect(await before.evaluate((cell) => getComputedStyle(cell).direction)).toBe('rtl');
  const kept = (cell: typeof before) =>
    cell.evaluate((element) => [...element.querySelectorAll('span')].map((part) => part.textContent).join(''));
  // What is not marked is the same on both sides.
  expect(await kept(before)).toBe(await kept(after));
  expect(await before.textContent()).not.toBe(await after.textContent());
});

test('running to a node leaves the others alone', async ({ launch, folder }) => {
  const { window } = await launch({ args: [writeWorkflow(folder, 'news.nasaq.json', newsDedup())] });
  await card(window, 'news').click({ position: { x: 80, y: 16 } });
  await window.getByRole('button', { name: 'Run to here' }).click();
  await expect(runBar(window)).toContainText('1 ran');
  await expect(card(window, 'dedup')).toHaveAttribute('data-status', 'idle');
  await window.getByRole('tab', { name: /^Log/ }).click();
  await expect(window.getByRole('log')).toContainText('600 documents');
});

test('cancel ends a run at once, and nothing of it is kept', async ({ launch, folder }) => {
  test.skip(!hasTrainers, 'the trainers’ Python is not installed: npm run setup');
  const workflow = newsDedup();
  // Training for long enough that it is still going on when it is cancelled.
  workflow.nodes.push({ id: 'model', type: 'pretrain', version: 1, params: {}, position: { x: 672, y: 0 } });
  workflow.edges.push({ from: { node: 'dedup', port: 'kept' }, to: { node: 'model', port: 'corpus' } });
  const { window } = await launch({ args: [writeWorkflow(folder, 'train.nasaq.json', workflow)] });
  await card(window, 'model').waitFor();
  await run(window);
  await expect(card(window, 'model')).toHaveAttribute('data-status', 'running');
  await window.getByRole('button', { name: 'Cancel' }).click();
  await expect(runBar(window)).toContainText('Cancelled', { timeout: 10_000 });
  await expect(card(window, 'model')).toHaveAttribute('data-status', 'cancelled');
  await expect(window.getByRole('button', { name: 'Look at model of model' })).toHaveCount(0);
});

test('a failed run says in one sentence what to do', async ({ launch, folder }) => {
  const workflow = newsDedup();
  workflow.nodes[0]!.params = { files: [path.join(samples, 'news.jsonl')], textColumn: 'body' };
  const { window } = await launch({ args: [writeWorkflow(folder, 'news.nasaq.json', workflow)] });
  await card(window, 'news').waitFor();
  await run(window);
  await expect(card(window, 'news')).toHaveAttribute('data-status', 'failed');
  await expect(card(window, 'news')).toContainText('body');
  await expect(card(window, 'dedup')).toHaveAttribute('data-status', 'skipped');
  await runBar(window).getByRole('button', { name: 'Corpus' }).click();
  await expect(window.locator('.panel__error')).toContainText('news.jsonl');
});

test('the sample workflow opens whole and could run as it is', async ({ launch }) => {
  const { window, errors } = await launch({ args: ['--sample'] });
  await expect.poll(() => window.locator('.node-card').count()).toBeGreaterThan(7);
  await expect(window.locator('.node-card__note')).toHaveCount(0);
  await expect(window.getByText(/nodes are in the cache|will run/)).toBeVisible();
  expect(errors).toEqual([]);
});
