import fs from 'node:fs';
import type { Artifact, Report } from '../../../nodes/kit/index.ts';
import type { ArtifactSummary } from '../../contract/artifact.ts';
import type { ArtifactStore } from '../store/ArtifactStore.ts';
import { interruptible } from './interruptible.ts';

/** An artifact as nodes see it. */
export function openArtifact(
  { digest, kind, columns = [], rows = 0 }: ArtifactSummary,
  artifacts: Pick<ArtifactStore, 'location'>,
  signal: AbortSignal,
): Artifact {
  const location = artifacts.location(digest, kind);
  if (kind === 'model') return { kind, digest, path: location };
  if (kind === 'report') return { kind, digest, read: () => readReport(location) };
  const read = async function* (only?: readonly string[]) {
    const { readTable } = await import('../data/tableFile.ts');
    yield* readTable(location, columns, only);
  };
  return {
    kind,
    digest,
    columns,
    rowCount: rows,
    path: location,
    rows: (only) => interruptible(read(only), signal),
    columnBytes: async (names) => (await import('../data/tableFile.ts')).tableColumnBytes(location, names),
    writeJsonLines: async (file, members, options) => {
      const { tableJsonLines } = await import('../data/tableJsonLines.ts');
      return tableJsonLines({ file: location, columns }, file, members, { ...options, signal });
    },
  };
}

export const readReport = async (file: string): Promise<Report> => JSON.parse(await fs.promises.readFile(file, 'utf8')) as Report;
