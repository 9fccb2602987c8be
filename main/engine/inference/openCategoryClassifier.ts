import fs from 'node:fs/promises';
import path from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import type * as ort from 'onnxruntime-node';
import { z } from 'zod';
import { type CategoryClassifier, UserError } from '../../../nodes/kit/index.ts';
import { lengthBatches } from './lengthBatches.ts';
import { int64Tensor, openOnnxSession } from './openOnnxSession.ts';

/** Numbers beyond any model, such as those of tokenizers that know no limit. */
const LONGEST = 4096;
const LIMITS = { maxRows: 32, maxCells: 8192 };

const configSchema = z.looseObject({
  id2label: z.record(z.string(), z.string()),
  problem_type: z.string().nullish(),
  max_position_embeddings: z.number().int().positive().nullish(),
  pad_token_id: z.number().int().nonnegative().nullish(),
});
const tokenizerConfigSchema = z.looseObject({ model_max_length: z.number().positive().nullish() });

/**
 * Opens a text classifier's folder in Hugging Face layout: `config.json` with `id2label`, `tokenizer.json`, and `onnx/model.onnx`, whose
 * `logits` are one row a text and one column a label. They become probabilities label by label where `problem_type` is
 * `multi_label_classification`, and together (softmax) otherwise. Longer texts than the model reads go through it in parts.
 */
export async function openCategoryClassifier(folder: string): Promise<CategoryClassifier & { close(): Promise<void> }> {
  const config = await readJson(folder, 'config.json', configSchema);
  const labels = labelsOf(folder, config.id2label);
  const tokenizerConfig = await readJson(folder, 'tokenizer_config.json', tokenizerConfigSchema);
  const tokenizer = await openTokenizer(folder, tokenizerConfig);
  const [start, end] = specialTokens(tokenizer);
  const room =
    Math.min(config.max_position_embeddings ?? LONGEST, tokenizerConfig.model_max_length ?? LONGEST, LONGEST) - start.length - end.length;
  if (room < 1)
    throw new UserError(
      `\`config.json\` in classifier folder ${folder} leaves no room for text in \`max_position_embeddings\`; choose another folder.`,
    );
  const file = path.join(folder, 'onnx', 'model.onnx');
  if (!(await fs.stat(file).catch(() => undefined))?.isFile()) {
    throw new UserError(`Classifier folder ${folder} has no \`onnx/model.onnx\`; export the model to ONNX or choose another folder.`);
  }
  const session = await openOnnxSession(file);
  const isMultiLabel = config.problem_type === 'multi_label_classification';

  async function classify(rows: readonly (readonly number[])[]): Promise<number[][]> {
    const width = Math.max(...rows.map(({ length }) => length));
    const ids = new BigInt64Array(rows.length * width).fill(BigInt(config.pad_token_id ?? 0));
    const mask = new BigInt64Array(ids.length);
    rows.forEach((tokens, row) =>
      tokens.forEach((token, place) => {
        ids[row * width + place] = BigInt(token);
        mask[row * width + place] = 1n;
      }),
    );
    const dims = [rows.length, width];
    const given = { input_ids: ids, attention_mask: mask, token_type_ids: new BigInt64Array(ids.length) };
    const feeds = Object.fromEntries(Object.entries(given).map(([name, values]) => [name, int64Tensor(values, dims)]));
    const outputs = await session.run(Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]!])));
    const logits = (outputs.logits ?? outputs[session.outputNames[0]!])!;
    if (logits.dims.length !== 2 || logits.dims[1] !== labels.length) {
      throw new RangeError(`its output has the shape ${logits.dims.join(' × ')}, and \`config.json\` names ${labels.length} labels`);
    }
    return rows.map((_, row) => probabilitiesOf(logitsOf(logits, row, labels.length), isMultiLabel));
  }

  await check(folder, session, () => classify([[...start, ...end, 0]]));

  return {
    labels,
    async probabilities(texts, signal) {
      const parts = texts.flatMap((text, place) =>
        partsOf(tokenizer, text, room).map((tokens) => ({ place, tokens: [...start, ...tokens, ...end] })),
      );
      const found = texts.map(() => labels.map(() => 0));
      for (const batch of lengthBatches(
        parts.map(({ tokens }) => tokens.length),
        LIMITS,
      )) {
        signal.throwIfAborted();
        const rows = batch.map((part) => parts[part]!);
        const probabilities = await classify(rows.map(({ tokens }) => tokens));
        rows.forEach(({ place }, row) => {
          found[place] = found[place]!.map((highest, label) => Math.max(highest, probabilities[row]![label]!));
        });
      }
      signal.throwIfAborted();
      return found;
    },
    close: () => session.release(),
  };
}

