import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { measure } from '../../../bench/dedup/measure.ts';
import { readPairs, writePairs } from '../../../bench/dedup/pairsFile.ts';
import { planPaperRun } from '../../../bench/dedup/planPaperRun.ts';
import { readOptions } from '../../../bench/dedup/readOptions.ts';
import { scorePairs } from '../../../bench/dedup/scorePairs.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nasaq-dedup-bench-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const pair = (a: number, b: number, similarity = 0.9) => ({ a, b, similarity });

describe('found pairs against expected ones', () => {
  it('gives precision and recall, with a pair counted once in whichever order', () => {
    const score = scorePairs([pair(1, 2), pair(2, 1), pair(3, 4), pair(5, 6)], [pair(1, 2), pair(3, 4), pair(7, 8), pair(0, 9)]);
    expect(score).toMatchObject({ found: 3, expected: 4, precision: 2 / 3, recall: 0.5 });
  });

  it('tells the largest error of a stated similarity', () => {
    const expected = [pair(1, 2, 0.85), pair(3, 4, 0.95)];
    expect(scorePairs([pair(1, 2, 0.85), pair(3, 4, 0.9)], expected).similarityError).toBeCloseTo(0.05);
    expect(scorePairs(expected, expected).similarityError).toBe(0);
  });

  it('comes back from a file as it was written, over many blocks', () => {
    const file = path.join(folder, 'pairs');
    const pairs = Array.from({ length: 10_000 }, (_, at) => pair(at, 4_000_000_000 + at, at / 10_000));
    writePairs(file, pairs);
    expect([...readPairs(file)]).toEqual(pairs);
    writePairs(file, []);
    expect([...readPairs(file)]).toEqual([]);
  });
});

describe.skipIf(process.platform !== 'linux')('the cost of a process (needs /proc)', () => {
  const burn = 'for (let used = 0; used < 300_000; used = process.cpuUsage().user + process.cpuUsage().system);';
  const node = (script: string) => measure({ program: process.execPath, args: ['-e', script] });

  it('counts what it and its children use', async () => {
    const alone = await node(burn);
    expect(alone.cpuSeconds).toBeGreaterThan(0.28);
    const both = await node(`require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(burn)}]); ${burn}`);
    expect(both.cpuSeconds).toBeGreaterThan(0.56);
  });

  it('sees the most memory that it held', async () => {
    const { peakBytes } = await node('Buffer.alloc(300e6, 1); setTimeout(() => {}, 300)');
    expect(peakBytes).toBeGreaterThan(300e6);
    expect(peakBytes).toBeLessThan(600e6);
  });

  it('fails with what a program that fails complained of', async () => {
    await expect(node('console.error("no such luck"); process.exit(3)')).rejects.toThrow(/exit code 3: no such luck/);
  });
});

describe('the plan for the paper', () => {
  const run = (documents: number, bytes: number) => ({ documents, bytes, cpuSeconds: bytes * 5e-9 + documents * 2e-6 });
  const input = { long: run(1e5, 3.6e8), short: run(1e7, 4.8e9), exponent: 1, twoThreads: 2, memoryPerDocument: 100 };

  it('finds the cost of a byte and of a document again and shares it out over the cores', () => {
    const cpuSeconds = 139e9 * 5e-9 + 59.2e6 * 2e-6;
    expect(planPaperRun(input).seconds).toBeCloseTo(cpuSeconds / 16);
  });

  it('lets documents cost more where cost grew faster than they did, and only one core work on what does not get faster', () => {
    expect(planPaperRun({ ...input, exponent: 1.1 }).seconds).toBeCloseTo((139e9 * 5e-9 + 59.2e6 * 2e-6 * 5.92 ** 0.1) / 16);
    expect(planPaperRun({ ...input, twoThreads: 1 }).seconds).toBeCloseTo(139e9 * 5e-9 + 59.2e6 * 2e-6);
  });
});

describe('the options of the benchmark', () => {
  it('choose parts and sizes', () => {
    expect(readOptions(['--json', '--only', 'scale,fuzz', '--scale', '200000'])).toEqual({
      only: ['scale', 'fuzz'],
      documents: 100_000,
      scale: 200_000,
    });
  });

  it.each([
    [['--only', 'sped'], /^--only takes some of speed, recall/],
    [['--documents', 'many'], /^--documents takes/],
    [['--scale', '150'], /^--scale takes a multiple of 100, 100000 at least\.$/],
    [['--threads', '2'], /'--threads'/],
  ])('are refused in one sentence: %j', (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });
});
