import fs from 'node:fs';
import type { ArtifactSummary } from '../../contract/artifact.ts';
import { fileDigest, folderDigest } from './contentDigest.ts';
import type { Store } from './openStore.ts';

/** Reads every artifact again. One that is not what its name says is marked, so that no run reuses it. */
export async function verifyCache({ catalogue, artifacts }: Store): Promise<{ digest: string; problem?: string }[]> {
  const digests = catalogue.prepare('SELECT digest FROM artifacts ORDER BY made').pluck().all() as string[];
  const results: { digest: string; problem?: string }[] = [];
  for (const digest of digests) {
    const summary = artifacts.summary(digest);
    if (!summary) continue;
    const problem = await problemOf(summary, artifacts.location(digest, summary.kind));
    if (problem !== undefined) artifacts.markDamaged(digest);
    results.push({ digest, ...(problem === undefined ? {} : { problem }) });
  }
  return results;
}

async function problemOf(summary: ArtifactSummary, location: string): Promise<string | undefined> {
  if (!fs.existsSync(location)) return `the ${summary.kind} is missing from the disk`;
  try {
    return (await digestOf(summary, location)) === summary.digest ? undefined : `the ${summary.kind} on disk has other content`;
  } catch (error) {
    return `the ${summary.kind} cannot be read (${(error as Error).message.split('\n')[0]})`;
  }
}

async function digestOf({ kind, columns = [] }: ArtifactSummary, location: string): Promise<string> {
  if (kind === 'model') return folderDigest(location);
  if (kind === 'report') return fileDigest(location);
  const [{ readTable }, { tableDigest }] = await Promise.all([import('../data/tableFile.ts'), import('../data/tableDigest.ts')]);
  const digest = tableDigest(columns);
  for await (const row of readTable(location, columns)) digest.add(row);
  return digest.finish();
}