const partsOf = (tokenizer: Tokenizer, text: string, room: number): number[][] => {
  const { ids } = tokenizer.encode(text, { add_special_tokens: false });
  if (ids.some((id) => id === undefined)) {
    throw new UserError(
      'The tokenizer of the category classifier has no token for unknown words; choose a folder with another `tokenizer.json`.',
    );
  }
  const parts: number[][] = [];
  for (let from = 0; from === 0 || from < ids.length; from += room) parts.push(ids.slice(from, from + room));
  return parts;
};

/** What the tokenizer puts around a text. */
function specialTokens(tokenizer: Tokenizer): [number[], number[]] {
  const plain = tokenizer.encode('a', { add_special_tokens: false }).ids;
  const whole = tokenizer.encode('a').ids;
  const at = whole.findIndex((_, place) => plain.every((id, offset) => whole[place + offset] === id));
  return [whole.slice(0, Math.max(at, 0)), whole.slice(Math.max(at, 0) + plain.length)];
}

function logitsOf({ data }: ort.Tensor, row: number, labels: number): number[] {
  return Array.from((data as Float32Array).subarray(row * labels, (row + 1) * labels));
}

function probabilitiesOf(logits: readonly number[], isMultiLabel: boolean): number[] {
  if (isMultiLabel) return logits.map((logit) => 1 / (1 + Math.exp(-logit)));
  const most = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - most));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

function labelsOf(folder: string, id2label: Readonly<Record<string, string>>): string[] {
  const labels = Object.keys(id2label).map((_, id) => id2label[id]);
  if (labels.length === 0 || labels.includes(undefined) || new Set(labels).size < labels.length) {
    throw new UserError(
      `\`id2label\` in \`config.json\` of classifier folder ${folder} must name each label from 0 on, all different; mend it or choose another folder.`,
    );
  }
  return labels as string[];
}

/** A graph with other inputs or another number of labels is found out now and not in the middle of a run. */
async function check(folder: string, session: ort.InferenceSession, classifyOne: () => Promise<number[][]>): Promise<void> {
  try {
    const [probabilities] = await classifyOne();
    if (!probabilities!.every((probability) => probability >= 0 && probability <= 1))
      throw new RangeError(`it gives ${probabilities} as probabilities`);
  } catch (error) {
    await session.release();
    throw new UserError(
      `\`onnx/model.onnx\` in classifier folder ${folder} is not a classifier that Nasaq can use (${(error as Error).message.split('\n')[0]!.slice(0, 160)}); choose another folder.`,
    );
  }
}

async function openTokenizer(folder: string, config: object): Promise<Tokenizer> {
  const tokenizer = await readJson(folder, 'tokenizer.json', z.looseObject({ model: z.looseObject({}) }));
  try {
    return new Tokenizer(tokenizer, config);
  } catch (error) {
    throw new UserError(
      `\`tokenizer.json\` in classifier folder ${folder} cannot be used: ${error instanceof Error ? error.message : error}.`,
    );
  }
}

async function readJson<T>(folder: string, name: string, schema: z.ZodType<T>): Promise<T> {
  const text = await fs.readFile(path.join(folder, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      `Classifier folder ${folder}: \`${name}\` cannot be read (${error.code}); choose the folder of a text classifier in Hugging Face layout.`,
    );
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UserError(`\`${name}\` in classifier folder ${folder} is not JSON; restore it or choose another folder.`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new UserError(
    `\`${name}\` in classifier folder ${folder} is not usable: \`${issue.path.join('.')}\`: ${issue.message}; choose another folder.`,
  );
}
