// Classifies the comments and news that ship, ten times, and prints the cost as JSON.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { openClassifier } from '../../main/engine/inference/classifier.ts';

const resources = path.resolve(import.meta.dirname, '..', '..', 'resources');
const shipped = ['comments', 'news'].flatMap((name) =>
  readFileSync(path.join(resources, 'samples', `${name}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { text: string }).text),
);
const texts = Array.from({ length: 10 }, () => shipped).flat();
const { signal } = new AbortController();
const classifier = await openClassifier(path.join(resources, 'models', 'arabic-toxicity'), () => undefined);
await classifier.probability(shipped, signal);
const before = process.cpuUsage();
const start = performance.now();
await classifier.probability(texts, signal);
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(before);
await classifier.close();
console.log(JSON.stringify({ texts: texts.length, cpuSeconds: (user + system) / 1e6, seconds }));
