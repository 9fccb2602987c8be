import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError, type Classifier } from '../../nodes/kit/index.ts';
import { openClassifier } from '../../main/engine/inference/classifier.ts';
import { toxicityFeatures, toxicityWords } from '../../main/engine/text/toxicityFeatures.ts';

const resources = path.resolve(import.meta.dirname, '../../resources');
const model = path.join(resources, 'models/arabic-toxicity');
const description = readJson(path.join(model, 'classifier.json'));
const comments = readLines<{ id: string; text: string; offensive: boolean }>(path.join(resources, 'samples/comments.jsonl'));
const news = readLines<{ id: string; text: string }>(path.join(resources, 'samples/news.jsonl'));
/** What resources/recipes/toxicity_golden.py found with the Python features and ONNX Runtime's Python. */
const golden = readLines<{ name: string; text?: string; features: number; digest: string; probability: number }>(
  path.join(import.meta.dirname, 'toxicityGolden.jsonl'),
);
const sampleTexts = new Map([...comments, ...news].map(({ id, text }) => [id, text]));
const goldenTexts = golden.map(({ name, text }) => text ?? sampleTexts.get(name)!);
const rewrites = path.resolve(
  process.env.NASAQ_TEST_DATA ?? path.join(resources, '../../shared/data'),
  'textdetox_ar/paradetox_dev_pairs.jsonl',
);
const signal = new AbortController().signal;

describe('the shipped toxicity classifier', () => {
  let classifier: Classifier & { close(): Promise<void> };
  beforeAll(async () => {
    classifier = await openClassifier(model, () => undefined);
  });
  afterAll(() => classifier.close());

  test('sees in every sample text what its trainer sees', () => {
    const found = goldenTexts.map((text, row) => {
      const { ids } = toxicityFeatures(text);
      const digest = createHash('sha256').update(new Uint8Array(ids.buffer)).digest('hex').slice(0, 16);
      return { name: golden[row]!.name, features: ids.length, digest };
    });
    expect(found).toEqual(golden.map(({ name, features, digest }) => ({ name, features, digest })));
  });

  test('gives the probabilities that its trainer gave', async () => {
    const found = await classifier.probability(goldenTexts, signal);
    found.forEach((probability, row) => expect(Math.abs(probability - golden[row]!.probability), golden[row]!.name).toBeLessThan(1e-5));
  });

  test('tells offensive comments from others as well as its card says, on comments that it was not trained on', async () => {
    const found = await classifier.probability(
      comments.map(({ text }) => text),
      signal,
    );
    const auc = areaUnderCurve(
      found,
      comments.map(({ offensive }) => offensive),
    );
    expect(auc).toBeGreaterThan(0.86);
    expect(auc).toBeCloseTo(description.evaluation.heldOut.auc, 3);
  });

  test('leaves news alone', async () => {
    const found = await classifier.probability(
      news.map(({ text }) => text),
      signal,
    );
    expect(found.filter((probability) => probability >= 0.5).length / news.length).toBeLessThan(0.01);
  });

  test.skipIf(!fs.existsSync(rewrites))("scores people's neutral rewrites of toxic sentences lower", async () => {
    const pairs = readLines<{ toxic_sentence: string; neutral_sentence: string }>(rewrites);
    const before = await classifier.probability(
      pairs.map((pair) => pair.toxic_sentence),
      signal,
    );
    const after = await classifier.probability(
      pairs.map((pair) => pair.neutral_sentence),
      signal,
    );
    expect(mean(before)).toBeCloseTo(0.36, 2);
    expect(mean(after)).toBeCloseTo(0.13, 2);
    expect(before.filter((score, row) => score > after[row]!).length / pairs.length).toBeGreaterThan(0.8);
  });

  test('gives a text the same probability alone and in any batch', async () => {
    const texts = comments.slice(0, 300).map(({ text }) => text);
    const together = await classifier.probability(texts, signal);
    const alone: number[] = [];
    for (const text of texts) alone.push(...(await classifier.probability([text], signal)));
    expect(alone).toEqual(together);
    expect(await classifier.probability(texts.slice(1, 7), signal)).toEqual(together.slice(1, 7));
  });

  test('gives a text without words the share of offensive comments in training', async () => {
    const prior = description.emptyProbability;
    expect(await classifier.probability(['', ' \n', '@User.IDX http://t.co/x 123 !!'], signal)).toEqual([prior, prior, prior]);
    expect(await classifier.probability([], signal)).toEqual([]);
  });

  test('stops between batches when it is told to', async () => {
    const controller = new AbortController();
    const texts = Array.from({ length: 200 }, () => comments.map(({ text }) => text)).flat();
    const running = classifier.probability(texts, controller.signal);
    setImmediate(() => controller.abort(new Error('stopped here')));
    await expect(running).rejects.toThrow('stopped here');
  });
});

