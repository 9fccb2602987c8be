import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { editText } from '../../../bench/dedup/editText.ts';
import { exactJoin } from '../../../bench/dedup/exactJoin.ts';
import { type KnownCopy, makeCorpus } from '../../../bench/dedup/makeCorpus.ts';
import { NewsText, wordsOf } from '../../../bench/dedup/NewsText.ts';
import { Random } from '../../../bench/dedup/Random.ts';
import { ShingleSets } from '../../../bench/dedup/ShingleSets.ts';
import { ShortDocuments } from '../../../bench/dedup/ShortDocuments.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const news = await NewsText.read(path.join(root, 'resources', 'samples', 'news.jsonl'));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nasaq-dedup-bench-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const lines = <T>(file: string): T[] =>
  fs
    .readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

interface Document {
  readonly id: number;
  readonly text: string;
}

/** By pair `a-b`, of word n-grams. */
function similarities(texts: readonly string[], size: number, threshold: number): Map<string, number> {
  const sets = new ShingleSets(size);
  for (const text of texts) sets.add(text);
  return new Map([...exactJoin(sets, threshold)].map(({ a, b, similarity }) => [`${a}-${b}`, similarity]));
}

describe('the corpus with known copies', async () => {
  const make = async (name: string, seed: number) => {
    const files = { corpus: path.join(folder, `${name}.jsonl`), truth: path.join(folder, `${name}.truth.jsonl`) };
    await makeCorpus(news, { ...files, documents: 2000, seed });
    return { files, documents: lines<Document>(files.corpus), copies: lines<KnownCopy>(files.truth) };
  };
  const { files, documents, copies } = await make('first', 3);

  it('has as many documents as asked for, in NFKC, and a truth about three of ten', () => {
    expect(documents.map(({ id }) => id)).toEqual(Array.from({ length: 2000 }, (_, at) => at));
    expect(documents.every(({ text }) => text === text.normalize('NFKC'))).toBe(true);
    expect(copies).toHaveLength(560);
    expect(new Set(copies.map(({ id }) => id)).size).toBe(560);
  });

  it('is the same for a seed and another for another', async () => {
    const again = await make('again', 3);
    expect(fs.readFileSync(again.files.corpus).equals(fs.readFileSync(files.corpus))).toBe(true);
    expect(fs.readFileSync(again.files.truth).equals(fs.readFileSync(files.truth))).toBe(true);
    const other = await make('other', 4);
    expect(fs.readFileSync(other.files.corpus).equals(fs.readFileSync(files.corpus))).toBe(false);
  });

  it('holds the copies that its truth tells of', () => {
    const found = similarities(
      documents.map(({ text }) => text),
      2,
      0.5,
    );
    const similarity = ({ id, source }: KnownCopy) => found.get([Math.min(id, source), Math.max(id, source)].join('-')) ?? 0;
    const of = (edit: string, rate?: number) => copies.filter((copy) => copy.edit === edit && (rate === undefined || copy.rate === rate));
    expect(of('exact').length).toBeGreaterThan(20);
    expect(of('exact').every((copy) => documents[copy.id]!.text === documents[copy.source]!.text)).toBe(true);
    expect(of('words', 0.005).length).toBeGreaterThan(10);
    expect(Math.min(...of('words', 0.005).map(similarity))).toBeGreaterThan(0.7);
    const changed = of('words', 0.1).map(similarity);
    expect(changed.filter((value) => value > 0.5 && value < 0.9).length / changed.length).toBeGreaterThan(0.9);
  });

  it('has other documents that are not like each other', () => {
    const originals = documents.filter(({ id }) => copies.every((copy) => copy.id !== id)).map(({ text }) => text);
    expect(similarities(originals, 5, 0.8).size).toBeLessThan(originals.length / 100);
  });
});

describe('an edited copy', () => {
  const text = news.texts.find((candidate) => wordsOf(candidate).length > 100)!;
  const random = new Random(8);
  const edits = Array.from({ length: 400 }, () => editText(text, news.texts[1]!, news, random));
  const of = (edit: string) => edits.filter((copy) => copy.edit === edit).map((copy) => copy.text);

  it('in another spelling says the same once the spelling is taken away', () => {
    expect(of('diacritics').length).toBeGreaterThan(3);
    for (const spelt of of('diacritics')) expect(bare(spelt)).toBe(bare(text));
    for (const spelt of of('tatweel')) {
      expect(spelt).not.toBe(text);
      expect(spelt.replaceAll('ـ', '')).toBe(text.replaceAll('ـ', ''));
    }
    for (const spelt of of('alef')) expect(spelt).toMatch(/^[^أإآىة]*$/);
    for (const spelt of of('punctuation')) expect(letters(spelt)).toBe(letters(text));
  });

  it('keeps its start when the end is cut off, and all of itself between added words', () => {
    for (const cut of of('truncation')) expect(wordsOf(text).join(' ').startsWith(cut)).toBe(true);
    for (const longer of of('boilerplate')) expect(longer).toContain(wordsOf(text).join(' '));
  });

  const bare = (spelt: string): string => spelt.replace(/[\u064B-\u0652]/g, '');
  const letters = (spelt: string): string => spelt.replace(/[^\p{L}\p{N}]/gu, '');
});

describe('short documents', () => {
  const documents = new ShortDocuments(news, 6);
  const file = path.join(folder, 'short.jsonl');
  const bytes = documents.write(file, 5000);
  const rows = lines<Document>(file);

  it('are JSON lines of at most 600 bytes', () => {
    expect(fs.statSync(file).size).toBe(bytes);
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 5000 }, (_, at) => at));
    const sizes = fs
      .readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => Buffer.byteLength(line));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(600);
    expect(rows.every(({ text }) => text === text.trim() && text.isWellFormed())).toBe(true);
  });

  it('are the same however many are written', () => {
    const fewer = path.join(folder, 'fewer.jsonl');
    new ShortDocuments(news, 6).write(fewer, 1200);
    expect(lines(fewer)).toEqual(rows.slice(0, 1200));
  });

  it('are near copies of earlier ones, about one in five', () => {
    const later = new Set(
      [
        ...similarities(
          rows.map(({ text }) => text),
          3,
          0.6,
        ).keys(),
      ].map((pair) => pair.split('-')[1]),
    );
    expect(later.size / rows.length).toBeGreaterThan(0.15);
    expect(later.size / rows.length).toBeLessThan(0.3);
  });
});
