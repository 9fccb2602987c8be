import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Random } from '../../../bench/dedup/Random.ts';
import { deduplicate, type DedupSizes } from '../../../main/engine/dedup/deduplicate.ts';
import type { DedupOptions, DedupProgress, DedupStage } from '../../../main/engine/dedup/DedupOptions.ts';
import { ALL_NORMALISATIONS } from '../../../main/engine/text/normaliseArabic.ts';
import { type ChildOptions, deduplicateInChild } from './deduplicateInChild.ts';
import { DedupFolder, failureOf } from './DedupFolder.ts';
import { digestOf } from './digestOf.ts';
import { type MixedDocument, mixedDocuments } from './mixedDocuments.ts';

const documents = mixedDocuments(53, 8_000);
/** With so many documents these take several partitions of keys. */
const loose = { threshold: 0.5, shingles: { of: 'words', size: 2 }, pieces: { of: 'lines', documents: 2, words: 2 } } as const;
const sizes: DedupSizes = { blockBytes: 200_000 };
const STAGES: readonly DedupStage[] = ['reading', 'identical', 'candidates', 'comparing', 'pieces'];

const undisturbedDigests = new Map<string, Promise<string>>();
/** The digest of `documents` with these options, found at one go. */
function undisturbed(more: Partial<DedupOptions>): Promise<string> {
  const key = JSON.stringify(more);
  const run = async (): Promise<string> =>
    digestOf(await new DedupFolder().deduplicateTexts(documents, { ...more, threads: 2 }, sizes), { pairs: more.allPairs ?? false });
  if (!undisturbedDigests.has(key)) undisturbedDigests.set(key, run());
  return undisturbedDigests.get(key)!;
}

/** Runs until `moment`, then aborts. */
async function interrupt(options: DedupOptions, moment: (progress: DedupProgress) => boolean, by = sizes): Promise<void> {
  const controller = new AbortController();
  const reason = new Error('enough');
  const onProgress = (progress: DedupProgress): void => {
    if (moment(progress)) controller.abort(reason);
  };
  expect(await failureOf(deduplicate({ ...options, signal: controller.signal, onProgress }, by))).toBe(reason);
}
const during =
  (stage: DedupStage, share: number) =>
  (progress: DedupProgress): boolean =>
    progress.stage === stage && progress.done >= share * progress.total;

/** Finished parts, each with what changes when it is made again. */
function finishedParts(workFolder: string): Map<string, string> {
  const parts = new Map<string, string>();
  for (const stage of ['blocks', 'candidates', 'compared', 'pieces', 'repeated']) {
    const folder = path.join(workFolder, stage);
    for (const name of fs.existsSync(folder) ? fs.readdirSync(folder) : []) {
      const { ino, mtimeMs, size } = fs.statSync(path.join(folder, name));
      if (!name.endsWith('.part')) parts.set(`${stage}/${name}`, `${ino} ${mtimeMs} ${size}`);
    }
  }
  return parts;
}

describe('interrupted', () => {
  test.each(STAGES.map((stage, at) => [stage, at % 2 ? 1 : 0.4] as const))(
    'while %s, after %f of it, it goes on from what is finished to the same result',
    async (stage, share) => {
      const folder = new DedupFolder();
      const file = folder.write('a.jsonl', documents);
      const options = folder.options([file], { ...loose, keep: 'longest', threads: 2 });
      const expected = await undisturbed({ ...loose, keep: 'longest' });
      await interrupt(options, during(stage, share));
      const before = finishedParts(options.workFolder);
      expect(before.size).toBeGreaterThan(stage === 'reading' && share < 1 ? 3 : 10);
      expect(digestOf(await deduplicate(options, sizes))).toBe(expected);
      const after = finishedParts(options.workFolder);
      for (const [name, part] of before) expect([name, after.get(name)]).toEqual([name, part]);
      expect(digestOf(await deduplicate(options, sizes))).toBe(expected);
      expect(finishedParts(options.workFolder)).toEqual(after);
    },
  );

  test('again and again, it comes to the same result', async () => {
    const folder = new DedupFolder();
    const options = folder.options([folder.write('a.jsonl', documents)], { ...loose, threads: 2, keep: 'greatest', orderField: 'score' });
    const expected = await undisturbed({ ...loose, keep: 'greatest', orderField: 'score' });
    let parts = -1;
    for (const [stage, share] of [
      ['reading', 0.1],
      ['reading', 0.7],
      ['identical', 0],
      ['candidates', 0.5],
      ['comparing', 0.2],
      ['comparing', 0.6],
      ['pieces', 0.3],
    ] as const) {
      await interrupt(options, during(stage, share));
      const { size } = finishedParts(options.workFolder);
      expect(size).toBeGreaterThanOrEqual(parts);
      parts = size;
    }
    expect(digestOf(await deduplicate(options, sizes))).toBe(expected);
  });

  // 200,000 and 199,000 bytes make as many blocks of this file, but with other borders.
  test.each<[string, Partial<DedupOptions>, DedupSizes]>([
    ['other threads', { threads: 4 }, sizes],
    ['less memory', { memoryBudget: 190e6 }, sizes],
    ['more memory', { memoryBudget: 4e9 }, sizes],
    ['other blocks', {}, { blockBytes: 199_000 }],
    ['fewer blocks', {}, { blockBytes: 1e6 }],
  ])('and continued with %s, it comes to the same result', async (_, more, other) => {
    const folder = new DedupFolder();
    const file = folder.write('a.jsonl', documents);
    const bytes = fs.statSync(file).size;
    if (other.blockBytes === 199_000) expect(Math.ceil(bytes / 200_000)).toBe(Math.ceil(bytes / 199_000));
    const expected = await undisturbed({ ...loose, allPairs: true });
    for (const stage of ['reading', 'comparing'] as const) {
      const options = folder.options([file], { ...loose, allPairs: true, threads: 2 });
      await interrupt(options, during(stage, 0.5));
      expect(digestOf(await deduplicate({ ...options, ...more }, other), { pairs: true })).toBe(expected);
    }
  });

  test('before it began, it says so at once', async () => {
    const folder = new DedupFolder();
    const reason = new Error('enough');
    const options = folder.options([folder.write('a.jsonl', documents.slice(0, 10))], { signal: AbortSignal.abort(reason) });
    expect(await failureOf(deduplicate(options))).toBe(reason);
  });
});

