// The whole pipeline on the shipped sample: node scripts/demo.mjs
import { existsSync } from 'node:fs';
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
    if (existsSync(path.join(root, 'out', 'main', 'index.js'))) return 'built before';
    if (!(await runNpm(['run', '--silent', 'build'], { stdout: 'ignore' })))
      throw new SetupError('The app could not be built: the lines above say why.');
    return 'built';
  });
  const electron = path.join(root, 'node_modules', 'electron', 'cli.js');
  if (!(await run(process.execPath, [electron, '.', WORKFLOW])))
    throw new SetupError('The app ended with an error: the lines above say why.');
}
