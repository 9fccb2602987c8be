import { expect, test } from 'vitest';
import { textDirection } from '../../renderer/ui/textDirection.ts';

test('the browser’s own rule decides where the first letter is like most', () => {
  expect(textDirection('هذا نص عربي مع كلمة Latin')).toBe('auto');
  expect(textDirection('English with كلمة')).toBe('auto');
  expect(textDirection('123 !')).toBe('auto');
});
test('most letters decide where the first one misleads', () => {
  expect(textDirection('@User.IDX والله من زين الأخبار قناة')).toBe('rtl');
  expect(textDirection('و is the Arabic word for and')).toBe('ltr');
});
