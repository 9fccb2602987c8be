import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { folderDigest } from '../../../main/engine/scoring/folderDigest.ts';
import { folderDigest as sourceDigest } from '../../../main/engine/store/contentDigest.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nasaq-digest-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

/** As the Hugging Face cache keeps models: `snapshots` has links into `blobs`. */
function linkedModel(name: string, weights: string): string {
  const model = path.join(folder, 'snapshots', name);
  fs.mkdirSync(path.join(model, 'onnx'), { recursive: true });
  fs.mkdirSync(path.join(folder, 'blobs'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'blobs', name), weights);
  fs.symlinkSync(path.join(folder, 'blobs', name), path.join(model, 'onnx', 'model.onnx'));
  fs.symlinkSync(path.join(folder, 'blobs', name), path.join(model, 'config.json'));
  return model;
}

it('tells models apart whose files are links, and is the digest that the store knows', async () => {
  const [one, other] = [linkedModel('one', 'a'), linkedModel('other', 'b')];
  expect(await folderDigest(one)).not.toBe(await folderDigest(other));
  expect(await folderDigest(one)).toBe(await sourceDigest(one));
});

it('names a folder that is not there', async () => {
  await expect(folderDigest(path.join(folder, 'none'))).rejects.toThrow(/Model folder .* cannot be read/);
});
