import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Bench, makeBench } from '../testNodes.ts';
import { annotate, annotateWorkflow, nodeTypes, root, tinyModel } from './annotateBench.ts';

let bench: Bench;
beforeEach(() => void (bench = makeBench()));
afterEach(() => bench.clear());

const news = fs
  .readFileSync(path.join(root, 'resources/samples/news.jsonl'), 'utf8')
  .split('\n', 6)
  .map((line, at) => ({ id: String(at), text: (JSON.parse(line) as { text: string }).text.slice(0, 150).trim() }));

describe('the expert Local model', () => {
  const model = { expert: 'model', model: tinyModel, modelPrompt: 'text' };

  test('rewrites real news, mostly as they were, and leaves out what does not fit its context', async () => {
    const documents = [
      ...news,
      {
        id: 'long',
        text: news
          .map(({ text }) => text)
          .join(' ')
          .repeat(10),
      },
      { id: 'empty', text: '' },
    ];
    const { pairs, report, error } = await annotate(bench.open(nodeTypes), annotateWorkflow(bench, documents, model));
    expect(error).toBeUndefined();
    expect(pairs.map(({ id }) => id)).toEqual(news.map(({ id }) => id));
    for (const { before, after } of pairs) {
      const words = String(before).split(/\s+/);
      const kept = words.filter((word) => String(after).includes(word));
      expect(kept.length / words.length).toBeGreaterThan(0.5);
    }
    expect(report!.findings[1]).toBe('2 documents gave no pair: 1 too long for the model, 1 without text.');
  });

  test('with the whole code of conduct before a text is more than the tiny model holds, and that is said', async () => {
    const { error } = await annotate(bench.open(nodeTypes), annotateWorkflow(bench, news, { ...model, modelPrompt: 'code' }));
    expect(error).toBe('Node `annotate`: 6 documents gave no pair (6 too long for the model): give the expert others.');
  });

  test('without a folder is refused before anything runs', async () => {
    await expect(annotate(bench.open(nodeTypes), annotateWorkflow(bench, news, { expert: 'model' }))).rejects.toThrow(
      /param `model` must name the folder/,
    );
  });

  test('as judge of its own rewrites gives no score, and what it said instead is kept', async () => {
    const params = { expert: 'rules', judge: 'model', judgeFolder: tinyModel };
    const { pairs, report } = await annotate(bench.open(nodeTypes), annotateWorkflow(bench, news, params));
    expect(pairs).toHaveLength(6);
    for (const pair of pairs)
      expect(pair).toMatchObject({ judgeFormat: null, judgeDetail: null, judgeReasons: null, judgeRaw: expect.any(String) });
    expect(report!.findings.join(' ')).toContain('6 of 6 judged pairs have no score');
  });
});
