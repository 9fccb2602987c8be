import fs from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { UserError } from '../../../nodes/kit/index.ts';
import { chosenWeights, weightsFile } from './executionProviders.ts';

/** What is read of a Hugging Face `config.json`; the rest is the exporter's business. */
const configSchema = z.looseObject({
  vocab_size: z.int().positive(),
  max_position_embeddings: z.int().positive(),
  num_hidden_layers: z.int().positive(),
  num_attention_heads: z.int().positive(),
  num_key_value_heads: z.int().positive().nullish(),
  hidden_size: z.int().positive(),
  head_dim: z.int().positive().nullish(),
  bos_token_id: z.int().nonnegative().nullish(),
  eos_token_id: z.union([z.int().nonnegative(), z.array(z.int().nonnegative()).min(1)]).nullish(),
  pad_token_id: z.int().nonnegative().nullish(),
});
const tokenizerSchema = z.looseObject({
  /** By token for BPE and WordPiece; a list of tokens with scores for Unigram. */
  model: z.looseObject({ vocab: z.union([z.record(z.string(), z.int()), z.array(z.unknown())]).optional() }),
  added_tokens: z.array(z.looseObject({ id: z.int().nonnegative(), content: z.string() })).optional(),
});
const generationConfigSchema = z.looseObject({ eos_token_id: configSchema.shape.eos_token_id });
const token = z.union([z.string(), z.looseObject({ content: z.string() }).transform(({ content }) => content)]);
const tokenizerConfigSchema = z.looseObject({
  chat_template: z.string().nullish(),
  bos_token: token.nullish(),
  eos_token: token.nullish(),
});

export interface LanguageModelFolder {
  readonly folder: string;
  /** Tokens that fit into one sequence. */
  readonly contextLength: number;
  readonly vocabularySize: number;
  /** Floats of key and value cache that one token takes. */
  readonly cacheFloatsPerToken: number;
  readonly startToken: number;
  readonly endTokens: ReadonlySet<number>;
  readonly tokenizer: object;
  readonly tokenizerConfig: z.infer<typeof tokenizerConfigSchema>;
  /** Absolute path of an ONNX file of the folder; a UserError names it when it is missing. */
  onnxFile(name: 'model.onnx' | 'score.onnx'): Promise<string>;
}

/**
 * Reads and checks a language model's folder in Hugging Face layout: `config.json`, `tokenizer.json`,
 * `tokenizer_config.json`, `onnx/`. Weights are not touched.
 */
export async function readLanguageModelFolder(folder: string): Promise<LanguageModelFolder> {
  const config = await readJson(folder, 'config.json', configSchema);
  const generation = await readJson(folder, 'generation_config.json', generationConfigSchema, {});
  const tokenizerConfig = await readJson(folder, 'tokenizer_config.json', tokenizerConfigSchema);
  const tokenizer = await readJson(folder, 'tokenizer.json', tokenizerSchema);
  const highest = highestToken(tokenizer);
  if (highest >= config.vocab_size) {
    throw new UserError(
      `\`tokenizer.json\` and \`config.json\` in model folder ${folder} do not belong together: there is a token ${highest}, and the model knows ${config.vocab_size}; copy both from one model.`,
    );
  }
  const template = await readOptional(path.join(folder, 'chat_template.jinja'));
  const ends = [config.eos_token_id, generation.eos_token_id].flat().filter((id) => typeof id === 'number');
  if (ends.length === 0)
    throw new UserError(`\`config.json\` of model folder ${folder} has no \`eos_token_id\`, so no text would ever end; add it.`);
  const heads = config.num_key_value_heads ?? config.num_attention_heads;
  const headSize = config.head_dim ?? config.hidden_size / config.num_attention_heads;
  return {
    folder,
    contextLength: config.max_position_embeddings,
    vocabularySize: config.vocab_size,
    cacheFloatsPerToken: 2 * config.num_hidden_layers * heads * headSize,
    // Models without a start token are scored from their end token, as lm-evaluation-harness does.
    startToken: config.bos_token_id ?? ends[0]!,
    endTokens: new Set(ends),
    tokenizer,
    tokenizerConfig: { ...tokenizerConfig, chat_template: tokenizerConfig.chat_template ?? template },
    async onnxFile(name) {
      const weights = chosenWeights();
      const wanted = weightsFile(name, weights);
      // Some exporters leave the graphs beside the description.
      for (const file of [path.join(folder, 'onnx', wanted), path.join(folder, wanted)]) {
        if ((await fs.stat(file).catch(() => undefined))?.isFile()) return file;
      }
      throw new UserError(
        weights === 'fp32'
          ? `Model folder ${folder} has no \`onnx/${wanted}\`; export the model to ONNX first.`
          : `Model folder ${folder} has no \`onnx/${wanted}\`, which NASAQ_WEIGHTS=${weights} asks for; set it to fp32, or export the model so.`,
      );
    },
  };
}

function highestToken({ model: { vocab = {} }, added_tokens: added = [] }: z.infer<typeof tokenizerSchema>): number {
  let highest = Array.isArray(vocab) ? vocab.length - 1 : -1;
  if (!Array.isArray(vocab)) for (const token in vocab) highest = Math.max(highest, vocab[token]!);
  for (const { id } of added) highest = Math.max(highest, id);
  return highest;
}

async function readOptional(file: string): Promise<string | undefined> {
  try {
    return await fs.readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new UserError(
      `\`${path.basename(file)}\` in model folder ${path.dirname(file)} cannot be read (${code}); check its permissions.`,
    );
  }
}

async function readJson<T>(folder: string, name: string, schema: z.ZodType<T>, missing?: T): Promise<T> {
  const text = await readOptional(path.join(folder, name));
  if (text === undefined) {
    if (missing !== undefined) return missing;
    throw new UserError(`Model folder ${folder} has no \`${name}\`; choose a folder in Hugging Face layout.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UserError(`\`${name}\` in model folder ${folder} is not JSON; copy or export the model again.`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new UserError(
    `\`${name}\` in model folder ${folder} is not usable: ${issue.path.length ? `\`${issue.path.join('.')}\`: ` : ''}${issue.message}.`,
  );
}
