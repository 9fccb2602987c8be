import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { DedupOptions } from '../../../main/engine/dedup/DedupOptions.ts';
import { antFile } from './antCorpus.ts';
import { deduplicate } from '../../../main/engine/dedup/deduplicate.ts';
import { deduplicateInChild } from './deduplicateInChild.ts';
import { DedupFolder, words } from './DedupFolder.ts';
import { digestOf } from './digestOf.ts';
import { mixedDocuments } from './mixedDocuments.ts';

// With 8,000 documents and as many bands as this threshold takes, keys fall into several partitions.
const loose = { threshold: 0.5, shingles: { of: 'words', size: 2 } } as const;

describe('the result does not depend on', () => {
  test.each<Partial<DedupOptions>>([
    { keep: 'first' },
    { keep: 'longest', pieces: { of: 'lines', documents: 2, words: 2 } },
    { keep: 'greatest', orderField: 'date' },
    { keep: 'greatest', orderField: 'score', allPairs: true },
    { near: false, pieces: { of: 'paragraphs', documents: 3, words: 3 } },
  ])('threads, the size of blocks and the budget: %j', async (choice) => {
    const folder = new DedupFolder();
    const documents = mixedDocuments(41, 8_000);
    const against = [{ name: 'against', files: [folder.write('against.jsonl', documents.slice(0, 500))] }];
    const corpora = [folder.write('a.jsonl', documents.slice(500, 1_000)), folder.write('b.jsonl', documents.slice(1_000))];
    const has = { pairs: choice.allPairs ?? false };
    const digest = async (more: Partial<DedupOptions>, blockBytes?: number): Promise<string> =>
      digestOf(await folder.deduplicate(corpora, { ...loose, ...choice, against, ...more }, { blockBytes }), has);
    const whole = await folder.deduplicate(corpora, { ...loose, ...choice, against }, { blockBytes: 2 ** 30 });
    expect(whole.removed.exact).toBeGreaterThan(100);
    expect(whole.removed.normalised).toBeGreaterThan(100);
    expect(whole.removed.near).toBeGreaterThan(choice.near === false ? -1 : 100);
    const expected = digestOf(whole, has);
    expect(await digest({ threads: 2 })).toBe(expected);
    expect(await digest({ threads: 4, memoryBudget: 2e9 })).toBe(expected);
    expect(await digest({ threads: 1, memoryBudget: 170e6 }, 100_000)).toBe(expected);
    expect(await digest({ threads: 3, memoryBudget: 260e6 }, 33_333)).toBe(expected);
  });

  test('where lines fall among blocks, even of fewer bytes than a line', async () => {
    const folder = new DedupFolder();
    const documents = mixedDocuments(43, 500);
    const file = folder.writeBytes(
      'a.jsonl',
      documents.map((document, at) => `${at % 7 ? '' : '\r\n \n'}${JSON.stringify(document)}${at % 3 ? '\n' : '\r\n'}`).join(''),
    );
    const options = { keep: 'greatest', orderField: 'date' } as const;
    const expected = digestOf(await folder.deduplicate([file], options, { blockBytes: 2 ** 30 }));
    for (const blockBytes of [100, 1_000, 1_001, 4_096, fs.statSync(file).size - 1]) {
      expect(digestOf(await folder.deduplicate([file], { ...options, threads: 2 }, { blockBytes }))).toBe(expected);
    }
  });

  test('the order in which the files of a corpus are listed, nor on how its rows are spread over files', async () => {
    const folder = new DedupFolder();
    const documents = mixedDocuments(47, 3_000);
    const expected = digestOf(await folder.deduplicateTexts(documents, loose));
    const bounds = [0, 1, 200, 200, 1_500, 1_501, 2_400, 2_401, 2_402, 2_500, 2_990, 3_000];
    const files = bounds.slice(1).map((end, at) => folder.write(`rows-${at}.jsonl`, documents.slice(bounds[at], end)));
    for (const listed of [files, files.toReversed(), files.toSorted()]) {
      expect(digestOf(await folder.deduplicate([{ name: 'rows', files: listed }], { ...loose, threads: 2 }))).toBe(expected);
    }
  });

  test('the time zone of the machine', async () => {
    const folder = new DedupFolder();
    const text = words(0, 50);
    const dates = ['2017-02-01T00:30:00', '2017-02-01', '2017-02-01T00:20:00Z', '2017-02-01 00:29', '2017-02-01T03:31:00+03:00'];
    const file = folder.write(
      'a.jsonl',
      dates.map((date, at) => ({ date, text: `${text} نهاية${at}` })),
    );
    const options = folder.options([file], { keep: 'greatest', orderField: 'date' });
    const result = await deduplicate(options);
    expect(dates.flatMap((date, position) => (result.isKept(position) ? [date] : []))).toEqual(['2017-02-01T03:31:00+03:00']);
    for (const TZ of ['Asia/Tokyo', 'America/Los_Angeles']) {
      const { digest } = await deduplicateInChild({ ...options, workFolder: folder.file(TZ.slice(-5)) }, { environment: { TZ } });
      expect(digest).toBe(digestOf(result));
    }
  });

  test.skipIf(process.platform !== 'linux')('how many files may be open (needs prlimit of Linux)', async () => {
    const folder = new DedupFolder();
    const file = folder.write('a.jsonl', mixedDocuments(71, 2_000));
    const expected = digestOf(await folder.deduplicate([file], { threads: 2 }));
    const sizes = { blockBytes: 2_000 };
    expect(fs.statSync(file).size / sizes.blockBytes).toBeGreaterThan(250);
    const { digest, error } = await deduplicateInChild(folder.options([file], { threads: 2 }), {
      sizes,
      under: ['prlimit', '--nofile=80'],
    });
    expect([digest, error]).toEqual([expected, undefined]);
  });

  test.skipIf(!fs.existsSync(antFile))('any of these, on real news (needs NASAQ_TEST_DATA)', async () => {
    const folder = new DedupFolder();
    const ways: [Partial<DedupOptions>, number | undefined][] = [
      [{ threads: 1 }, 2 ** 30],
      [{ threads: 2 }, undefined],
      [{ threads: 4 }, 100_000],
      [{ threads: 1, memoryBudget: 170e6 }, 1_000_000],
    ];
    const digests = new Set<string>();
    for (const [more, blockBytes] of ways)
      digests.add(digestOf(await folder.deduplicate([antFile], { ...loose, keep: 'longest', ...more }, { blockBytes })));
    expect(digests.size).toBe(1);
  });
});
