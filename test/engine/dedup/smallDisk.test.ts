import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { deduplicate } from '../../../main/engine/dedup/deduplicate.ts';
import { DedupFolder, failureOf } from './DedupFolder.ts';
import { digestOf } from './digestOf.ts';
import { mixedDocuments } from './mixedDocuments.ts';

const mount = (folder: string, ...options: string[]): void => {
  execFileSync('mount', ['-t', 'tmpfs', '-o', options.join(','), 'tmpfs', folder], { stdio: 'ignore' });
};
const canMount = process.platform === 'linux' && process.getuid?.() === 0 && mounts(fs.mkdtempSync(path.join(os.tmpdir(), 'nasaq-probe-')));
function mounts(folder: string): boolean {
  try {
    mount(folder, 'size=1m');
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    fs.rmdirSync(folder);
  }
}

describe.skipIf(!canMount)('a disk that is full (needs root, to mount)', () => {
  const documents = mixedDocuments(89, 6_000);
  const sizes = { blockBytes: 200_000 };

  test.each([0.02, 0.5, 0.9, 0.995])('after %f of what is needed says so, and what was finished is sound', async (share) => {
    const folder = new DedupFolder();
    const file = folder.write('a.jsonl', documents);
    const options = folder.options([file], { threshold: 0.5, shingles: { of: 'words', size: 2 }, threads: 2, allPairs: true });
    const expected = digestOf(await deduplicate(options, sizes), { pairs: true });
    const bytes = fs
      .readdirSync(options.workFolder, { recursive: true, withFileTypes: true })
      .reduce(
        (sum, entry) => sum + (entry.isFile() ? 4096 * Math.ceil(fs.statSync(path.join(entry.parentPath, entry.name)).size / 4096) : 0),
        0,
      );
    const disk = folder.file('disk');
    fs.mkdirSync(disk);
    mount(disk, `size=${Math.floor(share * bytes)}`);
    onTestFinished(() => void execFileSync('umount', ['-l', disk]));
    const small = { ...options, workFolder: path.join(disk, 'work') };
    expect((await failureOf(deduplicate(small, sizes))).code).toBe('ENOSPC');
    expect((await failureOf(deduplicate(small, sizes))).code).toBe('ENOSPC');
    mount(disk, 'remount', 'size=64m');
    expect(digestOf(await deduplicate(small, sizes), { pairs: true })).toBe(expected);
  });
});
