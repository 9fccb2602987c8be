export interface JsonError {
  /** Both counted from 1; the column in UTF-16 units, as editors do. */
  readonly line: number;
  readonly column: number;
  /** Completes "at line 3, column 5 …". */
  readonly problem: string;
}

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;

/** Deeper than any workflow; the check calls itself once a level. */
const MAX_DEPTH = 500;

class Stop extends Error {}

/**
 * Where a text stops being JSON (RFC 8259), or nests deeper than can be read; undefined for valid JSON.
 * `JSON.parse` itself names no position for many texts, and words it differently in every runtime.
 */
export function locateJsonError(text: string): JsonError | undefined {
  let at = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at += found[0].length;
    return found !== null;
  };
  const expected = (what: string): never => {
    throw new Stop(
      at < text.length
        ? `${what} is expected, not ${JSON.stringify(String.fromCodePoint(text.codePointAt(at)!))}`
        : `${what} is missing: the file ends there`,
    );
  };
  const string = (what: string): void => {
    if (skip(STRING)) return;
    if (text[at] !== '"') expected(what);
    throw new Stop('a text in quotes is not closed or has a character that JSON does not allow in it');
  };
  let depth = 0;
  const list = (close: string, item: () => void): void => {
    if (++depth > MAX_DEPTH) throw new Stop(`lists and objects stand more than ${MAX_DEPTH} deep in each other`);
    at++;
    skip(SPACE);
    if (text[at] === close) {
      at++;
      depth--;
      return;
    }
    for (;;) {
      item();
      skip(SPACE);
      const mark = text[at];
      if (mark !== ',' && mark !== close) expected(`"," or "${close}"`);
      at++;
      if (mark === close) {
        depth--;
        return;
      }
      skip(SPACE);
    }
  };
  const value = (): void => {
    skip(SPACE);
    if (text[at] === '[') list(']', value);
    else if (text[at] === '{')
      list('}', () => {
        string('a name in double quotes');
        skip(SPACE);
        if (text[at] !== ':') expected('":"');
        at++;
        value();
      });
    else if (text[at] === '"') string('a value');
    else if (!skip(SCALAR)) expected('a value');
  };

  try {
    value();
    skip(SPACE);
    if (at < text.length) expected('the end of the file');
    return undefined;
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    const before = text.slice(0, at);
    return { line: before.split('\n').length, column: at - before.lastIndexOf('\n'), problem: error.message };
  }
}
