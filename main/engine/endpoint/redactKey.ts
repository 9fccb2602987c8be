/** Shorter parts say nothing about a key. */
const SHORTEST = 6;

/** `text` without the key and without any longer part of it: servers quote keys, whole or with stars in the middle. */
export function redactKey(text: string, key: string | undefined): string {
  if (!key) return text;
  let result = '';
  for (let at = 0; at < text.length;) {
    let length = Math.min(SHORTEST, key.length);
    if (at + length > text.length || !key.includes(text.slice(at, at + length))) {
      result += text[at++]!;
      continue;
    }
    while (at + length < text.length && key.includes(text.slice(at, at + length + 1))) length++;
    result += '[key]';
    at += length;
  }
  return result;
}
