import { UserError } from '../../../nodes/kit/index.ts';

/** The pillars of native alignment (arXiv 2412.03253, section 3), as headings name them: `## Format {#format}`. */
export const PILLARS = ['format', 'values', 'moderation', 'knowledge'] as const;
export type Pillar = (typeof PILLARS)[number];

export interface RewriteExample {
  readonly before: string;
  readonly after: string;
}
export interface CodeOfConduct {
  readonly title: string;
  /** What rewrites cite. */
  readonly version: string;
  /** Of its wording, such as `ar`; empty where the file does not say. */
  readonly language: string;
  /** All of the Markdown, without the front matter. */
  readonly body: string;
  /** Marked in it: all four, or none in a file of one's own that is not divided so. */
  readonly pillars: readonly Pillar[];
  /** That it has sections of their own for. */
  readonly cultures: readonly string[];
  /** Markdown of the rules, without examples, comments and marks; sections of other cultures are left out. Throws UserError for an unknown culture. */
  rules(culture: string): string;
  examples(culture: string): readonly RewriteExample[];
}

interface Part {
  readonly culture: string | undefined;
  readonly content: string | RewriteExample;
}

/**
 * Reads a code of conduct: Markdown with front matter between two lines of `---`, of whose `key: value` lines `version` must be
 * there. `{#format}`, `{#values}`, `{#moderation}` and `{#knowledge}` behind a heading mark the pillars, `{culture=gulf}` a section for one
 * culture, down to the next heading that is not below it. A code block called `before` and, next, one called `after` are an example.
 *
 * @param name what errors call the file
 */
export function parseCodeOfConduct(source: string, name: string): CodeOfConduct {
  const { fields, lines, firstLine } = readFrontMatter(source, name);
  const { parts, pillars } = readParts(lines, (index, problem) => new UserError(`${name}, line ${firstLine + index}: ${problem}`));
  const missing = PILLARS.filter((pillar) => !pillars.includes(pillar));
  if (pillars.length > 0 && missing.length > 0) {
    throw new UserError(
      `${name}, line 1: the code marks ${pillars.map(quote).join(', ')} but not ${missing.map(quote).join(', ')}: put ${missing.map((pillar) => `{#${pillar}}`).join(', ')} behind the heading of that pillar.`,
    );
  }
  const cultures = [...new Set(parts.flatMap(({ culture }) => culture ?? []))];
  const partsFor = (culture: string): Part[] => {
    if (culture !== '' && !cultures.includes(culture)) {
      const known = cultures.length > 0 ? `it has ${cultures.map(quote).join(', ')}` : 'it has none';
      throw new UserError(
        `${name} has no section for the culture \`${culture}\`; ${known}: mend param \`culture\`, or add {culture=${culture}} behind a heading.`,
      );
    }
    return parts.filter((part) => part.culture === undefined || part.culture === culture);
  };
  return {
    title: fields.get('title') ?? 'Code of conduct',
    version: fields.get('version')!,
    language: fields.get('language') ?? '',
    body: lines.join('\n').trim(),
    pillars,
    cultures,
    rules: (culture) =>
      partsFor(culture)
        .flatMap(({ content }) => (typeof content === 'string' ? content : []))
        .join('\n')
        .replace(/\n{3,}/g, '\n\n')
        .trim(),
    examples: (culture) => partsFor(culture).flatMap(({ content }) => (typeof content === 'string' ? [] : content)),
  };
}

function readFrontMatter(source: string, name: string): { fields: Map<string, string>; lines: string[]; firstLine: number } {
  const lines = source.replace(/^\uFEFF/, '').split(/\r?\n/);
  const end = lines[0]?.trimEnd() === '---' ? lines.findIndex((line, index) => index > 0 && line.trimEnd() === '---') : -1;
  const fields = new Map(
    lines.slice(1, Math.max(end, 1)).flatMap((line) => {
      const at = line.indexOf(':');
      return at < 0 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1).trim()]];
    }),
  );
  if (end < 0 || !fields.get('version')) {
    throw new UserError(
      `${name}, line 1: a code of conduct starts with front matter that names its version: put "---", "version: 1.0.0", "---" on top.`,
    );
  }
  return { fields, lines: lines.slice(end + 1), firstLine: end + 2 };
}

