import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { guardRewrite } from '../../main/engine/text/guardRewrite.ts';

const limits = { minRatio: 0.3, maxRatio: 1.5 };
const guard = (raw: string, text: string, stopped: 'end' | 'length' = 'end') => guardRewrite(raw, { text, stopped }, limits)?.guard;
const raw = 'ذهب الوزير إلى المدينة أمس، وقال إن الأسعار ستنخفض قريبا بعد قرار الحكومة الجديد.';

describe('a rewrite is let through', () => {
  it.each([
    ['unchanged', raw],
    ['corrected', raw.replace('أمس،', 'أمس')],
    ['with less than half of it left, because the rest was unfit', raw.slice(0, 35)],
    ['that says a word twice', raw.replace('قريبا', 'قريبا قريبا')],
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

  it('for every sample text that was left as it is', () => {
    for (const name of ['news', 'comments']) {
      const lines = fs.readFileSync(path.resolve(import.meta.dirname, `../../resources/samples/${name}.jsonl`), 'utf8').trim();
      for (const line of lines.split('\n')) {
        const { text } = JSON.parse(line) as { text: string };
        expect(guard(text, text)).toBeUndefined();
      }
    }
  });
});

describe('a rewrite is refused', () => {
  it('when it is empty or cut', () => {
    expect(guard(raw, '  ')).toBe('empty');
    expect(guard(raw, raw, 'length')).toBe('cut');
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
    expect(guard('زار موقع nasaq ثم عاد إلى البيت في المساء', 'nasaq nasaq visited the site then went home')).toBe('script');
  });

  it('when it is far longer or shorter', () => {
    expect(guard(raw, `${raw} ثم عاد إلى بيته ونام طويلا حتى ظهر اليوم التالي وأكل طعامه وشرب الماء`)).toBe('length');
    expect(guard(raw, 'ذهب.')).toBe('length');
  });

  it('with a reason in words', () => {
    expect(guardRewrite(raw, { text: raw.replace('الوزير', 'the minister'), stopped: 'end' }, limits)?.reason).toBe(
      'has Latin letters, which the raw text has not',
    );
  });
});
