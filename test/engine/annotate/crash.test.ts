import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ChatServer, streamed } from '../endpoint/ChatServer.ts';
import { finishedOf, graphNode, nasaq, saved, startNasaq, temporaryFolder, workflow } from '../runNasaq.ts';

const DOCUMENTS = 60;
const AT_ONCE = 4;

test('a process that is killed has lost the requests under way and nothing else', async () => {
  const home = await temporaryFolder();
  await writeFile(
    path.join(home, 'a.jsonl'),
    Array.from({ length: DOCUMENTS }, (_, at) => `${JSON.stringify({ text: `نص ${at}` })}\n`).join(''),
  );
  let onCall: (count: number) => void = () => undefined;
  const server = await ChatServer.start((_, at) => async (call, response) => {
    onCall(at + 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await streamed([`${call.body.messages.at(-1)!.content}!`])(call, response);
  });
  onTestFinished(() => server.stop());
  const params = { expert: 'endpoint', endpointUrl: server.url, endpointModel: 'x', endpointConcurrency: AT_ONCE };
  const nodes = [graphNode('corpus', 'corpus', { files: ['a.jsonl'] }), { ...graphNode('annotate', 'annotate', params), version: 5 }];
  const file = await saved(home, workflow(nodes, ['corpus.corpus > annotate.corpus']));

  const kills = 3;
  for (let kill = 1; kill <= kills; kill++) {
    const until = kill * 15;
    const { child, ended } = startNasaq(['run', file], { home });
    onCall = (count) => count >= until && child.kill('SIGKILL');
    expect((await ended).code).toBe(null);
  }
  onCall = () => undefined;
  const last = await nasaq(['run', file, '--json'], { home });
  expect(finishedOf(last).nodes[1]!.outputs.pairs!.rows).toBe(DOCUMENTS);
  const asked = server.calls.map(({ body }) => body.messages.at(-1)!.content);
  expect(new Set(asked).size).toBe(DOCUMENTS);
  expect(asked.length).toBeLessThanOrEqual(DOCUMENTS + kills * AT_ONCE);
});
