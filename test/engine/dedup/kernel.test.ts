import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { DedupKernel } from '../../../main/engine/dedup/DedupKernel.ts';
import { ALL_NORMALISATIONS } from '../../../main/engine/text/normaliseArabic.ts';

const root = path.resolve(import.meta.dirname, '..', '..', '..');

test('the kernel that runs is the one that its source compiles to', async () => {
  const script = pathToFileURL(path.join(root, 'scripts', 'build-kernel.mjs')).href;
  const { compileKernel } = (await import(script)) as { compileKernel(): Promise<string> };
  const present = fs.readFileSync(path.join(root, 'main', 'engine', 'dedup', 'kernelBytes.ts'), 'utf8');
  expect((await compileKernel()) === present || 'run scripts/build-kernel.mjs').toBe(true);
});

describe('XXH64', () => {
  const kernel = new DedupKernel({
    textField: 'text',
    shingles: { of: 'words', size: 3 },
    normalisation: ALL_NORMALISATIONS,
    countsCharacters: false,
    seed: 1,
  });
  const xxh64 = (bytes: Uint8Array, seed: bigint): bigint => {
    const start = kernel.reserveInput(bytes.length);
    kernel.bytes.set(bytes, start);
    return BigInt.asUintN(64, kernel.call.hashBytes(start, bytes.length, seed));
  };

  /** The buffer and the seed of xxHash's own sanity test. */
  const PRIME_32 = 2_654_435_761n;
  const PRIME_64 = 11_400_714_785_074_694_797n;
  function sanityBuffer(length: number): Uint8Array {
    let state = PRIME_32;
    return Uint8Array.from({ length }, () => {
      const byte = Number(state >> 56n);
      state = BigInt.asUintN(64, state * PRIME_64);
      return byte;
    });
  }

  // From xxHash 0.8; 31, 32 and 33 bytes are around the length from which on it takes 32 at a time.
  test.each([
    [0, 0xef46db3751d8e999n, 0xac75fda2929b17efn],
    [1, 0xe934a84adb052768n, 0x5014607643a9b4c3n],
    [4, 0x9136a0dca57457een, 0xcaab286bd8e9fdb5n],
    [8, 0xcdbcf538e71d1348n, 0xfe0c047a5353cdacn],
    [14, 0x8282dcc4994e35c8n, 0xc3bd6bf63deb6df0n],
    [31, 0x299b39a290e6d783n, 0xda673d5feb5c1d79n],
    [32, 0x18b216492bb44b70n, 0xb3f33bdf93ade409n],
    [33, 0x55c8dc3e578f5b59n, 0xe92c292f64bc3071n],
    [63, 0xa9efbe0fa0f3f4e7n, 0x6c911fadb05b6fc2n],
    [222, 0xb641ae8cb691c174n, 0x20cb8ab7ae10c14an],
    [2243, 0x6580659b3a2fd03dn, 0x7e2e7265ebd87ae5n],
  ])('of the first %i bytes of the sanity buffer is the reference’s', (length, unseeded, seeded) => {
    expect(xxh64(sanityBuffer(length), 0n)).toBe(unseeded);
    expect(xxh64(sanityBuffer(length), PRIME_32)).toBe(seeded);
  });

  test('of texts is the reference’s', () => {
    expect(xxh64(Buffer.from('abc'), 0n)).toBe(0x44bc2cf5ad770999n);
    expect(xxh64(Buffer.from('السلام عليكم ورحمة الله وبركاته'), 0x9e3779b185ebca87n)).toBe(0x18ee158156fb55a1n);
  });
});
