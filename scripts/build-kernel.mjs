// Compiles the deduplication kernel to WebAssembly: node scripts/build-kernel.mjs
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = path.resolve(import.meta.dirname, '..');
const source = path.join(root, 'main', 'engine', 'dedup', 'kernel', 'index.ts');
const target = path.join(root, 'main', 'engine', 'dedup', 'kernelBytes.ts');

/** The module that `kernelBytes.ts` should be. */
export async function compileKernel() {
  let binary;
  const { error, stderr } = await asc.main(
    // prettier-ignore
    [source, '--outFile', 'kernel.wasm', '-O3', '--converge', '--noAssert', '--runtime', 'minimal', '--enable', 'simd', '--enable', 'bulk-memory'],
    {
      readFile: (name, base) => readFile(path.resolve(base, name), 'utf8').catch(() => null),
      writeFile: (_name, contents) => void (binary = contents),
    },
  );
  if (error) throw new Error(`The kernel does not compile.\n${stderr.toString()}`);
  const lines = Buffer.from(binary)
    .toString('base64')
    .match(/.{1,120}/g);
  return [
    '// Made by scripts/build-kernel.mjs from kernel/*.ts: change those, then run it again.',
    'export const KERNEL_BASE64 =',
    ...lines.map((line, at) => `  '${line}'${at + 1 < lines.length ? ' +' : ';'}`),
    '',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(target, await compileKernel());
