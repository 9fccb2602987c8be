/**
 * Writes nodes/versions.json: what each node type's source was when its version was declared.
 *
 *     npx node scripts/record-versions.mjs [--check]
 *
 * With `--check` it writes nothing, and refuses also what was not recorded. It is a process of its own for tests, too: specs hold
 * functions, and a test runner changes their source as it loads them. Refuses when a node type changed without its version going up, because the cache would serve results of the old source.
 */
import fs from 'node:fs';
import path from 'node:path';
import { compareVersions, readNodeVersions } from './nodeVersions.ts';

const root = path.resolve(import.meta.dirname, '..');
const file = path.join(root, 'nodes', 'versions.json');
const recorded = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
const { next, problems } = compareVersions(recorded, await readNodeVersions(root));
const isCheck = process.argv[2] === '--check';
if (isCheck && problems.length === 0 && JSON.stringify(recorded) !== JSON.stringify(next)) {
  problems.push('nodes/versions.json is not up to date: run scripts/record-versions.mjs.');
}
if (problems.length > 0) {
  for (const problem of problems) console.error(problem);
  process.exitCode = 1;
} else if (!isCheck) {
  fs.writeFileSync(file, `${JSON.stringify(next, null, 2)}\n`);
  console.log(`Recorded ${Object.keys(next).length} node types in nodes/versions.json.`);
}
