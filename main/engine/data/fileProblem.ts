import { UserError } from '../../../nodes/kit/index.ts';

const SENTENCES: Record<string, string> = {
  ENOENT: 'there is no such file: choose one that exists.',
  EISDIR: 'this is a folder: choose a file in it.',
  EACCES: 'the file may not be read: ask its owner for permission, or choose another.',
  EPERM: 'the file may not be read: ask its owner for permission, or choose another.',
  Z_BUF_ERROR: 'the compressed file is cut short: fetch it again.',
  ZSTD_error_srcSize_wrong: 'the compressed file is cut short: fetch it again.',
  Z_DATA_ERROR: 'the compressed file is damaged, or its name lies about the compression: fetch it again.',
};

/** What stopped the reading of a file, as one sentence where a person can act on it; anything else as it came. */
export function fileProblem(error: unknown, file: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const sentence = SENTENCES[code] ?? (code.startsWith('ZSTD_') ? SENTENCES.Z_DATA_ERROR : undefined);
  return sentence ? new UserError(`${file}: ${sentence}`, { cause: error }) : error;
}
