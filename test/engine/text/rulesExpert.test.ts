import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Lexicon } from '../../../main/engine/text/Lexicon.ts';
import { rewriteByRules } from '../../../main/engine/text/rulesExpert.ts';

const resources = path.resolve(import.meta.dirname, '../../../resources');
const shipped = new Lexicon(fs.readFileSync(path.join(resources, 'lexicons/offensive.ar.txt'), 'utf8'));
const sample = (name: string): { text: string; offensive?: boolean }[] =>
  fs
    .readFileSync(path.join(resources, `samples/${name}.jsonl`), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { text: string });

describe('a lexicon', () => {
  const found = (source: string, text: string): string[] => new Lexicon(source).find(text).map(([start, end]) => text.slice(start, end));

  test('finds a word behind proclitics, with endings, without vowel signs and stretching', () => {
    expect(found('حقير', 'والحقير ياحقير حقيرة الحَقيـــرين حقييييير')).toEqual(['والحقير', 'ياحقير', 'حقيرة', 'الحَقيـــرين', 'حقييييير']);
    expect(found('قذارة', 'قذارتكم وقذارات')).toEqual(['قذارتكم', 'وقذارات']);
  });
  test('does not find it inside other words, nor short ones with endings', () => {
    expect(found('زب\nحقير', 'زبون تحقيرا زبدة عزب')).toEqual([]);
    expect(found('=كس', 'عكس بكس كسر كس')).toEqual(['كس']);
  });
  test('finds phrases whole, the longest one only once', () => {
    expect(found('ابن كلب\n=كلب', 'يا ابن  كلب')).toEqual(['ابن  كلب']);
    expect(found('ابن كلب', 'ابن الكلب، ابن. كلب')).toEqual([]);
  });
  test('of comments only finds nothing', () => {
    expect(found('# nothing\n\n', 'أي نص كان')).toEqual([]);
  });
});

describe('the rules', () => {
  const lexicon = new Lexicon('حقير\nيا كلب\nقذر');
  test.each([
    ['links', 'اقرأ https://example.org/a?b=1 هنا <url>', 'اقرأ هنا'],
    ['mentions', '@User.IDX @name_1: صباح الخير', 'صباح الخير'],
    ['advertising', 'درس مفيد. اشتركوا في القناة وفعلوا الجرس!\nالسطر الثاني', 'درس مفيد.\nالسطر الثاني'],
    ['offensive-words', 'هذا الحقير سرق البيت', 'هذا سرق البيت'],
    ['repeated-letters', 'رااااائع جداااا ههههههه', 'رائع جدا هه'],
    ['repeated-punctuation', 'ماذا؟؟؟؟ نعم!!!! لا؟!؟!', 'ماذا؟ نعم! لا؟!'],
    ['tatweel', 'جمـــيل جـدا', 'جميل جدا'],
    ['emoji', 'مضحك 😂😂😂 😭 جدا', 'مضحك 😂 جدا'],
    ['empty-quotes', 'قال "" ثم مضى «»', 'قال ثم مضى'],
    ['spacing', 'القيروان : سرقة   ذهب ، ومال .', 'القيروان: سرقة ذهب، ومال.'],
  ])('%s mend what they are for, and say so', (name, before, after) => {
    const answer = rewriteByRules(before, lexicon);
    expect(answer).toMatchObject({ outcome: 'rewritten', text: after });
    expect(answer).toHaveProperty('changes', expect.arrayContaining([name]));
  });

  test('name every change, in their order, and no other', () => {
    expect(rewriteByRules('@a_b يا كلب رااائع', lexicon)).toEqual({
      outcome: 'rewritten',
      text: 'رائع',
      changes: ['mentions', 'offensive-words', 'repeated-letters'],
    });
  });

  test.each([
    'نص سليم، بلا عيب: فيه "اقتباس" و(أقواس)؛ أليس كذلك؟',
    'سطر أول\n\nسطر ثان… وثالث...',
    'صدر عام 1440هـ عن الـ21 لاعبا بـ"الجوهرة"',
    'الله أكبر، واللعب 🇹🇳 للجميع 👩‍👩‍👧',
    'راسلنا على name@example.org أو زر القناة التاسعة',
    'اشترك اللاعب في المباراة وشاركت تونس في قناة السويس',
    '# عنوان\n\n- بند\n- بند آخر\n\n| أ | ب |\n| --- | --- |',
  ])('leave text without faults byte for byte: %s', (text) => {
    expect(rewriteByRules(text, lexicon)).toEqual({ outcome: 'rewritten', text, changes: [] });
  });

  test('say when nothing would be left, and when there was nothing', () => {
    expect(rewriteByRules('@User.IDX قذر 😂😂', lexicon)).toEqual({ outcome: 'left-out', reason: 'nothing-left' });
    expect(rewriteByRules('  \n', lexicon)).toEqual({ outcome: 'left-out', reason: 'empty' });
  });

  test('have nothing more to mend in what they wrote', () => {
    const again = [...sample('comments'), ...sample('news')].filter(({ text }) => {
      const first = rewriteByRules(text, shipped);
      if (first.outcome === 'left-out') return false;
      const second = rewriteByRules(first.text, shipped);
      return second.outcome === 'left-out' || second.text !== first.text;
    });
    expect(again.map(({ text }) => text)).toEqual([]);
  });
});

describe('on the sample, which the lexicon was not made from', () => {
  const changesOf = (texts: readonly { text: string }[]): string[][] =>
    texts.map(({ text }) => {
      const answer = rewriteByRules(text, shipped);
      return answer.outcome === 'rewritten' ? [...answer.changes] : [answer.reason];
    });
  const share = (changes: readonly string[][], isCounted: (names: readonly string[]) => boolean) =>
    changes.filter(isCounted).length / changes.length;
  const beyondMentions = (names: readonly string[]) => names.some((name) => !['mentions', 'links', 'spacing'].includes(name));
  const comments = sample('comments');

  test('at least half of the offensive comments change, and not by their mentions and links alone', () => {
    const changes = changesOf(comments.filter(({ offensive }) => offensive));
    expect(changes.length).toBe(220);
    expect(share(changes, beyondMentions)).toBeGreaterThanOrEqual(0.5);
    expect(share(changes, (names) => names.includes('offensive-words'))).toBeGreaterThanOrEqual(0.45);
  });

  test('few other comments, and no news, lose words as offensive', () => {
    expect(share(changesOf(comments.filter(({ offensive }) => !offensive)), (names) => names.includes('offensive-words'))).toBeLessThan(
      0.05,
    );
    const news = changesOf(sample('news'));
    expect(share(news, (names) => names.includes('offensive-words'))).toBe(0);
    expect(share(news, beyondMentions)).toBeLessThan(0.02);
  });
});
