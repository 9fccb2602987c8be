import fs from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { type Classifier, UserError } from '../../../nodes/kit/index.ts';
import { notANumber } from './notANumber.ts';
import { TOXICITY_FEATURES, toxicityFeatures, type ToxicityFeatures } from '../text/toxicityFeatures.ts';

/** A batch ends at whichever comes first: about 30 ms of hashing between two looks at the signal. */
const TEXTS_PER_BATCH = 256;
const FEATURES_PER_BATCH = 1 << 17;

const descriptionSchema = z.looseObject({
  format: z.literal(1, { error: 'must be 1, the only format that this Nasaq reads' }),
  positiveClass: z.string(),
  features: z.strictObject({
    buckets: z.literal(TOXICITY_FEATURES.buckets),
    shortest: z.literal(TOXICITY_FEATURES.shortest),
    longest: z.literal(TOXICITY_FEATURES.longest),
  }),
  emptyProbability: z.number().min(0).max(1),
});

/**
 * Opens a text classifier's folder: `classifier.json` and `onnx/model.onnx`, as resources/recipes/train_toxicity.py writes
 * them. A text without a single word (empty, or only mentions, links and digits) gets the folder's `emptyProbability`, the
 * share of positive texts in training. A text's probability does not depend on the texts beside it.
 */
export async function openClassifier(folder: string, log: (line: string) => void): Promise<Classifier & { close(): Promise<void> }> {
  const description = await readDescription(folder);
  const file = path.join(folder, 'onnx', 'model.onnx');
  const found = await fs.stat(file).catch(() => undefined);
  if (!found?.isFile()) throw new UserError(`Classifier folder ${folder} has no \`onnx/model.onnx\`; restore it or choose another folder.`);
  // ONNX Runtime is native and large: loaded only when a classifier is really opened.
  const [ort, { openOnnxSession }] = await Promise.all([import('onnxruntime-node'), import('./openOnnxSession.ts')]);
  const session = await openOnnxSession(file);

  async function classify(batch: readonly ToxicityFeatures[]): Promise<Float32Array> {
    const total = batch.reduce((sum, { ids }) => sum + ids.length, 0);
    const ids = new BigInt64Array(total);
    const values = new Float32Array(total);
    const texts = new BigInt64Array(total);
    let at = 0;
    batch.forEach((features, text) => {
      for (const id of features.ids) {
        ids[at] = BigInt(id);
        values[at] = features.value;
        texts[at++] = BigInt(text);
      }
    });
    const outputs = await session.run({
      ids: new ort.Tensor('int64', ids, [total]),
      values: new ort.Tensor('float32', values, [total]),
      texts: new ort.Tensor('int64', texts, [total]),
      count: new ort.Tensor('int64', BigInt64Array.of(BigInt(batch.length)), [1]),
    });
    return outputs.probability!.data as Float32Array;
  }

  // The last bucket, so that a graph with other inputs or fewer weights is found out now and not in the middle of a run.
  const probe = { ids: Int32Array.of(TOXICITY_FEATURES.buckets - 1), value: 1 };
  try {
    const [probability] = await classify([probe]);
    if (!(probability! >= 0 && probability! <= 1)) throw new RangeError(`it gives ${probability} as a probability`);
  } catch (error) {
    await session.release();
    throw new UserError(
      `\`onnx/model.onnx\` in classifier folder ${folder} is not a classifier that Nasaq can use (${(error as Error).message.split('\n')[0]!.slice(0, 160)}); choose another folder.`,
    );
  }
  log(`${path.basename(folder)} gives the probability that a text is ${description.positiveClass}.`);

  return {
    async probability(texts, signal) {
      const probabilities: number[] = new Array(texts.length);
      for (let start = 0; start < texts.length;) {
        signal.throwIfAborted();
        const batch: ToxicityFeatures[] = [];
        for (let size = 0; start + batch.length < texts.length && batch.length < TEXTS_PER_BATCH && size < FEATURES_PER_BATCH;) {
          const features = toxicityFeatures(texts[start + batch.length]!);
          batch.push(features);
          size += features.ids.length;
        }
        const found = await classify(batch);
        if (found.some(Number.isNaN)) throw notANumber(file);
        batch.forEach(({ ids }, place) => {
          probabilities[start + place] = ids.length > 0 ? found[place]! : description.emptyProbability;
        });
        start += batch.length;
        await nextTurn();
      }
      signal.throwIfAborted();
      return probabilities;
    },
    close: () => session.release(),
  };
}

async function readDescription(folder: string): Promise<z.infer<typeof descriptionSchema>> {
  const text = await fs.readFile(path.join(folder, 'classifier.json'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      error.code === 'ENOENT' || error.code === 'ENOTDIR'
        ? `Classifier folder ${folder} has no \`classifier.json\`; choose the folder of a text classifier.`
        : `\`classifier.json\` in classifier folder ${folder} cannot be read (${error.code}); check its permissions.`,
    );
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UserError(`\`classifier.json\` in classifier folder ${folder} is not JSON; restore it or choose another folder.`);
  }
  const parsed = descriptionSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new UserError(
    `\`classifier.json\` in classifier folder ${folder} is not usable: ${issue.path.length ? `\`${issue.path.join('.')}\`: ` : ''}${issue.message}; choose another folder.`,
  );
}
