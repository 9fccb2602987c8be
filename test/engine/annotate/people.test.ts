import Database from 'better-sqlite3';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { queueRowSchema, queueSummarySchema } from '../../../main/contract/queue.ts';
import type { Engine } from '../../../main/engine/Engine.ts';
import catalogueOfVersion1 from '../../../main/engine/store/migrations/0001_catalogue.ts';
import { ChatServer, streamed } from '../endpoint/ChatServer.ts';
import { type Bench, makeBench } from '../testNodes.ts';
import { annotate, annotateWorkflow, type Documents, nodeTypes, type Params } from './annotateBench.ts';

let bench: Bench;
let engine: Engine;
beforeEach(() => {
  bench = makeBench();
  engine = bench.open(nodeTypes);
});
afterEach(() => bench.clear());

const documents: Documents = [
  { id: 'a', text: 'خبرررر أول' },
  { id: 'b', text: 'خبر ثان' },
  { id: 'c', text: 'خبر ثالث' },
  { id: 'd', text: 'خبر رابع' },
  { id: 'e', text: '' },
];
const run = (params: Params = {}, given: Documents = documents) =>
  annotate(engine, annotateWorkflow(bench, given, { expert: 'people', ...params }));
const queue = () => engine.queues.list()[0]!;
const rows = () => engine.queues.rows({ queue: queue().queue, offset: 0, limit: 100 });
const rowOf = (id: string) => rows().find((row) => row.id === id)!.row;

describe('people', () => {
  test('find the texts in a queue, with drafts by rules, while the node says how many wait', async () => {
    const { status, error } = await run();
    expect([status, error]).toEqual([
      'failed',
      'Node `annotate`: 4 of 4 texts still wait for people: answer them in the queue, then run again.',
    ]);
    expect(queueSummarySchema.parse(queue())).toMatchObject({ node: 'annotate', title: 'test', counts: { waiting: 4, accepted: 0 } });
    expect(
      rows()
        .map((row) => queueRowSchema.parse(row))
        .map(({ id, before, draft, state, after }) => [id, before, draft, state, after]),
    ).toEqual([
      ['a', 'خبرررر أول', 'خبر أول', 'waiting', null],
      ['b', 'خبر ثان', 'خبر ثان', 'waiting', null],
      ['c', 'خبر ثالث', 'خبر ثالث', 'waiting', null],
      ['d', 'خبر رابع', 'خبر رابع', 'waiting', null],
    ]);
  });

  test('accept, edit, reject and skip; when all is answered the node gives their pairs', async () => {
    await run();
    const { queue: name } = queue();
    engine.queues.answer(name, [
      { row: rowOf('a'), state: 'accepted' },
      { row: rowOf('b'), state: 'edited', text: 'خبرٌ ثانٍ' },
    ]);
    expect((await run()).error).toContain('2 of 4 texts still wait for people');
    expect(engine.queues.rows({ queue: name, state: 'waiting', offset: 1, limit: 5 }).map(({ id }) => id)).toEqual(['d']);
    const counts = engine.queues.answer(name, [
      { row: rowOf('c'), state: 'rejected' },
      { row: rowOf('d'), state: 'skipped' },
    ]);
    expect(counts).toEqual({ waiting: 0, accepted: 1, edited: 1, rejected: 1, skipped: 1 });
    const { pairs, report } = await run();
    expect(pairs).toEqual([
      { id: 'a', before: 'خبرررر أول', after: 'خبر أول', changes: 'accepted' },
      { id: 'b', before: 'خبر ثان', after: 'خبرٌ ثانٍ', changes: 'edited' },
    ]);
    expect(report!.findings.join(' ')).toContain('3 documents gave no pair: 1 rejected by people, 1 skipped by people, 1 without text.');
  });

  test('are asked only about what is new in a grown corpus, and after a crash about what was open', async () => {
    await run();
    engine.queues.answer(
      queue().queue,
      rows().map(({ row }) => ({ row, state: 'accepted' })),
    );
    await bench.close();
    engine = bench.open(nodeTypes);
    const { error } = await run({}, [...documents, { id: 'f', text: 'خبر سادس' }]);
    expect(error).toContain('1 of 5 texts still wait for people');
    expect(engine.queues.list()).toHaveLength(1);
    expect(rows().map(({ id, state }) => `${id} ${state}`)).toEqual(['a accepted', 'b accepted', 'c accepted', 'd accepted', 'f waiting']);
  });

  test('may change their minds: what was made of the old answers is not used again', async () => {
    await run();
    const { queue: name } = queue();
    engine.queues.answer(
      name,
      rows().map(({ row }) => ({ row, state: 'accepted' })),
    );
    expect((await run()).status).toBe('ran');
    expect((await run()).status).toBe('reused');
    engine.queues.answer(name, [{ row: rowOf('b'), state: 'accepted' }]);
    expect((await run()).status).toBe('reused');
    engine.queues.answer(name, [{ row: rowOf('b'), state: 'edited', text: 'آخر' }]);
    const again = await run();
    expect([again.status, again.reasons, again.pairs[1]!.after]).toEqual(['ran', ['people changed answers in its queue'], 'آخر']);
    engine.queues.answer(name, [{ row: rowOf('b'), state: 'waiting' }]);
    expect((await run()).error).toContain('1 of 4 texts still wait');
  });

  test('are asked again under another code of conduct, and not under another draft', async () => {
    await run();
    engine.queues.answer(
      queue().queue,
      rows().map(({ row }) => ({ row, state: 'accepted' })),
    );
    expect((await run({ draft: 'raw' })).status).toBe('ran');
    expect((await run({ culture: 'gulf' })).error).toContain('4 of 4 texts still wait');
  });

  test('can start from an endpoint’s drafts', async () => {
    const server = await ChatServer.start((call) => streamed([`${call.body.messages.at(-1)!.content}، بعد`]));
    try {
      await run({ draft: 'endpoint', endpointUrl: server.url, endpointModel: 'x' });
      expect(rows().map(({ draft }) => draft)).toEqual(documents.slice(0, 4).map(({ text }) => `${text}، بعد`));
    } finally {
      await server.stop();
    }
  });

  test('answer all or nothing, and only what is in the queue', async () => {
    await run();
    const { queue: name } = queue();
    expect(() =>
      engine.queues.answer(name, [
        { row: rowOf('a'), state: 'accepted' },
        { row: 'none', state: 'skipped' },
      ]),
    ).toThrow('The queue has no row none');
    expect(queue().counts.waiting).toBe(4);
    expect(() => engine.queues.answer('0'.repeat(64), [])).toThrow('There is no queue 000000000000');
  });
});

test('a cache from before there were queues gets them, and keeps its actions', async () => {
  await bench.close();
  const cache = path.join(bench.folder, 'cache');
  fs.rmSync(cache, { recursive: true });
  fs.mkdirSync(cache);
  const old = new Database(path.join(cache, 'catalogue.sqlite'));
  old.exec(catalogueOfVersion1);
  old.pragma('user_version = 1');
  old.exec("INSERT INTO actions (key, node_type, ingredients, seconds, made) VALUES ('k', 'corpus', '{}', 2.5, 1)");
  old.close();
  engine = bench.open(nodeTypes);
  expect((await run()).error).toContain('4 of 4 texts still wait for people');
  await bench.close();
  const now = new Database(path.join(cache, 'catalogue.sqlite'));
  expect(now.prepare("SELECT seconds, outdated FROM actions WHERE key = 'k'").get()).toEqual({ seconds: 2.5, outdated: 0 });
  now.close();
});
