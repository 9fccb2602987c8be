import fs from 'node:fs';
import path from 'node:path';
import { UserError } from '../../../nodes/kit/index.ts';
import { storageError } from '../run/storageError.ts';
import { ActionLocks } from './ActionLocks.ts';
import { ActionStore } from './ActionStore.ts';
import { ArtifactStore } from './ArtifactStore.ts';
import { type Catalogue, openCatalogue } from './openCatalogue.ts';
import { QueueStore } from './QueueStore.ts';
import { RowResultStore } from './RowResultStore.ts';
import { RunStore } from './RunStore.ts';
import { SourceDigests } from './SourceDigests.ts';

export interface Store {
  readonly folder: string;
  readonly catalogue: Catalogue;
  readonly artifacts: ArtifactStore;
  readonly actions: ActionStore;
  readonly rowResults: RowResultStore;
  readonly queues: QueueStore;
  readonly sources: SourceDigests;
  readonly runs: RunStore;
  readonly locks: ActionLocks;
  /** Kept over interruptions, until the action succeeds. */
  workFolder(key: string): string;
  /** Outputs of an action while they are written. */
  stagingFolder(key: string): string;
  close(): void;
}

/** Opens or makes a cache folder; several processes may have it open. Throws UserError when it cannot be written. */
export function openStore(folder: string): Store {
  try {
    const work = path.join(folder, 'work');
    makeFolder(work);
    fs.accessSync(folder, fs.constants.W_OK);
    const catalogue = openCatalogue(path.join(folder, 'catalogue.sqlite'));
    const artifacts = new ArtifactStore(catalogue, folder);
    return {
      folder,
      catalogue,
      artifacts,
      actions: new ActionStore(catalogue, artifacts),
      rowResults: new RowResultStore(catalogue),
      queues: new QueueStore(catalogue),
      sources: new SourceDigests(catalogue),
      runs: new RunStore(catalogue),
      locks: new ActionLocks(catalogue),
      workFolder: (key) => path.join(work, key),
      stagingFolder: (key) => path.join(work, `${key}.out`),
      close: () => catalogue.close(),
    };
  } catch (error) {
    throw storageError(error, folder, 'opening the cache');
  }
}

/** Node's own recursive `mkdir` never ends where the system says ENOENT below a folder that is there, as under /proc. */
function makeFolder(folder: string): void {
  try {
    fs.mkdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
    if (code === 'ENOENT' && !fs.existsSync(path.dirname(folder))) {
      makeFolder(path.dirname(folder));
      makeFolder(folder);
      return;
    }
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EEXIST') {
      throw new UserError(`The cache folder ${folder} cannot be made (${code}): choose another cache folder.`);
    }
    throw error;
  }
}