describe('what tidying takes out leaves no trace in the features', () => {
  const plain = toxicityFeatures('هذا كلام جميل جدا');
  test.each([
    ['mentions', '@User.IDX هذا كلام @user جميل جدا @some_one99'],
    ['links', 'هذا كلام https://t.co/Ab3 جميل جدا <url> @url www.site.net/a?b=c'],
    ['quotation marks and punctuation', '"هذا" «كلام»، جميل جدا!!! ""'],
    ['spacing', '  هذا\u00a0 كلام\n\nجميل\t جدا '],
    ['elongation', 'هذاااا كلاااام جميييل جدا'],
    ['tatweel and diacritics', 'هــذا كَلَامٌ جمـــيل جِدًّا'],
    ['spelling of alef', 'هذأ كلإم جميل جدآ'],
    ['presentation forms', 'ﻫﺬﺍ ﻛﻼﻡ جميل جدا'],
    ['repeated words', 'هذا هذا كلام جميل جميل جدا'],
  ])('%s', (_, text) => expect(toxicityFeatures(text)).toEqual(plain));

  test('but a word more does', () => {
    expect(toxicityFeatures('هذا كلام جميل جدا يا كلب')).not.toEqual(plain);
    expect(toxicityWords('😂😂 بنت')).toEqual(['😂', 'بنت']);
  });
});

describe('a classifier folder that cannot be used is named in one sentence', () => {
  let folder: string;
  const open = (): Promise<unknown> => openClassifier(folder, () => undefined);
  const change = (edit: (description: Record<string, unknown>) => void): void => {
    const changed = structuredClone(description) as unknown as Record<string, unknown>;
    edit(changed);
    fs.writeFileSync(path.join(folder, 'classifier.json'), JSON.stringify(changed));
  };
  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nasaq-classifier-'));
  });
  afterAll(() => fs.rmSync(folder, { recursive: true }));
  const broken: [string, () => void, string][] = [
    ['empty', () => undefined, 'has no `classifier.json`'],
    ['not JSON', () => fs.writeFileSync(path.join(folder, 'classifier.json'), '{"format": 1,'), '`classifier.json` in classifier folder'],
    ['newer format', () => change((json) => (json.format = 2)), '`format`: must be 1'],
    ['other features', () => change((json) => (json.features = { buckets: 16, shortest: 2, longest: 5 })), '`features.buckets`'],
    ['no graph', () => change(() => undefined), 'has no `onnx/model.onnx`'],
    [
      'graph cut short',
      () => {
        fs.mkdirSync(path.join(folder, 'onnx'));
        fs.writeFileSync(path.join(folder, 'onnx/model.onnx'), fs.readFileSync(path.join(model, 'onnx/model.onnx')).subarray(0, 100_000));
      },
      '`model.onnx` in model folder',
    ],
    [
      'graph of another model',
      () =>
        fs.writeFileSync(
          path.join(folder, 'onnx/model.onnx'),
          // One input renamed, of equal length: the graph opens, but cannot be fed.
          Buffer.from(fs.readFileSync(path.join(model, 'onnx/model.onnx')).toString('latin1').replaceAll('values', 'valves'), 'latin1'),
        ),
      'is not a classifier that Nasaq can use',
    ],
  ];
  test.each(broken)('%s', async (_, spoil, sentence) => {
    spoil();
    const error = await open().catch((error: unknown) => error);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toContain(sentence);
    expect((error as Error).message).toContain(folder);
    expect((error as Error).message).not.toContain('\n');
  });
});

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Probability that a positive scores above a negative; ties count half. */
function areaUnderCurve(scores: readonly number[], positive: readonly boolean[]): number {
  const positives = scores.filter((_, row) => positive[row]);
  const negatives = scores.filter((_, row) => !positive[row]);
  let wins = 0;
  for (const above of positives) for (const below of negatives) wins += above > below ? 1 : above === below ? 0.5 : 0;
  return wins / (positives.length * negatives.length);
}

function readJson(file: string): { emptyProbability: number; evaluation: { heldOut: { auc: number } } } {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}

function readLines<T>(file: string): T[] {
  return fs
    .readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}
