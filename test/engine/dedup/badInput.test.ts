import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../nodes/kit/index.ts';
import { deduplicate } from '../../../main/engine/dedup/deduplicate.ts';
import type { DedupOptions, DedupStage } from '../../../main/engine/dedup/DedupOptions.ts';
import { DedupFolder, failureOf, removals, words } from './DedupFolder.ts';
import { digestOf } from './digestOf.ts';
import { mixedDocuments } from './mixedDocuments.ts';

const text = words(0, 50);
const good = `{"text":"${text}"}`;

/** Of a UserError: one sentence, perhaps with what to do behind a colon. */
async function sentenceOf(running: Promise<unknown>): Promise<string> {
  const error = await failureOf(running);
  expect([error.name, error.message.split('\n').length, error.message.endsWith('.')]).toEqual(['UserError', 1, true]);
  expect(error).toBeInstanceOf(UserError);
  return error.message;
}

const WRONG: readonly (readonly [string, string | Uint8Array, string])[] = [
  ['broken JSON', '{"text":"نص"', 'this is not JSON'],
  ['a comma too many', '{"text":"نص",}', 'this is not JSON'],
  ['two objects', '{"text":"نص"}{"text":"نص"}', 'this is not JSON'],
  ['a text that ends in the middle', '{"text":"نص', 'this is not JSON'],
  ['a NUL byte in a text', '{"text":"نص\u0000"}', 'this is not JSON'],
  ['a NUL byte for a line', '\u0000', 'this is not a JSON object'],
  ['a list', '["نص"]', 'this is not a JSON object'],
  ['plain text', 'نص', 'this is not a JSON object'],
  ['no text', '{"content":"نص"}', 'there is no member "text"'],
  ['a number for a text', '{"text":7}', '"text" is not text'],
  ['null for a text', '{"text":null}', '"text" is not text'],
  ['half of a surrogate pair', '{"text":"\\ud83d"}', 'half of a surrogate pair'],
  ['bytes that are not UTF-8', Buffer.from('{"text":"\xc3\xc3"}', 'latin1'), 'the bytes are not UTF-8'],
  ['too deep a nesting', `{"text":"نص","deep":${'['.repeat(2 ** 20 + 1)}}`, 'nested more than a million levels deep'],
];

describe('a line that cannot be taken', () => {
  test.each(WRONG)('is named by file and line: %s', async (_, line, problem) => {
    const folder = new DedupFolder();
    const first = folder.writeBytes('first.jsonl', `${good}\n`.repeat(3));
    const second = folder.writeBytes(
      'second.jsonl',
      Buffer.concat([Buffer.from(`${good}\r\n\n \t\r\n${good}\n`), Buffer.from(line), Buffer.from(`\n${good}\n`)]),
    );
    const sentence = await sentenceOf(folder.deduplicate([first, second]));
    expect(sentence.startsWith(`${second}, line 5: `)).toBe(true);
    expect(sentence).toContain(problem);
  });

  test('is named where it is the last one and has no newline', async () => {
    const folder = new DedupFolder();
    const file = folder.writeBytes('a.jsonl', `${good}\n{"text":`);
    expect(await sentenceOf(folder.deduplicate([file]))).toMatch(`${file}, line 2: this is not JSON`);
  });

  test.each([1, 2, 4])('is the first of several, wherever blocks begin, on %i threads', async (threads) => {
    const folder = new DedupFolder();
    const lines = mixedDocuments(61, 2_000).map((document, at) => `${at % 5 ? '' : '\n'}${JSON.stringify(document)}`);
    for (const [at, line] of WRONG.slice(0, 8).entries()) lines[900 + 100 * at] = String(line[1]);
    const file = folder.writeBytes('a.jsonl', `${lines.join('\n')}\n`);
    const expected = lines.slice(0, 900).join('\n').split('\n').length + 1;
    for (const blockBytes of [1_000, 2 ** 20]) {
      expect(await sentenceOf(folder.deduplicate([file], { threads }, { blockBytes }))).toMatch(
        `${file}, line ${expected}: this is not JSON`,
      );
    }
  });

  test('stands in the last block, with none before it read', async () => {
    const folder = new DedupFolder();
    const file = folder.writeBytes('a.jsonl', `${`${good}\n`.repeat(2_000)}نص\n`);
    const other = folder.writeBytes('b.jsonl', `${good}\n{}\n`);
    expect(await sentenceOf(folder.deduplicate([file, other], { threads: 4 }, { blockBytes: 50_000 }))).toMatch(`${file}, line 2001: `);
  });

  test('can be repaired: what was read of other lines is not lost', async () => {
    const folder = new DedupFolder();
    const [a, b] = [folder.writeBytes('a.jsonl', `${good}\n`), folder.writeBytes('b.jsonl', `${good}\nنص\n`)];
    const options = folder.options([a, b]);
    await sentenceOf(deduplicate(options));
    fs.writeFileSync(b, `${good}\n`);
    expect(removals(await deduplicate(options))).toEqual([[1, 0, 'exact']]);
  });
});

