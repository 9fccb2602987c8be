// The whole pipeline on the shipped sample: node scripts/demo.mjs
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { setup } from './setup.mjs';
import { mainly, projectNode, root, run, runNpm, SetupError, step } from './steps.mjs';

const WORKFLOW = path.join('resources', 'samples', 'native-alignment.nasaq.json');

await mainly(async () => {
  await setup();
  console.log(`\nRunning ${WORKFLOW}`);
  const done = await run(projectNode, [path.join('main', 'cli', 'nasaq.mjs'), 'run', WORKFLOW]);
  if (!done) throw new SetupError('The demo did not finish: the lines above say which node failed and why.');
  console.log(`\nAgain, all of it from the cache:  npx nasaq run ${WORKFLOW}`);
  console.log(`One output as a file:             npx nasaq export ${WORKFLOW} rewrite.pairs pairs.jsonl`);
  if (!hasDisplay()) {
    console.log('There is no display here, so the window stays closed; `npm run dev` opens it where there is one.');
    return;
  }
  await openApp();
});

function hasDisplay() {
  if (process.env.CI === 'true') return false;
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

async function openApp() {
  await step('App', async () => {
    if (isBuilt()) return 'built before';
    if (!(await runNpm(['run', '--silent', 'build'], { stdout: 'ignore' })))
      throw new SetupError('The app could not be built: the lines above say why.');
    return 'built';
  });
  const electron = [path.join('test', 'electron', 'electron-dist.mjs'), projectNode, path.join('node_modules', 'electron', 'cli.js')];
  // Chromium's sandbox does not start for root on Linux.
  const asRoot = process.platform === 'linux' && process.getuid() === 0 ? ['--no-sandbox'] : [];
  if (!(await run(projectNode, [...electron, '.', ...asRoot, WORKFLOW])))
    throw new SetupError('The app ended with an error: the lines above say why.');
}

/** Whether the app was built after its last change. */
function isBuilt() {
  const built = statSync(path.join(root, 'out', 'main', 'index.js'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return ['main', 'renderer', 'nodes']
    .flatMap((folder) => readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true }))
    .every((entry) => !entry.isFile() || statSync(path.join(entry.parentPath ?? entry.path, entry.name)).mtimeMs <= built);
}
