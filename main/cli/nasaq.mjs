#!/usr/bin/env node
// Starts the command on a Node that strips types (22.18 or newer): the running one, or the one in node_modules.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const projectNode = ['../../node_modules/node/bin/node', '../../node_modules/node/bin/node.exe'].map(here).find((name) => existsSync(name));

if (!projectNode) {
  console.error(`nasaq: Nasaq is not set up yet: type \`npm run setup\` in ${here('../..')} first.`);
  process.exitCode = 2;
} else if (process.features.typescript) {
  const { main } = await import('./nasaq.ts');
  process.exitCode = await main(process.argv.slice(2));
} else {
  const child = spawn(projectNode, [here('./nasaq.mjs'), ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to the child too; what is sent to this process alone is passed on.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}
