import path from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, test } from 'vitest';
import { importProblem, rooms } from '../../scripts/rooms.mjs';

const root = path.resolve(import.meta.dirname, '..', '..');

describe('the import table', () => {
  test.each([
    ['nodes/kit/params.ts', '../../main/contract/graph.ts', 'nodes/kit may not import main/contract'],
    ['nodes/dedup/spec.ts', './run.ts', 'spec may not import run'],
    ['nodes/dedup/spec.ts', 'zod', 'spec may not import the package "zod"'],
    ['nodes/dedup/run.ts', '../corpus/spec.ts', 'run may not import spec'],
    ['nodes/dedup/run.ts', '../../main/engine/store/catalogue.ts', 'run may not import main/engine'],
    ['nodes/dedup/view.tsx', '../../renderer/canvas/Canvas.tsx', 'view may not import renderer'],
    ['main/contract/api.ts', '../engine/Engine.ts', 'main/contract may not import main/engine'],
    ['main/engine/text/segment.ts', '../store/catalogue.ts', 'engine libraries may not import main/engine'],
    ['main/engine/openEngine.ts', 'electron', 'main/engine may not import the package "electron"'],
    ['main/engine/openEngine.ts', '../app/window.ts', 'main/engine may not import main/app'],
    ['main/app/window.ts', '../engine/openEngine.ts', 'main/app may not import main/engine'],
    ['main/index.ts', './cli/nasaq.ts', 'main/app may not import main/cli'],
    ['renderer/canvas/Canvas.tsx', '../../main/engine/Engine.ts', 'renderer may not import main/engine'],
    ['renderer/canvas/Canvas.tsx', 'better-sqlite3', 'renderer may not import the package'],
    ['renderer/ui/Button.tsx', '../state/graphStore.ts', 'renderer/ui may not import renderer'],
    ['main/cli/nasaq.ts', '../../scripts/rooms.mjs', 'belongs to no room'],
  ])('%s importing %s is refused', (file, specifier, problem) => {
    expect(importProblem(file, specifier)).toContain(problem);
  });

  test.each([
    ['nodes/dedup/run.ts', './spec.ts'],
    ['nodes/dedup/run.ts', '../../main/engine/dedup/minHash.ts'],
    ['nodes/dedup/run.ts', '../kit/index.ts'],
    ['nodes/dedup/view.tsx', '../../renderer/ui/Button.tsx'],
    ['main/engine/openEngine.ts', '../contract/plan.ts'],
    ['main/engine/openEngine.ts', './dedup/minHash.ts'],
    ['main/cli/nasaq.ts', '../engine/openEngine.ts'],
    ['renderer/canvas/Canvas.tsx', '../../nodes/dedup/spec.ts'],
    ['test/engine/cli.test.ts', '../../renderer/ui/Button.tsx'],
  ])('%s importing %s is fine', (file, specifier) => {
    expect(importProblem(file, specifier)).toBeUndefined();
  });

  test('every room of the table stands in ARCHITECTURE.md', async () => {
    const { readFile } = await import('node:fs/promises');
    const table = await readFile(path.join(root, 'ARCHITECTURE.md'), 'utf8');
    for (const { name } of rooms.filter(({ name }) => name.includes('/') && name !== 'renderer/ui')) expect(table).toContain(`\`${name}\``);
  });
});

describe('the linter', () => {
  const eslint = new ESLint({ cwd: root });
  const lint = async (filePath: string, code: string) => {
    const [result] = await eslint.lintText(code, { filePath: path.join(root, filePath) });
    return result!.messages.filter(({ ruleId }) => ruleId === 'nasaq/rooms').map(({ message }) => message);
  };

  test.each([
    ['a static import', `import { openEngine } from '../engine/openEngine.ts';\nopenEngine();\n`],
    ['a type import', `import type { Engine } from '../engine/Engine.ts';\nexport type Mine = Engine;\n`],
    ['a re-export', `export * from '../engine/Engine.ts';\n`],
    ['a named re-export', `export { openEngine } from '../engine/openEngine.ts';\n`],
    ['a dynamic import', `export const load = () => import('../engine/openEngine.ts');\n`],
    ['an import type', `export type Mine = import('../engine/Engine.ts').Engine;\n`],
  ])('reports %s across rooms', async (_, code) => {
    expect(await lint('main/app/window.ts', code)).toEqual([expect.stringContaining('main/app may not import main/engine')]);
  });

  test('is content with the same import in a room that may', async () => {
    expect(await lint('main/cli/nasaq.ts', `import { openEngine } from '../engine/openEngine.ts';\nopenEngine();\n`)).toEqual([]);
  });
});
