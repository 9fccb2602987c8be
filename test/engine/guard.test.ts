import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { guardRewrite, type RewriteLimits } from '../../main/engine/text/guardRewrite.ts';
import { Lexicon } from '../../main/engine/text/Lexicon.ts';
import { rewriteByRules } from '../../main/engine/text/rulesExpert.ts';
import { seededRandom } from '../../main/engine/scoring/seededRandom.ts';

const limits: RewriteLimits = { minRatio: 0.3, maxRatio: 1.5, links: 'may-go', numbers: true, names: 'marked', instructions: '' };
const guard = (raw: string, text: string, stopped: 'end' | 'length' | 'filtered' = 'end', own: Partial<RewriteLimits> = {}) =>
  guardRewrite(raw, { text, stopped }, { ...limits, ...own })?.guard;
const resources = path.resolve(import.meta.dirname, '../../resources');
const samples = ['news', 'comments'].flatMap((name) =>
  fs
    .readFileSync(path.join(resources, `samples/${name}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { text: string }).text),
);
const raw = 'ذهب الوزير إلى المدينة أمس، وقال إن الأسعار ستنخفض قريبا بعد قرار الحكومة الجديد.';

describe('a rewrite is let through', () => {
  it.each([
    ['unchanged', raw],
    ['corrected', raw.replace('أمس،', 'أمس')],
    ['with less than half of it left, because the rest was unfit', raw.slice(0, 35)],
  ])('%s', (_, text) => expect(guard(raw, text)).toBeUndefined());

  it('when the raw text itself repeats, uses two scripts, or is short', () => {
    expect(guard('ههههههههههههههه والله ضحكت', 'ههههههههههههههه والله ضحكت.')).toBeUndefined();
    expect(guard('يا رب يا رب يا رب يا رب يا رب', 'يا رب يا رب يا رب يا رب يا رب!')).toBeUndefined();
    expect(guard('شاهد Facebook الآن', 'شاهد فيسبوك Facebook الآن.')).toBeUndefined();
    expect(guard('لا', 'لا، شكرا')).toBeUndefined();
  });

  it('when a link or a mention was taken out', () => {
    expect(
      guard('@User.IDX ذهبنا إلى السوق صباحا واشترينا الخبز https://t.co/abc', 'ذهبنا إلى السوق صباحا واشترينا الخبز'),
    ).toBeUndefined();
  });

  it('for every sample text that was left as it is, however it ended', () => {
    expect(samples).toHaveLength(1400);
    for (const text of samples) expect(guard(text, text, 'length', { links: 'must-stay', names: 'repeated' })).toBeUndefined();
  });

  it('for what the rules expert makes of the samples: links, mentions and insults may go', async () => {
    const lexicon = new Lexicon(fs.readFileSync(path.join(resources, 'lexicons/offensive.ar.txt'), 'utf8'));
    const rewritten = samples.flatMap((text) => {
      const answer = rewriteByRules(text, lexicon);
      return answer.outcome === 'rewritten' && answer.text !== text ? [[text, answer.text] as const] : [];
    });
    expect(rewritten.length).toBeGreaterThan(700);
    const refused = rewritten.flatMap(([before, after]) => {
      const refusal = guardRewrite(before, { text: after, stopped: 'end' }, limits);
      return refusal ? [{ before, after, ...refusal }] : [];
    });
    expect(refused.length / rewritten.length).toBeLessThan(0.005);
  });

  it('when numbers are written in other digits, and when a name only loses its vowel signs', () => {
    expect(guard('دفع ٣ دنانير و۱۲ مليما و1,500 درهم', 'دفع 3 دنانير و12 مليما و1500 درهم')).toBeUndefined();
    expect(guard('بلغت النسبة ٣٫٥ بالمئة منذ أمس', 'بلغت النسبة 3.5 بالمئة منذ أمس.')).toBeUndefined();
    expect(guard('حضر السيد مُحمَّد بن علي صباحا', 'حضر السيد محمد بن علي صباحا.')).toBeUndefined();
  });

  it('when what was between two equal words went', () => {
    expect(guard('جميل جدا @User.IDX جدا يا أخي', 'جميل جدا جدا يا أخي')).toBeUndefined();
    expect(guard('لاااا لا تفعل ذلك يا أخي', 'لا لا تفعل ذلك يا أخي')).toBeUndefined();
  });

  it('when the raw text itself declines, names a role or has invisible characters', () => {
    expect(guard('لا استطيع النوم منذ يومين ،ماذا افعل', 'لا أستطيع النوم منذ يومين، ماذا أفعل')).toBeUndefined();
    expect(guard('user: where are you now my friend ??', 'user: where are you now my friend?')).toBeUndefined();
    expect(guard('قال\u200F نعم  وعاد', 'قال\u200F نعم وعاد')).toBeUndefined();
  });
});

describe('a rewrite is refused', () => {
  it('when it is empty or cut', () => {
    expect(guard(raw, '  ')).toBe('empty');
    expect(guard(raw, raw.slice(0, 40), 'length')).toBe('cut');
  });

  it('when it loops over a word, a phrase or a character', () => {
    expect(guard(raw, raw.replace('قريبا', 'قريبا قريبا قريبا'))).toBe('looping');
    expect(guard(raw, `${raw.slice(0, 30)}${' إن الأسعار ستنخفض'.repeat(3)}`)).toBe('looping');
    expect(guard(raw, `${raw.slice(0, 40)} ههههههههههههه`)).toBe('looping');
  });

  it('when letters of another script or broken characters appear', () => {
    expect(guard(raw, raw.replace('الوزير', 'the minister'))).toBe('script');
    expect(guard(raw, raw.replace('الوزير', 'министр'))).toBe('script');
    expect(guard(raw, raw.replace('الوزير', 'الوز\uFFFD'))).toBe('script');
  });

  it('when the share of Arabic falls', () => {
    expect(guard('زار موقع nasaq ثم عاد إلى البيت في المساء', 'nasaq visited the site then went home')).toBe('script');
  });

  it('when it is far longer or shorter', () => {
    expect(guard(raw, `${raw} ثم عاد إلى بيته ونام طويلا حتى ظهر اليوم التالي وأكل طعامه وشرب الماء`)).toBe('length');
    expect(guard(raw, 'ذهب.')).toBe('length');
  });

  it('when a short text shrinks to next to nothing', () => {
    const short = 'ذهب الوزير إلى المدينة أمس مع صديق قديم.';
    expect(short).toHaveLength(40);
    expect(guard(short, 'ذ')).toBe('length');
    expect(guard(short, 'ذهب.')).toBe('length');
    expect(guard(short, 'ذهب الوزير إلى المدينة')).toBeUndefined();
  });

  it('when a sentence of more than twelve words comes again and again, or a passage twice', () => {
    const long = samples
      .find((text) => text.split(/\s+/u).length > 40)!
      .split(/\s+/u)
      .slice(0, 20)
      .join(' ');
    const wide = { maxRatio: 10 };
    expect(guard(`${long} ثم عاد`, `${long} ${long} ${long}`, 'end', wide)).toBe('looping');
    expect(guard(`${long} ثم عاد`, `${long} ثم عاد ${long}`, 'end', wide)).toBe('doubled');
  });

  it('when it says a word or a phrase twice that the raw text says once', () => {
    expect(guard(raw, raw.replace('قريبا', 'قريبا قريبا'))).toBe('doubled');
    expect(guard(raw, raw.replace('قريبا', 'قريباً، قريبا'))).toBe('doubled');
    expect(guard(raw, raw.replace('قرار الحكومة', 'قرار الحكومة قرار الحكومة'))).toBe('doubled');
  });

  it.each([
    'عذرا، لا يمكنني المساعدة في إعادة كتابة هذا النص',
    'لا أستطيع إعادة صياغة هذا المحتوى لأنه مسيء.',
    'بصفتي نموذجا لغويا لا أكتب مثل هذا النص أبدا',
  ])('when it declines: %s', (text) => expect(guard(raw, text)).toBe('refusal'));
  it.each(['I’m sorry, but I can’t help with that request today.', 'As an AI language model, I do not rewrite such texts.'])(
    'when it declines: %s',
    (text) => {
      expect(guard('The minister went to town yesterday and said that prices would fall soon.', text)).toBe('refusal');
      expect(guard(raw, text)).toBe('refusal');
    },
  );
  it('when the server held it back', () => expect(guard(raw, 'ذهب', 'filtered')).toBe('refusal'));

  it.each([
    ['a chat marker', `<|assistant|>${raw}`],
    ['a role', `المساعد: ${raw}`],
    ['a preamble', `إليك النص بعد إعادة الصياغة: ${raw}`],
    ['an English preamble', `Here is the rewritten text: ${raw}`],
    ['a code fence', `\`\`\`\n${raw}\n\`\`\``],
  ])('when it shows %s', (_, text) => expect(guard(raw, text)).toBe('leak'));

  it('when it says its instructions', () => {
    const instructions = 'القاعدة الأولى أن النص السليم يبقى كما هو، حرفا بحرف. ولا يكتب في الجواب إلا النص نفسه.';
    const text = `${raw} القاعدة الأولى أن النص السليم يبقى كما هو`;
    expect(guard(raw, text, 'end', { instructions })).toBe('leak');
    expect(guard(raw, text, 'end')).toBeUndefined();
    expect(guard(`${text}؟`, text, 'end', { instructions })).toBeUndefined();
  });

  it('when its language changes within one script', () => {
    const english = 'The minister said that the prices of bread will fall after the decision of the government was made.';
    const french = 'Le ministre dit que les prix du pain vont baisser dans les jours qui suivent la décision du gouvernement.';
    expect(guard(english, french)).toBe('language');
    expect(guard(english, english.replace('fall', 'go down'))).toBeUndefined();
    expect(guard(raw, 'وزیر دیروز به شهر رفت و گفت که قیمت‌ها به زودی کم می‌شود پس از تصمیم دولت')).toBe('language');
  });

  it('when invisible characters are put in', () => {
    expect(guard(raw, raw.replace('الوزير', '\u202Eالوزير'))).toBe('controls');
    expect(guard(raw, `\uFEFF${raw}`)).toBe('controls');
    expect(guard(raw, raw.replace(' ', '\u0000 '))).toBe('controls');
  });

  it('when a number is lost, changed or new', () => {
    const dated = 'وصل 23 شخصا يوم 4 مارس 2017 بعد 3.5 ساعات';
    expect(guard(dated, dated.replace('23', '32'))).toBe('numbers');
    expect(guard(dated, dated.replace('23 ', ''))).toBe('numbers');
    expect(guard(dated, dated.replace('3.5', '35'))).toBe('numbers');
    expect(guard(raw, raw.replace('أمس', 'يوم 7'))).toBe('numbers');
    expect(guard(dated, dated.replace('23', '32'), 'end', { numbers: false })).toBeUndefined();
  });

  it('for every sample text of which one digit changed', () => {
    const random = seededRandom(5);
    const withNumbers = samples.filter((text) => /(?<![A-Za-z0-9_])\d{2,}(?![A-Za-z_])/u.test(text));
    expect(withNumbers.length).toBeGreaterThan(200);
    let tried = 0;
    for (const text of withNumbers) {
      const places = [...text.matchAll(/(?<![A-Za-z0-9_.,/@])\d{2,}(?![A-Za-z0-9_.,])/gu)].map(({ index }) => index);
      if (places.length === 0) continue;
      const place = places[Math.floor(random() * places.length)]!;
      const changed = `${text.slice(0, place)}${(Number(text[place]) + 4) % 10}${text.slice(place + 1)}`;
      // Another number of the text may be what the digits became, and this one stand there twice.
      if (guard(text, changed) !== 'numbers') continue;
      tried += 1;
    }
    expect(tried).toBeGreaterThan(0.9 * withNumbers.length);
  });

  it('when a name is lost that a title or capital letters mark', () => {
    expect(guard('قال الدكتور منذر الزنايدي إنه سيعود', 'قال الدكتور إنه سيعود غدا')).toBe('names');
    expect(guard('فاز فريق Copa Sudamericana أمس في الملعب', 'فاز فريق udamericana أمس في الملعب')).toBe('names');
    expect(guard('قال الدكتور منذر الزنايدي إنه سيعود', 'قال الدكتور إنه سيعود غدا', 'end', { names: 'off' })).toBeUndefined();
    const thrice = 'سليانة مدينة، وسكان سليانة كثر، وأحب سليانة';
    expect(guard(thrice, 'هي مدينة، وسكانها كثر، وأحبها')).toBeUndefined();
    expect(guard(thrice, 'هي مدينة، وسكانها كثر، وأحبها', 'end', { names: 'repeated' })).toBe('names');
  });

  it('when an address is invented, or one is lost that must stay', () => {
    const linked = 'التفاصيل على https://example.org/a أو info@example.org منذ أمس';
    expect(guard(linked, linked.replace('example.org/a', 'example.com/b'))).toBe('links');
    expect(guard(linked, 'التفاصيل منذ أمس')).toBeUndefined();
    expect(guard(linked, linked.replace('https://example.org/a', ''), 'end', { links: 'must-stay' })).toBe('links');
    expect(guard(linked, linked.replace(' info@example.org', ''), 'end', { links: 'must-stay' })).toBe('links');
    expect(guard(linked, `${linked}.`, 'end', { links: 'must-stay' })).toBeUndefined();
  });

  it('with a reason in words', () => {
    expect(guardRewrite(raw, { text: raw.replace('الوزير', 'the minister'), stopped: 'end' }, limits)?.reason).toBe(
      'has Latin letters, which the raw text has not',
    );
  });
});
