import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseCodeOfConduct, PILLARS } from '../../../main/engine/text/codeOfConduct.ts';
import { root } from './annotateBench.ts';

const front = '---\nversion: 1.2.0\nlanguage: en\n---\n';
const parse = (body: string) => parseCodeOfConduct(`${front}${body}`, 'code.md');

describe.each(['ar', 'en'])('the code of conduct that ships in %s', (language) => {
  const shipped = parseCodeOfConduct(fs.readFileSync(path.join(root, `resources/codes/code-of-conduct.${language}.md`), 'utf8'), 'code');

  test('has a version, the four pillars, and the same cultures and examples as the other', () => {
    expect(shipped.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(shipped.language).toBe(language);
    expect(shipped.pillars).toEqual(PILLARS);
    expect(shipped.cultures).toEqual(['gulf', 'egypt', 'levant', 'maghreb']);
    expect(shipped.examples('')).toHaveLength(4);
    expect(shipped.examples('maghreb')).toHaveLength(5);
    expect(shipped.examples('').at(-1)).toEqual({
      before: 'افتتح الوزير يوم 12 مارس 2017 مستشفى بسعة 120 سريرا في القيروان.',
      after: 'افتتح الوزير يوم 12 مارس 2017 مستشفى بسعة 120 سريرا في القيروان.',
    });
  });

  test('tells each culture its own', () => {
    const own = { gulf: 'وايد', egypt: 'دلوقتي', levant: 'هلق', maghreb: 'بزاف' };
    for (const [culture, word] of Object.entries(own)) {
      expect(shipped.rules(culture)).toContain(word);
      for (const other of Object.values(own)) if (other !== word) expect(shipped.rules(culture)).not.toContain(other);
    }
    for (const word of Object.values(own)) expect(shipped.rules('')).not.toContain(word);
    expect(shipped.rules('gulf').length).toBeGreaterThan(shipped.rules('').length);
  });
});

describe('a code of conduct', () => {
  test('needs no pillars: one of one’s own may be divided otherwise', () => {
    const { rules, pillars, examples, title } = parse('# Rules\n\nBe kind.\n');
    expect([rules(''), pillars, examples(''), title]).toEqual(['# Rules\n\nBe kind.', [], [], 'Code of conduct']);
  });

  test('reads the same with Windows line ends and a byte order mark', () => {
    const source = `${front}# A\n\n\`\`\`before\nx\n\`\`\`\n\n\`\`\`after\ny\n\`\`\`\n`;
    const windows = parseCodeOfConduct(`\uFEFF${source.replaceAll('\n', '\r\n')}`, 'code.md');
    const unix = parseCodeOfConduct(source, 'code.md');
    expect([windows.rules(''), windows.examples('')]).toEqual([unix.rules(''), unix.examples('')]);
    expect(windows.examples('')).toEqual([{ before: 'x', after: 'y' }]);
  });

  test('ends a culture’s section where a heading stands that is not below it', () => {
    const { rules } = parse('# A\n## B {culture=x}\nb\n### C\nc\n## D {culture=y}\nd\n# E\ne\n');
    expect(rules('')).toBe('# A\n# E\ne');
    expect(rules('x')).toBe('# A\n## B\nb\n### C\nc\n# E\ne');
    expect(rules('y')).toBe('# A\n## D\nd\n# E\ne');
  });

  test('leaves comments out, and marks too, but not what stands in a code block', () => {
    const { rules, examples } = parse(
      'a <!-- x --> b\n<!-- y\n## z {#fromat}\n--> c\n```\n# no heading {odd}\n<!-- kept -->\n```\n## F {#note .wide}\n~~~before\n# kept {x}\n~~~\n~~~after\n<!-- kept -->\n~~~\n',
    );
    expect(rules('')).toBe('a  b\n c\n```\n# no heading {odd}\n<!-- kept -->\n```\n## F');
    expect(examples('')).toEqual([{ before: '# kept {x}', after: '<!-- kept -->' }]);
  });

  test.each([
    ['# Rules\n', /^code\.md, line 1: .*names its version/],
    ['---\ntitle: x\n---\n# Rules\n', /^code\.md, line 1: .*names its version/],
    ['---\nversion: 1.0.0\n# Rules\n', /^code\.md, line 1: .*names its version/],
    [
      `${front}## F {#format}\n## V {#values}\n`,
      /^code\.md, line 1: the code marks `format`, `values` but not `moderation`, `knowledge`: put \{#moderation\}, \{#knowledge\}/,
    ],
    [`${front}## F {#format}\n\n## G {#format}\n`, /^code\.md, line 7: the pillar `format` is marked a second time/],
    [`${front}## F {fromat}\n`, /^code\.md, line 5: \{fromat\} is not understood: write \{#format\}/],
    [`${front}## F {culture=}\n`, /^code\.md, line 5: \{culture=\} is not understood/],
    [`${front}x\n\`\`\`before\nx\n`, /^code\.md, line 6: the code block has no end: close it with a line of ```\.$/],
    [`${front}\`\`\`after\nx\n\`\`\`\n`, /^code\.md, line 5: a rewrite must follow its raw text/],
    [`${front}\`\`\`before\nx\n\`\`\`\n\`\`\`before\ny\n\`\`\`\n`, /^code\.md, line 5: the example has no rewrite/],
    [`${front}\`\`\`before\nx\n\`\`\`\n\n## V\n`, /^code\.md, line 5: the example has no rewrite/],
    [`${front}\`\`\`before\nx\n\`\`\`\n`, /^code\.md, line 5: the example has no rewrite/],
    [`${front}\`\`\`before\n\n\`\`\`\n\`\`\`after\nx\n\`\`\`\n`, /^code\.md, line 5: the example is empty/],
  ])('%j is refused by file and line', (source, sentence) => {
    expect(() => parseCodeOfConduct(source, 'code.md')).toThrow(sentence);
  });

  test('without a section for a culture says which it has', () => {
    expect(() => parse('## A {culture=x}\n').rules('y')).toThrow(
      'code.md has no section for the culture `y`; it has `x`: mend param `culture`',
    );
    expect(() => parse('# A\n').rules('y')).toThrow(/it has none/);
  });
});
