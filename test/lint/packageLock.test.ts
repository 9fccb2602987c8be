import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';

interface Locked {
  readonly version: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const root = path.resolve(import.meta.dirname, '..', '..');
const json = async (name: string) => JSON.parse(await readFile(path.join(root, name), 'utf8'));

test('package-lock.json names the packages of every platform, or `npm ci` refuses it on a fresh machine', async () => {
  const { packages } = (await json('package-lock.json')) as { packages: Record<string, Locked> };
  const missing = Object.entries(packages).flatMap(([name, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (wanted) => !(`node_modules/${wanted}` in packages) && !(`${name}/node_modules/${wanted}` in packages),
    ),
  );
  expect(missing).toEqual([]);
});

test('package-lock.json is of this package.json', async () => {
  const { packages } = (await json('package-lock.json')) as { packages: Record<string, Record<string, unknown>> };
  const manifest = await json('package.json');
  for (const field of ['dependencies', 'devDependencies', 'bin']) expect(packages['']![field]).toEqual(manifest[field]);
});
