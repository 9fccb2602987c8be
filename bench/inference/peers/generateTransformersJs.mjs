// `generate` of transformers.js in batches, left-padded, greedy, fp32: node generateTransformersJs.mjs JOB.json NODE_MODULES
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [file, modules] = process.argv.slice(2);
const job = JSON.parse(readFileSync(file, 'utf8'));
const entry = createRequire(path.join(modules, 'index.js')).resolve('@huggingface/transformers');
const { AutoModelForCausalLM, env, Tensor } = await import(pathToFileURL(entry).href);
env.allowRemoteModels = false;
env.localModelPath = path.dirname(job.model);
const model = await AutoModelForCausalLM.from_pretrained(path.basename(job.model), {
  dtype: 'fp32',
  device: 'cpu',
  use_external_data_format: true,
  session_options: { intraOpNumThreads: job.threads, interOpNumThreads: 1 },
});
const ends = new Set(job.endTokens);

async function answersTo(prompts, limits) {
  const width = Math.max(...prompts.map((prompt) => prompt.length));
  const padded = (row, value, filler) => [...new Array(width - row.length).fill(filler), ...row.map(value)];
  const table = (value, filler) =>
    new Tensor(
      'int64',
      BigInt64Array.from(
        prompts.flatMap((row) => padded(row, value, filler)),
        BigInt,
      ),
      [prompts.length, width],
    );
  const written = await model.generate({
    input_ids: table((token) => token, job.paddingToken),
    attention_mask: table(() => 1, 0),
    max_new_tokens: Math.max(...limits),
    do_sample: false,
  });
  return written.tolist().map((row, index) => {
    const tokens = row.slice(width).map(Number);
    const end = tokens.findIndex((token) => ends.has(token));
    return tokens.slice(0, Math.min(end < 0 ? tokens.length : end, limits[index]));
  });
}

const { batch, prompts, limits } = job;
await answersTo(prompts.slice(0, batch), limits.slice(0, batch));
const cpu = process.cpuUsage();
const start = performance.now();
const answers = [];
for (let first = 0; first < prompts.length; first += batch) {
  answers.push(...(await answersTo(prompts.slice(first, first + batch), limits.slice(first, first + batch))));
}
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(cpu);
writeFileSync(job.result, JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6, answers, tokens: answers.flat().length }));