describe('what documents are ordered by', () => {
  const by = { keep: 'greatest', orderField: 'date' } as const;
  test.each(['"gestern"', '"12/01/2017"', '"2017-13-01"', '""', 'true', '{}', '[1]', '"2017-01-01T25:00:00Z"'])(
    'must be a number or a date: %s',
    async (value) => {
      const folder = new DedupFolder();
      const file = folder.writeBytes('a.jsonl', `\n \n{"date":1,"text":"نص"}\n{"text":"نص"}\n\n{"date":${value},"text":"نص"}\n`);
      expect(await sentenceOf(folder.deduplicate([file], by))).toMatch(`${file}, line 6: "date" is neither a number nor a date`);
    },
  );

  test('is refused in the first line where it is wrong, even if a later one is no JSON', async () => {
    const folder = new DedupFolder();
    const rows = [...Array.from({ length: 500 }, () => good), '', '{"date":"x","text":"نص"}', good, 'no JSON', '{"date":"y","text":"نص"}'];
    const file = folder.writeBytes('a.jsonl', rows.join('\n'));
    for (const blockBytes of [1_000, 2 ** 20]) {
      expect(await sentenceOf(folder.deduplicate([file], { ...by, threads: 2 }, { blockBytes }))).toMatch(`${file}, line 502: "date"`);
    }
  });
});

describe('files', () => {
  test('may be empty, have blank lines only, or no newline at the end, and end their lines as on Windows', async () => {
    const folder = new DedupFolder();
    const files = [
      folder.writeBytes('1.jsonl', ''),
      folder.writeBytes('2.jsonl', '\n\r\n  \n'),
      folder.writeBytes('3.jsonl', `${good}\r\n${good}`),
      folder.writeBytes('4.jsonl', '\ufeff'),
      folder.writeBytes('5.jsonl', `${good}\r\n\r\n`),
    ];
    const result = await folder.deduplicate([{ name: 'all', files }], {}, { blockBytes: 7 });
    expect(result.documents).toBe(3);
    expect(removals(result)).toEqual([
      [1, 0, 'exact'],
      [2, 0, 'exact'],
    ]);
    for (const file of files.slice(0, 2)) expect(await folder.deduplicate([file])).toMatchObject({ documents: 0, textBytes: 0 });
    expect(await folder.deduplicate([{ name: 'none', files: [] }])).toMatchObject({ documents: 0 });
  });

  test('that are not there, or are folders, are named', async () => {
    const folder = new DedupFolder();
    expect(await sentenceOf(folder.deduplicate([folder.file('missing.jsonl')]))).toContain(folder.file('missing.jsonl'));
    expect(await sentenceOf(folder.deduplicate([folder.path]))).toContain(folder.path);
  });

  test('may hold NUL characters as escapes, which are part of the text', async () => {
    const folder = new DedupFolder();
    const result = await folder.deduplicateTexts([`${text}\u0000`, text, `${text}\u0000`, `\u0000${text} و`]);
    expect(removals(result)).toEqual([
      [1, 0, 'near'],
      [2, 0, 'exact'],
      [3, 0, 'near'],
    ]);
  });

  const STAGES: readonly DedupStage[] = ['identical', 'candidates', 'comparing'];
  const documents = mixedDocuments(67, 1_000);
  const changes: readonly (readonly [string, (file: string) => void])[] = [
    ['cut short', (file) => fs.truncateSync(file, 1_000)],
    ['written anew', (file) => fs.writeFileSync(file, fs.readFileSync(file).reverse())],
    ['removed', (file) => fs.rmSync(file)],
  ];
  test.each(STAGES.flatMap((stage) => changes.map(([how, change]) => [how, stage, change] as const)))(
    'that are %s while the search is at %s are named',
    async (_, stage, change) => {
      const folder = new DedupFolder();
      const file = folder.write('a.jsonl', documents);
      const options = folder.options([file]);
      let isChanged = false;
      const onProgress: DedupOptions['onProgress'] = (progress) => {
        if (progress.stage !== stage || isChanged) return;
        isChanged = true;
        change(file);
      };
      const sentence = await sentenceOf(deduplicate({ ...options, onProgress }));
      expect(sentence).toContain(file);
      expect(sentence).toContain('changed');
      // Whole again, it is searched anew.
      folder.write('a.jsonl', documents);
      expect(digestOf(await deduplicate(options))).toBe(digestOf(await folder.deduplicate([file])));
    },
  );
});

describe('a memory budget that is too small', () => {
  test('is refused in one sentence that says how much is needed, which then is enough', async () => {
    const folder = new DedupFolder();
    const file = folder.writeBytes('a.jsonl', '{"text":"نص"}\n'.repeat(300_000));
    const needed = async (options: Partial<DedupOptions>): Promise<number> => {
      const sentence = await sentenceOf(folder.deduplicate([file], options));
      const [, budget, least] = /^The memory budget of (\d+) MB is too small: at least (\d+) MB are needed/.exec(sentence)!;
      expect(Number(budget)).toBe(options.memoryBudget! / 1e6);
      expect(Number(least)).toBeGreaterThan(Number(budget));
      return Number(least);
    };
    const one = await needed({ memoryBudget: 1e6 });
    // Threads that do not fit are left out.
    expect(await needed({ memoryBudget: 1e6, threads: 4 })).toBe(one);
    // What is needed is known better once the rows are counted.
    let budget = one;
    for (let least = budget + 1; least > budget;) {
      budget = least;
      least = await needed({ memoryBudget: 1e6 * budget }).catch(() => budget);
    }
    expect(budget).toBeLessThan(one + 50);
    expect((await folder.deduplicate([file], { memoryBudget: 1e6 * budget })).removed.exact).toBe(299_999);
  });
});
