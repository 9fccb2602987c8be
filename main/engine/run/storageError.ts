import path from 'node:path';
import { UserError } from '../../../nodes/kit/index.ts';

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'SQLITE_FULL']);
const DAMAGED = new Set(['SQLITE_CORRUPT', 'SQLITE_NOTADB']);
const NOT_WRITABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'SQLITE_READONLY', 'SQLITE_READONLY_DIRECTORY', 'SQLITE_CANTOPEN']);

/**
 * A failure to write under `folder` as one sentence; any other error as it is. DuckDB's errors have no code, only the
 * system's words.
 *
 * @param doing completes "… while": "publishing `kept`"
 */
export function storageError(error: unknown, folder: string, doing: string): unknown {
  if (!(error instanceof Error) || error.name === 'UserError') return error;
  const { code = '', path: touched } = error as NodeJS.ErrnoException;
  if (touched !== undefined && isOutside(touched, folder)) return error;
  if (FULL.has(code) || /no space left on device|quota exceeded|file too large/i.test(error.message)) {
    return new UserError(`The disk is full: ${folder} has no room left while ${doing}; free some space and run again.`);
  }
  if (NOT_WRITABLE.has(code) || (!code && /permission denied|read-only file system/i.test(error.message))) {
    return new UserError(`The folder ${folder} is not writable while ${doing}; change its permissions or choose another cache folder.`);
  }
  if (DAMAGED.has(code)) {
    return new UserError(`The cache ${folder} is damaged (${error.message}) while ${doing}; remove it or choose another cache folder.`);
  }
  return error;
}

function isOutside(touched: string, folder: string): boolean {
  const relative = path.relative(folder, touched);
  // The folder itself may be what could not be made: then the error names one of its parents.
  const isParent = !path.relative(touched, folder).startsWith('..');
  return !isParent && (relative.startsWith('..') || path.isAbsolute(relative));
}
