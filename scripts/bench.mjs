// One benchmark by name: npm run bench -- NAME [--json]
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setup } from './setup.mjs';
import { mainly, projectNode, root, run, SetupError } from './steps.mjs';

await mainly(async () => {
  const [name, ...rest] = process.argv.slice(2);
  const file = path.join('bench', `${name}.bench.ts`);
  const names = readdirSync(path.join(root, 'bench'), { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.bench.ts'))
    .map((entry) => entry.name.replace('.bench.ts', ''));
  if (!names.includes(name)) throw new SetupError(`Name a benchmark: npm run bench -- ${names.join('|')} [--json].`);
  if (!existsSync(projectNode)) await setup();
  process.exitCode = (await run(projectNode, [file, ...rest])) ? 0 : 1;
});
