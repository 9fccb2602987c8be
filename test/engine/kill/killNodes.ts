import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { defineNode, input, number, output, type Row } from '../../../nodes/kit/index.ts';
import { basics, described, testNode, workflowOf } from '../testNodes.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const CORPUS_COLUMNS = [
  { name: 'id', type: 'string' },
  { name: 'text', type: 'string' },
] as const;

/** Documents drawn from the seed. */
const draw = testNode(
  defineNode({
    ...basics,
    type: 'draw',
    effects: 'seeded',
    inputs: {},
    outputs: { corpus: output('corpus', described) },
    params: { rows: number({ ...described, default: 400 }) },
  }),
  async ({ params, seed, writeTable }) => {
    const rows = Array.from({ length: params.rows }, (_, at): Row => ({ id: `d${at}`, text: sha256(`${seed} ${at}`) }));
    await writeTable('corpus', CORPUS_COLUMNS, rows);
  },
);

/** Slow for each row; keeps every batch's results. */
const rework = testNode(
  defineNode({
    ...basics,
    type: 'rework',
    inputs: { corpus: input('corpus', described) },
    outputs: { aligned: output('corpus', described), report: output('report', described) },
    params: {},
  }),
  async ({ inputs, signal, rowResults, writeTable, writeReport, progress }) => {
    const rows: Row[] = [];
    for await (const row of inputs.corpus.rows()) rows.push(row);
    const results = rowResults<string>({ how: 'twice' });
    const aligned: Row[] = [];
    for (let at = 0; at < rows.length; at += 10) {
      const batch = rows.slice(at, at + 10);
      const known = results.get(batch.map(({ text }) => text as string));
      const fresh = new Map(
        batch.filter(({ text }) => !known.has(text as string)).map(({ text }) => [text as string, sha256(`${text} reworked`)]),
      );
      if (fresh.size > 0) {
        await wait(100, undefined, { signal });
        results.put(fresh);
      }
      for (const row of batch) aligned.push({ ...row, text: known.get(row.text as string) ?? fresh.get(row.text as string)! });
      progress(at + batch.length, rows.length, 'rows');
    }
    await writeTable('aligned', CORPUS_COLUMNS, aligned);
    await writeReport('report', { title: 'Reworked', findings: [`${aligned.length} rows`], tables: [], charts: [] });
  },
);

/** A chain of steps with checkpoints in its work folder; gives a folder with two files. */
const train = testNode(
  defineNode({
    ...basics,
    type: 'chain',
    effects: 'seeded',
    resource: 'accelerator',
    inputs: { corpus: input('corpus', described) },
    outputs: { model: output('model', described) },
    params: { steps: number({ ...described, default: 80 }) },
  }),
  async ({ inputs, params, seed, signal, workFolder, publishFolder }) => {
    const checkpoint = path.join(workFolder(), 'checkpoint.json');
    let state = { step: 0, value: sha256(`${inputs.corpus.digest} ${seed}`) };
    if (fs.existsSync(checkpoint)) state = JSON.parse(fs.readFileSync(checkpoint, 'utf8')) as typeof state;
    while (state.step < params.steps) {
      await wait(20, undefined, { signal });
      state = { step: state.step + 1, value: sha256(state.value) };
      if (state.step % 5 > 0) continue;
      fs.writeFileSync(`${checkpoint}.tmp`, JSON.stringify(state));
      fs.renameSync(`${checkpoint}.tmp`, checkpoint);
    }
    const model = path.join(workFolder(), 'model');
    fs.rmSync(model, { recursive: true, force: true });
    fs.mkdirSync(path.join(model, 'onnx'), { recursive: true });
    fs.writeFileSync(path.join(model, 'config.json'), JSON.stringify({ steps: params.steps }));
    fs.writeFileSync(path.join(model, 'onnx', 'model.onnx'), state.value.repeat(10_000));
    await publishFolder('model', model);
  },
);

export const killNodeTypes = new Map([draw, rework, train]);

/** Two branches, rows and checkpoints; about eight seconds when nothing disturbs it. */
export const killWorkflow = workflowOf({
  draw: { type: 'draw' },
  rework: { type: 'rework', from: { corpus: 'draw.corpus' } },
  raw: { type: 'chain', from: { corpus: 'draw.corpus' } },
  aligned: { type: 'chain', from: { corpus: 'rework.aligned' } },
  again: { type: 'rework', from: { corpus: 'rework.aligned' } },
});
