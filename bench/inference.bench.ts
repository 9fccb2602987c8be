// Inference against its peers: npm run bench -- inference [--json] [--only generation,scoring,classification,rows] [--peers torch,transformers.js,genai] [--documents N] [--rows N]
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { sourcePaths } from '../main/engine/EnginePaths.ts';
import { openChatTokenizer } from '../main/engine/inference/openChatTokenizer.ts';
import { readLanguageModelFolder } from '../main/engine/inference/readLanguageModelFolder.ts';
import { findPython } from '../main/engine/python/environment.ts';
import { UserError } from '../nodes/kit/index.ts';
import { type Figure, publish } from './figures.ts';
import { compareGeneration } from './inference/compareGeneration.ts';
import { compareScoring } from './inference/compareScoring.ts';
import type { InferenceBench } from './inference/InferenceBench.ts';
import { measureClassifier } from './inference/measureClassifier.ts';
import { measureRows } from './inference/measureRows.ts';
import { mixedTexts } from './inference/mixedTexts.ts';
import { type Part, PARTS, readOptions } from './inference/readOptions.ts';

const folder = await mkdtemp(path.join(os.tmpdir(), 'nasaq-bench-'));
const clear = (): void => rmSync(folder, { recursive: true, force: true });
process.once('SIGINT', () => {
  clear();
  process.exit(130);
});
try {
  const options = readOptions(process.argv.slice(2));
  const paths = sourcePaths();
  const model = await readLanguageModelFolder(path.join(paths.resources, 'models', 'tiny-arabic-llama'));
  const bench: InferenceBench = {
    ...options,
    model,
    tokenizer: openChatTokenizer(model),
    texts: mixedTexts(options.documents, paths.resources),
    python: (await findPython(paths)).interpreter,
    folder,
    say: (line) => console.log(line),
  };
  const measures: Record<Part, (bench: InferenceBench) => Promise<Figure[]>> = {
    generation: compareGeneration,
    scoring: compareScoring,
    classification: measureClassifier,
    rows: measureRows,
  };
  const figures: Figure[] = [];
  for (const part of PARTS.filter((name) => options.only.includes(name))) {
    bench.say(`\n== ${part}`);
    figures.push(...(await measures[part](bench)));
  }
  bench.say('');
  publish('inference', figures);
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
} finally {
  clear();
}
