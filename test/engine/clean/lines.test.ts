import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { BoilerplateList } from '../../../main/engine/text/cleaning/BoilerplateList.ts';
import { cleanDocument } from '../../../main/engine/text/cleaning/cleanDocument.ts';
import { correctLines, type LineRules } from '../../../main/engine/text/cleaning/correctLines.ts';
import { resources, sampleRows } from '../inference/givenArtifacts.ts';

const phrases = new BoilerplateList(fs.readFileSync(path.join(resources, 'lexicons/boilerplate.txt'), 'utf8'));
const off: LineRules = { upperCase: false, numbers: false, counters: false, oneWord: false, phrases: undefined, phraseLineWords: 10 };
const on: LineRules = { upperCase: true, numbers: true, counters: true, oneWord: true, phrases, phraseLineWords: 10 };
const [before, after] = sampleRows('news')
  .map(({ text }) => String(text).split('\n')[0]!)
  .filter((line) => line.split(' ').length > 15) as [string, string];
const between = (line: string) => `${before}\n${line}\n${after}`;
const faultsOf = (line: string, rules: LineRules) => correctLines(between(line), rules).cut.map(({ fault }) => fault);

describe('a line', () => {
  it.each([
    ['BREAKING NEWS FROM Tunis', 'upper-case', { upperCase: true }],
    ['71.960.448', 'numbers', { numbers: true }],
    ['٢٠١٧/٠١/١٤ - ١٢:٣٠', 'numbers', { numbers: true }],
    ['3 likes', 'counter', { counters: true, phrases }],
    ['1.2K Views', 'counter', { counters: true, phrases }],
    ['التعليقات (٣)', 'counter', { counters: true, phrases }],
    ['-رويترز-', 'one-word', { oneWord: true }],
    ['Please enable JavaScript to see this page', 'boilerplate', { phrases }],
    ['نستخدم ملفّات تعريف الإرتباط لتحسين تجربتك', 'boilerplate', { phrases }],
    ['يجب تسجيل الدخول لإضافة تعليق', 'boilerplate', { phrases }],
    ['جميع الحقوق محفوظة © 2017', 'boilerplate', { phrases }],
  ] as const)('"%s" is cut as %s by its own rule and stays without it', (line, fault, rule) => {
    expect(correctLines(between(line), { ...off, ...rule })).toEqual({
      text: `${before}\n${after}`,
      cut: [{ fault, text: line }],
      cutWords: line.split(' ').filter((word) => /[\p{L}\p{N}]/u.test(word)).length,
    });
    expect(faultsOf(line, on)).toEqual([fault]);
    expect(correctLines(between(line), off).text).toBe(between(line));
  });

  it('of which only an end is boilerplate loses that end', () => {
    expect(correctLines(between('وزارة الصحة توضح أسباب القرار... اقرأ المزيد »'), on).text).toBe(
      between('وزارة الصحة توضح أسباب القرار...'),
    );
    expect(correctLines(between('Sign in to write the first answer here'), on).text).toBe(between('to write the first answer here'));
  });

  it.each([
    'حصلت الصورة على 300 إعجاب في يوم واحد وفق الموقع',
    'قال الوزير إن الشركة التي تجمع ملفات تعريف الارتباط دون علم المستخدمين في تونس ستعاقب',
    'OECD واليونسكو والبنك الدولي',
    '',
  ])('of prose, such as "%s", stays', (line) => expect(correctLines(between(line), on).text).toBe(between(line)));

  it('of real news is hardly ever cut', () => {
    const texts = sampleRows('news').map(({ text }) => String(text));
    const lines = texts.flatMap((text) => text.split('\n')).filter((line) => line.trim() !== '');
    const cut = texts.flatMap((text) => correctLines(text, on).cut);
    expect(cut.length).toBeLessThan(lines.length / 50);
  });
});

describe('a document', () => {
  const settings = { limits: {}, stopWordLists: [], lines: on, cutLines: 0.05 };
  const sixty = Array.from({ length: 60 }, (_, at) => `كلمة${at}`).join(' ');

  it('that would lose more than 5 % of its words is dropped, with the share', () => {
    const kept = cleanDocument(`رويترز\nوات\nتونس\n${sixty}`, settings);
    expect([kept.failures, kept.text]).toEqual([[], sixty]);
    const dropped = cleanDocument(`رويترز\nوات\nتونس\n2017\n${sixty}`, settings);
    expect(dropped.failures).toEqual([{ rule: 'cut-lines', value: 4 / 64, limit: 0.05 }]);
    expect(cleanDocument(`رويترز\nوات\nتونس\n2017\n${sixty}`, { ...settings, cutLines: undefined }).text).toBe(sixty);
  });

  it('of which nothing would be left is dropped', () => {
    const { failures } = cleanDocument('رويترز\n2017', { ...settings, cutLines: undefined });
    expect(failures.map(({ rule }) => rule)).toEqual(['nothing-left']);
  });

  it('without such lines stays byte for byte', () => {
    const text = `  ${before}\r\n\n\n${after}\t\n`;
    expect(cleanDocument(text, settings).text).toBe(text);
  });
});
