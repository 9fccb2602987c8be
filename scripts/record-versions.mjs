/**
 * Writes nodes/versions.json: what each node type's source was when its version was declared.
 *
 *     npx node scripts/record-versions.mjs
 *
 * Refuses when a node type changed without its version going up, because the cache would serve results of the old source.
 */
import fs from 'node:fs';
import path from 'node:path';
import { compareVersions, readNodeVersions } from './nodeVersions.ts';

const root = path.resolve(import.meta.dirname, '..');
const file = path.join(root, 'nodes', 'versions.json');
const recorded = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
const { next, problems } = compareVersions(recorded, await readNodeVersions(root));
if (problems.length > 0) {
  for (const problem of problems) console.error(problem);
  process.exitCode = 1;
} else {
  fs.writeFileSync(file, `${JSON.stringify(next, null, 2)}\n`);
  console.log(`Recorded ${Object.keys(next).length} node types in nodes/versions.json.`);
}
