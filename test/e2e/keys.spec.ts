import fs from 'node:fs';
import path from 'node:path';
import type { NasaqBridge } from '../../main/contract/api.ts';
import { ChatServer, json, streamed } from '../engine/endpoint/ChatServer.ts';
import { expect, test } from './launchApp.ts';
import { writeWorkflow } from './workflows.ts';

declare const nasaq: NasaqBridge;
const key = 'sk-test-77d0c1e94fa25b38';

/** Links are not followed: one leads to the trainers' Python. */
const filesUnder = (folder: string): string[] =>
  fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(file) : entry.isFile() ? [file] : [];
  });

test('a saved key reaches its server through the engine, and neither the page nor any file shows it', async ({ launch, folder }) => {
  const server = await ChatServer.start((call) =>
    call.headers.authorization === `Bearer ${key}` ? streamed([`${call.body.messages.at(-1)!.content}!`]) : json(401, {}),
  );
  try {
    const rows = ['نص أول', 'نص ثان'].map((text) => JSON.stringify({ text }));
    fs.writeFileSync(path.join(folder, 'a.jsonl'), rows.join('\n'));
    const node = (id: string, type: string, version: number, params: Record<string, unknown>) => ({
      id,
      type,
      version,
      params,
      position: { x: 0, y: 0 },
    });
    const endpoint = { expert: 'endpoint', endpointUrl: server.url, endpointModel: 'x', endpointKey: 'MINE' };
    const workflow = {
      nasaq: 1,
      title: 'Keys',
      seed: 1,
      nodes: [node('corpus', 'corpus', 2, { files: ['a.jsonl'] }), node('annotate', 'annotate', 5, endpoint)],
      edges: [{ from: { node: 'corpus', port: 'corpus' }, to: { node: 'annotate', port: 'corpus' } }],
    };
    const { app, window } = await launch({ args: [writeWorkflow(folder, 'keys.nasaq.json', workflow as never)] });
    // Where no key ring runs, as on a build machine, Electron's fixed password stands in for one.
    await app.evaluate(({ safeStorage }) => {
      if (safeStorage.isEncryptionAvailable() && (process.platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text'))
        return;
      safeStorage.setUsePlainTextEncryption(true);
      safeStorage.getSelectedStorageBackend = () => 'gnome_libsecret';
    });
    const call = <N extends Parameters<NasaqBridge['call']>[0]>(name: N, request: unknown) =>
      window.evaluate(([asked, given]) => nasaq.call(asked as N, given as never), [name, request] as const);
    expect(await call('setKey', { name: 'mine', url: server.url, key })).toBeNull();
    expect(await call('keys', {})).toEqual({ keys: [{ name: 'MINE', origin: new URL(server.url).origin }], canSave: true });

    await window.locator('article[data-node="annotate"]').waitFor();
    await window.keyboard.press('Control+Enter');
    await expect(window.getByLabel('Run', { exact: true })).toContainText('2 ran');
    expect(server.calls.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${key}`, `Bearer ${key}`]);
    expect(await window.content()).not.toContain(key);
    for (const file of filesUnder(folder)) expect(fs.readFileSync(file, 'latin1').includes(key), file).toBe(false);

    expect(await call('deleteKey', { name: 'MINE' })).toBeNull();
    expect(await call('keys', {})).toMatchObject({ keys: [] });
    expect(await call('queues', {})).toEqual({ queues: [] });
  } finally {
    await server.stop();
  }
});
