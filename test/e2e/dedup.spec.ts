import fs from 'node:fs';
import { expect, test } from './launchApp.ts';
import { newsDedup, readWorkflow, writeWorkflow } from './workflows.ts';

test('the help of dedup draws how likely a pair is found, for each profile', async ({ launch, folder }) => {
  const { window, errors } = await launch({ args: [writeWorkflow(folder, 'news.nasaq.json', newsDedup())] });
  await window.locator('article[data-node="dedup"]').click({ position: { x: 80, y: 16 } });
  const about = window.locator('.params__about');
  await about.getByText('About Deduplicate').click();
  const chart = about.getByRole('img', { name: /^Probability over Jaccard similarity: Strict, 0\.8, Balanced, 0\.7, Loose, 0\.5$/ });
  await chart.scrollIntoViewIfNeeded();
  const canvas = chart.locator('canvas').first();
  await expect(canvas).toBeVisible();
  const coloured = await canvas.evaluate((element: HTMLCanvasElement) => {
    const { data } = element.getContext('2d')!.getImageData(0, 0, element.width, element.height);
    return data.reduce((count, alpha, at) => count + Number(at % 4 === 3 && alpha > 0), 0);
  });
  expect(coloured).toBeGreaterThan(500);
  expect(errors).toEqual([]);
});

test('an edge that an old file has at `duplicates` is drawn at `clusters`, and saved there', async ({ launch, folder }) => {
  const workflow = newsDedup();
  workflow.nodes[1]!.version = 3;
  workflow.nodes.push({ id: 'again', type: 'dedup', version: 3, params: {}, position: { x: 672, y: 0 } });
  // Of the wrong kind on purpose: what matters is where it is drawn from.
  workflow.edges.push({ from: { node: 'dedup', port: 'duplicates' }, to: { node: 'again', port: 'corpus' } });
  const file = writeWorkflow(folder, 'old.nasaq.json', workflow);
  const { window } = await launch({ args: [file] });
  await expect(window.locator('.react-flow__edge')).toHaveCount(2);
  await window.locator('article[data-node="again"]').click({ position: { x: 80, y: 16 } });
  await window.keyboard.press('Shift+ArrowRight');
  await window.keyboard.press('Control+s');
  await expect.poll(() => fs.readFileSync(file, 'utf8')).toContain('"clusters"');
  const saved = readWorkflow(file);
  expect(saved.edges[1]!.from).toEqual({ node: 'dedup', port: 'clusters' });
  expect(saved.nodes.map(({ type, version }) => `${type} ${version}`)).not.toContain('dedup 3');
});
