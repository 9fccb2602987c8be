// Definitions are JSON: the engine reads it already, and a prompt that ends in a space or a line end shows it.
import fs from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { fileDigest } from '../../main/engine/scoring/folderDigest.ts';
import { UserError } from '../kit/index.ts';

const strings = z.array(z.string().min(1)).min(2);
const pattern = z.string().refine(isPattern, { error: 'must be a regular expression' });
const definitionSchema = z.strictObject({
  /** Goes into the names of files. */
  benchmark: z.string().regex(/^[\p{L}\p{N}_.-]+$/u, { error: 'must have only letters, digits, `_`, `.` and `-`' }),
  title: z.string().min(1),
  about: z.string(),
  source: z.string(),
  licence: z.string(),
  /** How it is asked and scored, and after whom. */
  protocol: z.string(),
  /** JSON lines beside the definition. The digest makes the definition stand for its questions in cache keys. */
  questions: z.strictObject({ file: z.string().regex(/^[^/\\]+$/, { error: 'must be a file name without folders' }), sha256: z.string() }),
  fields: z.strictObject({ id: z.string(), question: z.string(), choices: strings, answer: z.string() }),
  /** Value of the answer field for each choice. */
  answers: strings,
  /** A field, or the first group of a pattern in it. */
  category: z.strictObject({ field: z.string(), pattern: pattern.optional() }).optional(),
  /** Pattern of a label at the start of the choices' texts; taken away. */
  choiceLabel: pattern.optional(),
  /** `{question}`, `{category}`, `{choices}`: each as `choice` says with `{label}`, `{text}`, `between` between them; `before` stands before an answer. */
  letters: z.strictObject({ labels: strings, prompt: z.string(), choice: z.string(), between: z.string(), before: z.string() }),
  texts: z.strictObject({ prompt: z.string(), before: z.string() }),
});
export type BenchmarkDefinition = z.infer<typeof definitionSchema>;

export interface Question {
  readonly id: string;
  readonly category: string;
  readonly question: string;
  readonly choices: readonly string[];
  /** Index of the right choice. */
  readonly gold: number;
}
export interface Benchmark {
  readonly definition: BenchmarkDefinition;
  readonly questions: readonly Question[];
  /** Questions that cannot be judged, with the reason. */
  readonly setAside: readonly { readonly id: string; readonly reason: string }[];
}

/** Reads a definition and its questions; `limit` 0: all of them. */
export async function readBenchmark(file: string, limit: number): Promise<Benchmark> {
  const definition = await readDefinition(file);
  const questionsFile = path.join(path.dirname(file), definition.questions.file);
  const source = await fs.readFile(questionsFile, 'utf8').catch(() => {
    throw new UserError(
      `Benchmark ${file} names the questions \`${definition.questions.file}\`, which cannot be read beside it; put them there.`,
    );
  });
  if ((await fileDigest(questionsFile)) !== definition.questions.sha256) {
    throw new UserError(
      `${questionsFile} is not the file that ${file} was made for (its SHA-256 differs from \`questions.sha256\`); restore it or correct the digest.`,
    );
  }
  const lines = source.split('\n').map((line, index) => [line, index + 1] as const);
  const wanted = lines.filter(([line]) => line.trim() !== '').slice(0, limit || undefined);
  const questions: Question[] = [];
  const setAside: { id: string; reason: string }[] = [];
  for (const [line, number] of wanted) {
    const row = readRow(line, `${questionsFile}, line ${number}`);
    const question = questionOf(row, definition);
    if ('reason' in question) setAside.push(question);
    else questions.push(question);
  }
  return { definition, questions, setAside };
}

async function readDefinition(file: string): Promise<BenchmarkDefinition> {
  const source = await fs.readFile(file, 'utf8').catch(() => {
    throw new UserError(`Benchmark ${file} in param \`benchmarks\` cannot be read; choose a file that exists.`);
  });
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    throw new UserError(`Benchmark ${file} is not JSON; correct it.`);
  }
  const parsed = definitionSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new UserError(`Benchmark ${file} is not a definition: \`${issue.path.join('.')}\` ${issue.message}.`);
  }
  const { fields, answers, letters } = parsed.data;
  if (answers.length !== fields.choices.length || letters.labels.length !== fields.choices.length) {
    throw new UserError(`Benchmark ${file} needs as many \`answers\` and \`letters.labels\` as \`fields.choices\`; correct it.`);
  }
  return parsed.data;
}

function isPattern(source: string): boolean {
  try {
    new RegExp(source, 'u');
    return true;
  } catch {
    return false;
  }
}

function readRow(line: string, where: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(line));
  } catch {
    throw new UserError(`${where}: this is not a JSON object; correct the line.`);
  }
}

function questionOf(
  row: Record<string, unknown>,
  { fields, answers, category, choiceLabel }: BenchmarkDefinition,
): Question | { id: string; reason: string } {
  const cell = (name: string): string => (row[name] === null || row[name] === undefined ? '' : String(row[name]));
  const id = cell(fields.id);
  const label = choiceLabel === undefined ? undefined : new RegExp(choiceLabel, 'u');
  const choices = fields.choices.map((name) => (label ? cell(name).replace(label, '') : cell(name)));
  const gold = answers.indexOf(cell(fields.answer).trim());
  if (cell(fields.question).trim() === '') return { id, reason: 'the question is empty' };
  if (gold === -1) return { id, reason: 'the right answer is not given' };
  if (choices.some((choice) => choice.trim() === '')) return { id, reason: 'a choice is empty' };
  const value = category ? cell(category.field) : '';
  const found = category?.pattern === undefined ? value : (new RegExp(category.pattern, 'u').exec(value)?.[1] ?? value);
  return { id, category: found, question: cell(fields.question), choices, gold };
}
