import { UserError } from '../../../nodes/kit/index.ts';

export interface CodeOfConduct {
  readonly title: string;
  /** What rewrites cite. */
  readonly version: string;
  /** Markdown without the front matter. */
  readonly body: string;
}

/**
 * Markdown with front matter between two lines of `---`: `key: value` lines, of which `version` must be there.
 * @param name what errors call the file
 */
export function parseCodeOfConduct(source: string, name: string): CodeOfConduct {
  const match = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---\r?\n([\s\S]*)$/.exec(source);
  const fields = new Map(
    (match?.[1] ?? '').split(/\r?\n/).flatMap((line) => {
      const at = line.indexOf(':');
      return at < 0 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1).trim()]];
    }),
  );
  const version = fields.get('version');
  if (!match || !version) {
    throw new UserError(
      `${name}, line 1: a code of conduct starts with front matter that names its version: put "---", "version: 1.0.0", "---" on top.`,
    );
  }
  return { title: fields.get('title') ?? 'Code of conduct', version, body: match[2]!.trim() };
}
