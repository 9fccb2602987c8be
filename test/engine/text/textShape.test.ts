import { describe, expect, it } from 'vitest';
import { textShape } from '../../../main/engine/text/textShape.ts';
import { sampleRows } from '../inference/givenArtifacts.ts';

const shape = (text: string) => textShape(text, async () => undefined);

describe('the shape of a text', () => {
  it('counts code points, and shares of what is visible without diacritics and tatweel', async () => {
    expect(await shape('كَتَبَ ABC 12 😀ـ')).toEqual({
      characters: 16,
      scripts: { arabic: 3 / 9, latin: 3 / 9, digits: 2 / 9, other: 1 / 9 },
      language: 'mul',
    });
  });

  it('is that of a plain reckoning on real texts', async () => {
    for (const { text } of [...sampleRows('comments').slice(0, 200), ...sampleRows('news').slice(0, 50)]) {
      const visible = [...String(text)].filter((character) => !/[\s\p{M}\p{Cf}ـ]/u.test(character));
      const share = (pattern: RegExp) =>
        visible.length === 0 ? 0 : visible.filter((character) => pattern.test(character)).length / visible.length;
      const { characters, scripts } = await shape(String(text));
      expect(characters).toBe([...String(text)].length);
      expect(scripts.arabic).toBeCloseTo(share(/(?=\p{L})\p{Script=Arabic}/u), 10);
      expect(scripts.latin).toBeCloseTo(share(/(?=\p{L})\p{Script=Latin}/u), 10);
      expect(scripts.digits).toBeCloseTo(share(/\p{Nd}/u), 10);
      expect(scripts.arabic + scripts.latin + scripts.digits + scripts.other).toBeCloseTo(visible.length === 0 ? 0 : 1, 10);
    }
  });

  it.each([
    ['خرج الوزير من الاجتماع', 'ar'],
    ['وزیر گفت که این کار را می‌کند', 'fa'],
    ['یہ کتاب ہے اور وہ لڑکا ہے', 'ur'],
    ['The minister left', 'und-Latn'],
    ['Министр', 'und'],
    ['الوزير left the اجتماع early', 'mul'],
    ['12:30 … 😀', 'zxx'],
    ['', 'zxx'],
    ['قال شيراك إن السيد گانيي وصل من تونس العاصمة صباح اليوم الجمعة', 'ar'],
  ])('"%s" hints at %s', async (text, language) => expect((await shape(text)).language).toBe(language));

  it('is the same for a text that is counted in parts, halves of pairs apart', async () => {
    const once = 'نص 😀 text 12 ';
    const many = Math.ceil(2_500_000 / once.length);
    const [one, long] = [await shape(once), await shape(once.repeat(many))];
    expect(long.characters).toBe(many * one.characters);
    for (const script of ['arabic', 'latin', 'digits', 'other'] as const) expect(long.scripts[script]).toBeCloseTo(one.scripts[script], 10);
    expect((await shape('a\uD83D')).characters).toBe(2);
  });
});
