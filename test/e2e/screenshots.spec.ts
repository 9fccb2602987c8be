import path from 'node:path';
import type { Page } from '@playwright/test';
import { expect, hasTrainers, screenshots, test } from './launchApp.ts';
import { newsDedup, writeWorkflow } from './workflows.ts';

// The pictures in the README, of what really happened; each test also holds that it did. To renew them: NASAQ_SCREENSHOTS=docs.

const card = (window: Page, id: string) => window.locator(`article[data-node="${id}"]`);
const runBar = (window: Page) => window.getByLabel('Run', { exact: true });

async function picture(window: Page, name: string): Promise<void> {
  await window.mouse.move(720, 20);
  await window.evaluate(() => document.fonts.ready);
  await window.waitForTimeout(400);
  await window.screenshot({ path: path.join(screenshots, `${name}.png`), animations: 'disabled', caret: 'hide' });
}

async function runSampleTo(window: Page, id: string): Promise<void> {
  await card(window, id).click({ position: { x: 60, y: 16 } });
  await window.getByRole('button', { name: 'Run to here' }).click();
  await expect(runBar(window)).toContainText('Done', { timeout: 60_000 });
}

test('the sample, run as far as the expert’s rewrites', async ({ launch }) => {
  const { window } = await launch({ args: ['--sample'] });
  await runSampleTo(window, 'expert');
  await picture(window, 'workflow');
  await window.getByRole('button', { name: 'Look at pairs of expert' }).click();
  await window.getByRole('checkbox', { name: 'only changed' }).check();
  await expect(window.locator('.pair__tag--same')).toHaveCount(0);
  // The news comes first; the rules have more to do among the comments.
  await window.getByRole('table').evaluate((element) => element.scrollTo(0, element.scrollHeight * 0.7));
  await expect(window.locator('.pair del').first()).toBeVisible();
  await picture(window, 'pairs');
});

test('a report, in the dark', async ({ launch }) => {
  const { window } = await launch({ args: ['--sample'], colorScheme: 'dark' });
  await runSampleTo(window, 'dedup');
  await window.getByRole('button', { name: 'Look at report of dedup' }).click();
  await expect(window.locator('.report__lead li').first()).toBeVisible();
  await picture(window, 'report-dark');
});

test('rows of a corpus, one of them in full', async ({ launch, folder }) => {
  const { window } = await launch({ args: [writeWorkflow(folder, 'news.nasaq.json', newsDedup())] });
  await card(window, 'dedup').waitFor();
  await window.keyboard.press('Control+Enter');
  await expect(runBar(window)).toContainText('Done');
  await window.getByRole('button', { name: 'Look at kept of dedup' }).click();
  await window.getByRole('table').getByRole('row').nth(3).click();
  await expect(window.getByLabel('Row 3', { exact: true })).toBeVisible();
  await picture(window, 'rows');
});

test('a training, its loss point by point', async ({ launch, folder }) => {
  test.skip(!hasTrainers, 'the trainers’ Python is not installed: npm run setup');
  const workflow = newsDedup();
  workflow.title = 'A tiny model of the news';
  workflow.nodes.push({ id: 'model', type: 'pretrain', version: 1, params: {}, position: { x: 672, y: 0 } });
  workflow.edges.push({ from: { node: 'dedup', port: 'kept' }, to: { node: 'model', port: 'corpus' } });
  const { window } = await launch({ args: [writeWorkflow(folder, 'train.nasaq.json', workflow)] });
  await card(window, 'model').click({ position: { x: 60, y: 16 } });
  await window.getByRole('tab', { name: /^Log/ }).click();
  await window.keyboard.press('Control+Enter');
  await expect(window.locator('.curves canvas').first()).toBeVisible({ timeout: 60_000 });
  await expect(card(window, 'model').locator('.progress__words')).toContainText(/^[2-9]\d \/.*left/, { timeout: 90_000 });
  await picture(window, 'training');
  await window.keyboard.press('Control+.');
  await expect(runBar(window)).toContainText('Cancelled', { timeout: 10_000 });
});
