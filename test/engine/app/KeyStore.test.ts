import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type KeyCipher, KeyStore } from '../../../main/app/KeyStore.ts';
import { api } from '../../../main/contract/api.ts';

const key = 'sk-test-1f6ac9d07b3e5842';
const server = 'https://api.example.org';
let folder: string;
let file: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nasaq-keys-'));
  file = path.join(folder, 'keys.json');
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

/** As the system's key ring: nothing is told of a key without the ring's own secret. */
function cipher(isSafe = true): KeyCipher {
  const secret = randomBytes(32);
  return {
    isSafe: () => isSafe,
    encrypt(text) {
      const nonce = randomBytes(12);
      const sealing = createCipheriv('aes-256-gcm', secret, nonce);
      const sealed = Buffer.concat([sealing.update(text, 'utf8'), sealing.final()]);
      return Buffer.concat([nonce, sealing.getAuthTag(), sealed]);
    },
    decrypt(bytes) {
      const opening = createDecipheriv('aes-256-gcm', secret, bytes.subarray(0, 12));
      opening.setAuthTag(bytes.subarray(12, 28));
      return Buffer.concat([opening.update(bytes.subarray(28)), opening.final()]).toString('utf8');
    },
  };
}

describe('saved keys', () => {
  test('come back by name in any case, from a file that does not show them and that others may not read', () => {
    const ring = cipher();
    new KeyStore(file, ring).set('Mine', server, key);
    const store = new KeyStore(file, ring);
    expect(store.read('MINE', server)).toBe(key);
    expect(store.list()).toEqual([{ name: 'MINE', origin: server }]);
    expect(fs.readFileSync(file, 'latin1')).not.toContain(key);
    expect(fs.readFileSync(file, 'latin1')).not.toContain(Buffer.from(key).toString('base64'));
    if (process.platform !== 'win32') expect(fs.statSync(file).mode & 0o077).toBe(0);
    expect(fs.readdirSync(folder)).toEqual(['keys.json']);
  });

  test('are for one server: a workflow cannot lead them to another', () => {
    const store = new KeyStore(file, cipher());
    store.set('MINE', server, key);
    for (const other of ['https://api.example.org.evil.test', 'http://api.example.org', 'https://api.example.org:8443'])
      expect(() => store.read('MINE', other)).toThrow(`The key MINE is for ${server} and is not sent to ${other}`);
  });

  test('are replaced and deleted one by one', () => {
    const store = new KeyStore(file, cipher());
    store.set('A', server, key);
    store.set('B', server, 'other');
    store.set('a', server, 'new');
    expect(store.read('A', server)).toBe('new');
    store.delete('A');
    expect([store.read('A', server), store.list().map(({ name }) => name)]).toEqual([undefined, ['B']]);
    expect(store.read('constructor', server)).toBeUndefined();
  });

  test('of another key ring are as good as none', () => {
    new KeyStore(file, cipher()).set('MINE', server, key);
    expect(new KeyStore(file, cipher()).read('MINE', server)).toBeUndefined();
  });

  test('are not kept where there is no key ring', () => {
    const store = new KeyStore(file, cipher(false));
    expect(store.canSave).toBe(false);
    expect(() => store.set('MINE', server, key)).toThrow(/no key ring .* NASAQ_KEY_MINE instead/);
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test.each(['', '{', '{"keys":{"A":"x"}}', '{"keys":{"a b":{"origin":"https://x","key":"eA=="}}}'])(
    'in the damaged file %j are reported',
    (content) => {
      fs.writeFileSync(file, content);
      expect(() => new KeyStore(file, cipher()).read('A', server)).toThrow(/are damaged: delete the file/);
    },
  );
});

describe('what the page may ask about keys', () => {
  test.each([
    { name: 'sk-abc', url: server, key },
    { name: 'A', url: 'file:///x', key },
    { name: 'A', url: server, key: '' },
    { name: 'A', url: server },
  ])('%j is refused', (request) => {
    expect(api.setKey.request.safeParse(request).success).toBe(false);
  });

  test('never has a value in its reply', () => {
    expect(api.setKey.request.safeParse({ name: 'A', url: server, key }).success).toBe(true);
    expect(api.keys.reply.safeParse({ keys: [{ name: 'A', origin: server }], canSave: true }).success).toBe(true);
    expect(api.keys.reply.safeParse({ keys: [{ name: 'A', origin: server, key }], canSave: true }).success).toBe(false);
  });
});