describe('what was finished is thrown away', () => {
  const some = documents.slice(0, 400);
  const rewrite = (file: string, changed: readonly MixedDocument[]): void => {
    fs.writeFileSync(file, changed.map((document) => `${JSON.stringify(document)}\n`).join(''));
  };

  test('when a file changed, even if it is as long as before', async () => {
    const folder = new DedupFolder();
    const file = folder.write('a.jsonl', some);
    const options = folder.options([file], loose);
    const old = digestOf(await deduplicate(options, { blockBytes: 10_000 }));
    rewrite(file, some.toReversed());
    const reversed = digestOf(await folder.deduplicate([file], loose));
    expect(reversed).not.toBe(old);
    expect(digestOf(await deduplicate(options, { blockBytes: 10_000 }))).toBe(reversed);
    rewrite(file, [...some, some[0]!]);
    const longer = await deduplicate(options, { blockBytes: 10_000 });
    expect(longer.documents).toBe(401);
    expect(digestOf(longer)).toBe(digestOf(await folder.deduplicate([file], loose)));
  });

  test.each<[string, Partial<DedupOptions>]>([
    ['the threshold', { threshold: 0.8 }],
    ['the n-grams', { shingles: { of: 'words', size: 3 } }],
    ['their kind', { shingles: { of: 'characters', size: 2 } }],
    ['the seed', { seed: 2 }],
    ['the pieces', { pieces: { of: 'lines', documents: 3, words: 1 } }],
    ['their absence', { pieces: undefined }],
    ['the normalisation', { normalisation: { ...ALL_NORMALISATIONS, hamza: false } }],
    ['what is kept', { keep: 'longest' }],
    ['the order', { keep: 'greatest', orderField: 'score' }],
    ['the text field', { textField: 'date' }],
    ['near', { near: false }],
    ['the pairs that are told', { allPairs: true }],
  ])('when %s changed', async (what, more) => {
    const folder = new DedupFolder();
    // Texts in place of dates, so that they can be told apart.
    const rows = some.map((row) => (what === 'the text field' ? { text: row.text, date: `${row.text} و` } : row));
    const file = folder.write('a.jsonl', rows);
    const options = folder.options([file], loose);
    const before = digestOf(await deduplicate(options));
    const has = { pairs: more.allPairs ?? false };
    const expected = digestOf(await folder.deduplicate([file], { ...loose, ...more }), has);
    expect(digestOf(await deduplicate({ ...options, ...more }), has)).toBe(expected);
    expect(digestOf(await deduplicate(options))).toBe(before);
  });

  test('when other files or corpora are compared', async () => {
    const folder = new DedupFolder();
    const [a, b] = [folder.write('a.jsonl', some), folder.write('b.jsonl', documents.slice(300, 700))];
    const { workFolder } = folder.options([]);
    const ways: [DedupOptions['corpora'], DedupOptions['against']][] = [
      [[{ name: 'a', files: [a] }], undefined],
      [[{ name: 'a', files: [a] }], [{ name: 'b', files: [b] }]],
      [
        [
          { name: 'a', files: [a] },
          { name: 'b', files: [b] },
        ],
        undefined,
      ],
      [
        [
          { name: 'b', files: [b] },
          { name: 'a', files: [a] },
        ],
        undefined,
      ],
      [[{ name: 'both', files: [a, b] }], undefined],
    ];
    for (const [corpora, against] of ways) {
      const options = folder.options(corpora, { ...loose, keep: 'longest', against });
      expect(digestOf(await deduplicate({ ...options, workFolder }))).toBe(digestOf(await deduplicate(options)));
    }
  });
});

test('killed at any moment, it goes on to the same result', async () => {
  const folder = new DedupFolder();
  const random = new Random(59);
  const options = folder.options([folder.write('a.jsonl', documents)], { ...loose, threads: 2, keep: 'longest' });
  const undisturbed = await deduplicateInChild({ ...options, workFolder: folder.file('undisturbed') }, { sizes });
  expect(undisturbed.digest).toMatch(/^[0-9a-f]{64}$/);
  let killed = 0;
  let run = 1;
  while (killed < 6) {
    const after = 1 + random.below(undisturbed.lines.length - 1);
    const delay = random.below(30);
    const onLine: ChildOptions['onLine'] = (count, child) => {
      if (count >= after) void wait(delay).then(() => child.kill('SIGKILL'));
    };
    const { digest } = await deduplicateInChild({ ...options, workFolder: folder.file(`killed-${run}`) }, { sizes, onLine });
    if (digest === undefined) {
      killed += 1;
      continue;
    }
    expect(digest).toBe(undisturbed.digest);
    run += 1;
  }
  expect((await deduplicateInChild({ ...options, workFolder: folder.file(`killed-${run}`) }, { sizes })).digest).toBe(undisturbed.digest);
});
