// All checks and tests: node scripts/test.mjs [--quick]
// --quick: types, lint, format and unit tests, for everyday use (`npm run check`).
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setup } from './setup.mjs';
import { mainly, projectEnv, projectNode, run, runNpm, runTool } from './steps.mjs';

const quick = process.argv.includes('--quick');
const reports = mkdtempSync(path.join(os.tmpdir(), 'nasaq-test-'));
const totals = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

/** A check passes or fails as a whole, and counts as a failure when it fails. */
async function check(name, work) {
  console.log(`\n== ${name}`);
  const start = performance.now();
  const ok = await work();
  if (!ok) {
    totals.failed++;
    failures.push(name);
  }
  console.log(`== ${name}: ${ok ? 'ok' : 'FAILED'} (${((performance.now() - start) / 1000).toFixed(0)} s)`);
  return ok;
}

/** A runner's tests are counted from its report; one that leaves no report, or fails without a failed test, is a failure by itself. */
async function suite(name, work, counts) {
  console.log(`\n== ${name}`);
  const start = performance.now();
  const ok = await work();
  let counted = { passed: 0, failed: 0, skipped: 0 };
  try {
    counted = counts();
  } catch {
    console.error(`${name} left no report of its tests.`);
  }
  if (counted.failed === 0 && (!ok || counted.passed === 0)) counted.failed = 1;
  for (const key of Object.keys(totals)) totals[key] += counted[key];
  if (counted.failed > 0) failures.push(name);
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(`== ${name}: ${counted.passed} passed, ${counted.failed} failed, ${counted.skipped} skipped (${seconds} s)`);
}

async function unitTests() {
  const file = path.join(reports, 'vitest.json');
  await suite(
    'Engine, command line and window (vitest)',
    () =>
      runTool('vitest/vitest.mjs', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`], {
        stdin: 'ignore',
        minutes: 25,
      }),
    () => {
      const report = JSON.parse(readFileSync(file, 'utf8'));
      // A file that cannot be loaded has no tests to fail.
      const broken = report.testResults.filter(
        ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
      ).length;
      return {
        passed: report.numPassedTests,
        failed: report.numFailedTests + broken,
        skipped: report.numPendingTests + report.numTodoTests,
      };
    },
  );
}

async function pythonTests() {
  const { interpreter: python, packages } = await trainersPython();
  const env = { ...projectEnv(), PYTHONPATH: packages };
  const lint = { env, stdin: 'ignore', minutes: 5 };
  await check('Python style (ruff)', () =>
    run(
      python,
      ['-m', 'ruff', 'check', '--no-cache', '--config', 'resources/python/pyproject.toml', 'resources', 'nodes', 'bench', 'test/python'],
      lint,
    ),
  );
  const file = path.join(reports, 'pytest.xml');
  await suite(
    'Trainers (pytest)',
    () =>
      run(python, ['-m', 'pytest', '-q', '-rs', 'test/python', `--junitxml=${file}`, '-p', 'no:cacheprovider'], {
        env,
        stdin: 'ignore',
        minutes: 20,
      }),
    () => {
      const [, attributes] = /<testsuite ([^>]*)>/.exec(readFileSync(file, 'utf8'));
      const number = (name) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(attributes)?.[1] ?? 0);
      const failed = number('failures') + number('errors');
      return { passed: number('tests') - failed - number('skipped'), failed, skipped: number('skipped') };
    },
  );
}

/** The interpreter that the engine itself would use. */
async function trainersPython() {
  const { findPython } = await import('../main/engine/python/environment.ts');
  const { sourcePaths } = await import('../main/engine/EnginePaths.ts');
  return findPython(sourcePaths());
}

async function windowTests() {
  const built = await check('Build', () => runNpm(['run', '--silent', 'build'], { stdin: 'ignore', minutes: 10 }));
  if (!built) return;
  const file = path.join(reports, 'playwright.json');
  const env = { ...projectEnv(), PLAYWRIGHT_JSON_OUTPUT_NAME: file };
  await suite(
    'A real window (Playwright)',
    () => runNpm(['run', '--silent', 'test:e2e', '--', '--reporter=list,json'], { env, stdin: 'ignore', minutes: 20 }),
    () => {
      const { stats } = JSON.parse(readFileSync(file, 'utf8'));
      return { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped };
    },
  );
}

async function everything() {
  const options = { stdin: 'ignore', minutes: 10 };
  await check('Types of the engine, command line and tests', () => runTool('typescript/bin/tsc', ['-p', 'tsconfig.node.json'], options));
  await check('Types of the window', () => runTool('typescript/bin/tsc', ['-p', 'tsconfig.web.json'], options));
  await check("Types of the window's tests", () => runTool('typescript/bin/tsc', ['-p', 'tsconfig.e2e.json'], options));
  await check('Lint', () => runTool('eslint/bin/eslint.js', ['.', '--max-warnings=0'], options));
  await check('Format', () => runTool('prettier/bin/prettier.cjs', ['--check', '--log-level=warn', '.'], options));
  await unitTests();
  if (!quick) {
    await pythonTests();
    await windowTests();
  }
  if (failures.length > 0) console.log(`\nNot right: ${failures.join('; ')}`);
  console.log(`\n${totals.passed} passed, ${totals.failed} failed${totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''}`);
  process.exitCode = totals.failed === 0 && totals.passed > 0 ? 0 : 1;
}

await mainly(async () => {
  try {
    // The tests themselves run on the project's Node, which is there only after setup.
    if (process.argv.includes('--set-up')) await everything();
    else {
      await setup({ tests: !quick });
      process.exitCode = (await run(projectNode, [...process.argv.slice(1), '--set-up'])) ? 0 : 1;
    }
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
});
