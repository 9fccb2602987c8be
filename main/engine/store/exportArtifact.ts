import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { UserError } from '../../../nodes/kit/index.ts';
import type { ArtifactSummary } from '../../contract/artifact.ts';

/** Writes an artifact for people: a table as `.jsonl` or `.parquet`, a report as `.json`, a model as a new folder. All or nothing. */
export async function exportArtifact({ kind, columns = [] }: ArtifactSummary, location: string, target: string): Promise<void> {
  try {
    if (kind === 'model') await exportModel(location, target);
    else if (kind === 'report') await exportReport(location, target);
    else {
      const [{ exportTable }, { readTable }] = await Promise.all([import('../data/exportTable.ts'), import('../data/tableFile.ts')]);
      await exportTable(target, columns, readTable(location, columns));
    }
  } catch (error) {
    throw targetError(error, target);
  }
}

async function exportModel(location: string, target: string): Promise<void> {
  if (fs.existsSync(target)) throw new UserError(`${target} exists already; name a new folder for the model.`);
  await viaTemporary(target, (grown) => fs.promises.cp(location, grown, { recursive: true }));
}

async function exportReport(location: string, target: string): Promise<void> {
  if (path.extname(target).toLowerCase() !== '.json')
    throw new UserError(`${target}: a report can be written as .json; choose a name that ends so.`);
  const report = JSON.parse(await fs.promises.readFile(location, 'utf8')) as unknown;
  await viaTemporary(target, (grown) => fs.promises.writeFile(grown, `${JSON.stringify(report, null, 2)}\n`));
}

async function viaTemporary(target: string, write: (grown: string) => Promise<void>): Promise<void> {
  const grown = path.join(path.dirname(target), `.${path.basename(target)}.${randomUUID()}.tmp`);
  try {
    await write(grown);
    await fs.promises.rename(grown, target);
  } finally {
    await fs.promises.rm(grown, { recursive: true, force: true });
  }
}

function targetError(error: unknown, target: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const folder = path.dirname(target);
  switch (code) {
    case 'ENOENT':
      return new UserError(`The folder ${folder} does not exist; make it or choose another target.`);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new UserError(`The folder ${folder} is not writable; choose another target.`);
    case 'ENOSPC':
    case 'EDQUOT':
      return new UserError(`The disk is full: ${target} could not be written; free some space and export again.`);
    case 'EISDIR':
    case 'ENOTDIR':
      return new UserError(
        `${target} cannot be written because a folder is where a file should be, or the other way round; choose another target.`,
      );
    default:
      return error;
  }
}