const HEADING = /^(#{1,6})\s+(.*?)\s*(?:\{([^{}]*)\}\s*)?$/;
const FENCE = /^(`{3,}|~{3,})\s*([\p{L}\p{N}_-]*)\s*$/u;
const CULTURE = /^culture=([\p{L}\p{N}-]+)$/u;

function readParts(lines: readonly string[], error: (index: number, problem: string) => UserError): { parts: Part[]; pillars: Pillar[] } {
  const parts: Part[] = [];
  const pillars: Pillar[] = [];
  /** Of the headings above, those with a culture. */
  let cultures: { level: number; name: string }[] = [];
  let before: { text: string; index: number } | undefined;
  const add = (content: Part['content']): void => void parts.push({ culture: cultures.at(-1)?.name, content });
  const checkExample = (): void => {
    if (before) throw error(before.index, 'the example has no rewrite: put a code block called `after` next to it.');
  };
  let isComment = false;
  for (let index = 0; index < lines.length; index++) {
    const bare = withoutComments(lines[index]!, isComment);
    isComment = bare.isComment;
    if (bare.line === '' && lines[index] !== '') continue;
    const { line } = bare;
    const fence = FENCE.exec(line);
    if (fence) {
      const end = lines.findIndex((other, place) => place > index && other.trimEnd() === fence[1]);
      if (end < 0) throw error(index, `the code block has no end: close it with a line of ${fence[1]}.`);
      const block = lines.slice(index + 1, end).join('\n');
      if (fence[2] === 'before') {
        checkExample();
        before = { text: block, index };
      } else if (fence[2] === 'after') {
        if (!before) throw error(index, 'a rewrite must follow its raw text: put a code block called `before` above it.');
        if (before.text.trim() === '') throw error(before.index, 'the example is empty: put a raw text into its code block.');
        add({ before: before.text, after: block });
        before = undefined;
      } else add(lines.slice(index, end + 1).join('\n'));
      index = end;
      continue;
    }
    const heading = HEADING.exec(line);
    if (heading) {
      checkExample();
      const [, marks, title, attributes = ''] = heading as unknown as [string, string, string, string?];
      cultures = cultures.filter(({ level }) => level < marks.length);
      for (const attribute of attributes.split(/\s+/).filter(Boolean)) {
        const pillar = PILLARS.find((known) => attribute === `#${known}`);
        const culture = CULTURE.exec(attribute)?.[1];
        if (pillar && pillars.includes(pillar))
          throw error(index, `the pillar \`${pillar}\` is marked a second time: leave {#${pillar}} at one heading.`);
        if (pillar) pillars.push(pillar);
        else if (culture) cultures.push({ level: marks.length, name: culture });
        else if (!attribute.startsWith('#') && !attribute.startsWith('.'))
          throw error(index, `{${attributes}} is not understood: write {#${PILLARS.join('}, {#')}} or {culture=NAME}.`);
      }
      add(`${marks} ${title}`);
    } else add(line);
  }
  checkExample();
  return { parts, pillars };
}

/** @param isComment whether a comment of the lines above goes on */
function withoutComments(line: string, isComment: boolean): { line: string; isComment: boolean } {
  const [, inside, after] = /^(.*?)-->(.*)$/.exec(isComment ? line : '') ?? [];
  if (isComment && inside === undefined) return { line: '', isComment };
  const whole = (isComment ? after! : line).replace(/<!--.*?-->/g, '');
  const begin = whole.indexOf('<!--');
  return begin < 0 ? { line: whole, isComment: false } : { line: whole.slice(0, begin), isComment: true };
}

const quote = (name: string): string => `\`${name}\``;
