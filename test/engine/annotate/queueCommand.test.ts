import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { QueueRow, QueueSummary } from '../../../main/contract/queue.ts';
import { finishedOf, graphNode, nasaq, saved, temporaryFolder, workflow } from '../runNasaq.ts';

const texts = ['خبرررر أول', 'خبر ثان', 'خبر ثالث'];
async function waiting(): Promise<{ home: string; file: string }> {
  const home = await temporaryFolder();
  await writeFile(path.join(home, 'a.jsonl'), texts.map((text) => `${JSON.stringify({ text })}\n`).join(''));
  const people = graphNode('annotate', 'annotate', { expert: 'people' });
  const nodes = [graphNode('corpus', 'corpus', { files: ['a.jsonl'] }), { ...people, version: 5 }];
  const file = await saved(home, workflow(nodes, ['corpus.corpus > annotate.corpus']));
  return { home, file };
}
const rowsOf = (source: string): QueueRow[] =>
  source
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as QueueRow);

describe('nasaq queue', () => {
  test('exports texts that wait, and imports the answers that a person wrote into the lines', async () => {
    const { home, file } = await waiting();
    const first = await nasaq(['run', file], { home });
    expect([first.code, first.stderr]).toEqual([
      1,
      expect.stringContaining('3 of 3 texts still wait for people: answer them in the queue, then run again.'),
    ]);
    expect((await nasaq(['queue', 'ls'], { home })).stdout).toMatch(/^[0-9a-f]{12} +annotate +.*w\.nasaq\.json +3 +0 +0 +0 +0$/m);
    const [queue] = JSON.parse((await nasaq(['queue', 'ls', '--json'], { home })).stdout) as QueueSummary[];

    const target = path.join(home, 'queue.jsonl');
    expect((await nasaq(['queue', 'export', '--queue', queue!.queue.slice(0, 8), '--file', target], { home })).code).toBe(0);
    const rows = rowsOf(await readFile(target, 'utf8'));
    expect(rows.map(({ before, draft, state }) => [before, draft, state])).toEqual([
      [texts[0], 'خبر أول', 'waiting'],
      [texts[1], texts[1], 'waiting'],
      [texts[2], texts[2], 'waiting'],
    ]);
    const answers = [
      { ...rows[0], state: 'accepted' },
      { ...rows[1], after: 'خبرٌ' },
      { ...rows[2], state: 'rejected' },
    ];
    await writeFile(target, `\uFEFF${answers.map((row) => JSON.stringify(row)).join('\r\n')}\r\n`);
    const imported = await nasaq(['queue', 'import', '--file', target], { home });
    expect([imported.code, imported.stderr]).toEqual([0, 'The queue has 0 waiting, 1 accepted, 1 edited, 1 rejected, 0 skipped.\n']);

    const second = await nasaq(['run', file, '--json'], { home });
    expect(finishedOf(second).nodes[1]!.outputs.pairs!.rows).toBe(2);
    const edited = await nasaq(['queue', 'export', '--state', 'edited'], { home });
    expect(rowsOf(edited.stdout).map(({ after }) => after)).toEqual(['خبرٌ']);
  });

  test('import refuses a wrong line by its number, and takes nothing over', async () => {
    const { home, file } = await waiting();
    await nasaq(['run', file], { home });
    const [row] = rowsOf((await nasaq(['queue', 'export'], { home })).stdout);
    const target = path.join(home, 'queue.jsonl');
    const wrong: [string, RegExp][] = [
      ['{"row":', /line 2: this is not JSON/],
      ['[]', /line 2: this is no object/],
      ['{"state":"accepted"}', /line 2: "row" must be there/],
      ['{"row":"x","state":"fine"}', /line 2: "state" must be one of waiting, accepted/],
      ['{"row":"x","state":"edited","after":" "}', /line 2: "after" must have the edited text/],
      ['{"row":"x","state":"accepted"}', /The queue has no row x/],
    ];
    for (const [line, sentence] of wrong) {
      await writeFile(target, `${JSON.stringify({ ...row, state: 'accepted' })}\n${line}\n`);
      const { code, stderr } = await nasaq(['queue', 'import', '--file', target], { home });
      expect([code, stderr]).toEqual([2, expect.stringMatching(sentence)]);
      expect(stderr.trim().split('\n')).toHaveLength(1);
    }
    const [queue] = JSON.parse((await nasaq(['queue', 'ls', '--json'], { home })).stdout) as QueueSummary[];
    expect(queue!.counts.waiting).toBe(3);
  });

  test.each([
    [['queue'], 'ls|export|import is missing'],
    [['queue', 'list'], '`nasaq queue list` is not known'],
    [['queue', 'export'], 'There is no queue; there are none.'],
    [['queue', 'export', '--state', 'open'], '--state must be one of'],
    [['queue', 'import'], '--file is missing'],
  ])('%j is refused in one sentence', async (args, sentence) => {
    const { code, stdout, stderr } = await nasaq(args, { home: await temporaryFolder() });
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(sentence)]);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('export writes over no file', async () => {
    const { home, file } = await waiting();
    await nasaq(['run', file], { home });
    const { code, stderr } = await nasaq(['queue', 'export', '--file', path.join(home, 'a.jsonl')], { home });
    expect([code, stderr]).toEqual([2, expect.stringContaining('is there already: name a new file.')]);
  });
});
