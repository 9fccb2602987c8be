import { readFileSync } from 'node:fs';
import path from 'node:path';
import { SEGMENT_LENGTHS, segmentText } from '../../main/engine/text/segment.ts';
import { UserError } from '../../nodes/kit/index.ts';

/** Longest texts of each kind, in characters; what `rewrite` gives its worker has 180 at most. */
const LENGTHS = [60, SEGMENT_LENGTHS.max, 400];

/** Distinct texts out of the news that ships, cut as `rewrite` cuts its documents: short, middling and long ones by turns. */
export function mixedTexts(count: number, resources: string): string[] {
  const news = readFileSync(path.join(resources, 'samples', 'news.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { text: string }).text);
  const kinds = LENGTHS.map((max) => [...new Set(news.flatMap((text) => segmentText(text, { min: max / 3, max }).contents))]);
  const texts = new Set<string>();
  for (let turn = 0; texts.size < count; turn++) {
    const kind = kinds[turn % kinds.length]!;
    const text = kind[Math.floor(turn / kinds.length)];
    if (text === undefined) throw new UserError(`--documents takes at most ${texts.size}: there is no more news to cut.`);
    texts.add(text);
  }
  return [...texts];
}
