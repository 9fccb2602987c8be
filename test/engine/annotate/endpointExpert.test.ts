import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { filesUnder } from '../../../main/engine/store/contentDigest.ts';
import { type Behaviour, type ChatCall, ChatServer, json, raw, streamed, whole } from '../endpoint/ChatServer.ts';
import { type Bench, makeBench, runToEnd } from '../testNodes.ts';
import { annotate, annotateWorkflow, code, type Documents, nodeTypes, type Params } from './annotateBench.ts';

let bench: Bench;
let server: ChatServer | undefined;
beforeEach(() => void (bench = makeBench()));
afterEach(async () => {
  vi.unstubAllEnvs();
  await server?.stop();
  server = undefined;
  await bench.clear();
});

const rawOf = ({ body }: ChatCall): string => body.messages.at(-1)!.content;
/** An expert that takes exclamation marks out. */
const rewriting: Behaviour = (call, response) => streamed([...rawOf(call).replaceAll('!', '')])(call, response);
async function serve(behave: (call: ChatCall, at: number) => Behaviour = () => rewriting): Promise<ChatServer> {
  server = await ChatServer.start(behave);
  return server;
}
const documentsOf = (count: number): Documents => Array.from({ length: count }, (_, at) => ({ id: String(at), text: `نص رقم ${at}!` }));
const endpoint = (url: string, params: Params = {}): Params => ({
  expert: 'endpoint',
  endpointUrl: url,
  endpointModel: 'expert-1',
  endpointRetries: 0,
  ...params,
});

describe('the expert Endpoint', () => {
  test('is told the code of conduct, shown its examples, and given one raw text a request', async () => {
    const { url, calls } = await serve();
    const documents = [
      { id: 'a', text: 'راااائع!' },
      { id: 'b', text: 'نص سليم' },
      { id: 'c', text: '  \n' },
      { id: 'd', text: 'راااائع!' },
    ];
    const { pairs, report, error } = await annotate(bench.open(nodeTypes), annotateWorkflow(bench, documents, endpoint(url)));
    expect(error).toBeUndefined();
    expect(pairs).toEqual([
      { id: 'a', before: 'راااائع!', after: 'راااائع', changes: 'rewritten' },
      { id: 'b', before: 'نص سليم', after: 'نص سليم', changes: '' },
      { id: 'd', before: 'راااائع!', after: 'راااائع', changes: 'rewritten' },
    ]);
    expect(calls).toHaveLength(2);
    const [system, ...turns] = calls[0]!.body.messages;
    for (const heading of ['الشكل', 'القيم', 'ضبط المحتوى', 'حفظ المعرفة']) expect(system!.content).toContain(heading);
    expect(system!.content).not.toMatch(/culture=|\{#|```|<!--|وايد/);
    expect(turns.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'user',
      'assistant',
      'user',
      'assistant',
      'user',
      'assistant',
      'user',
    ]);
    expect(turns.slice(0, 2).map(({ content }) => content)).toEqual(['راااائع   جدا ,اشتركوا في القناة https://example.org', 'رائع جدا']);
    expect(report!.findings.join(' ')).toContain('expert-1 gave 2 answers in this run: 20 tokens in and 10 out.');
  });

  test('is told what the code says for a culture, and no examples where they are turned off', async () => {
    const { url, calls } = await serve();
    const workflow = (params: Params) => annotateWorkflow(bench, documentsOf(1), endpoint(url, params));
    await annotate(bench.open(nodeTypes), workflow({ culture: 'gulf', examples: false }));
    expect(calls[0]!.body.messages).toHaveLength(2);
    expect(calls[0]!.body.messages[0]!.content).toContain('وايد');
    expect(calls[0]!.body.messages[0]!.content).not.toContain('بزاف');
    const { error } = await annotate(bench.open(nodeTypes), workflow({ culture: 'mars' }));
    expect(error).toMatch(/code-of-conduct\.ar\.md has no section for the culture `mars`; it has `gulf`, `egypt`, `levant`, `maghreb`/);
  });

  test('is paid once for each text: a stopped run goes on, a grown corpus asks for what is new, another address asks for nothing', async () => {
    // The fourth call finds the server broken for good.
    let isBroken = true;
    const { url, calls } = await serve((_, at) => (isBroken && at >= 3 ? raw(500, 'no') : rewriting));
    const engine = bench.open(nodeTypes);
    const params = endpoint(url, { endpointConcurrency: 1 });
    const first = await annotate(engine, annotateWorkflow(bench, documentsOf(6), params));
    expect([first.status, first.error]).toEqual([
      'failed',
      expect.stringMatching(/^Node `annotate`: The server at .* answered 500 .*what was answered is kept\.$/),
    ]);
    isBroken = false;
    const asked = () => calls.splice(0).map(rawOf);
    expect(asked()).toHaveLength(4);
    const second = await annotate(engine, annotateWorkflow(bench, documentsOf(6), params));
    expect(second.pairs).toHaveLength(6);
    expect(asked()).toEqual(['نص رقم 3!', 'نص رقم 4!', 'نص رقم 5!']);
    await annotate(engine, annotateWorkflow(bench, documentsOf(7), params));
    expect(asked()).toEqual(['نص رقم 6!']);
    const elsewhere = { ...params, endpointUrl: url.replace('127.0.0.1', 'localhost'), endpointTimeout: 20, endpointConcurrency: 3 };
    expect((await annotate(engine, annotateWorkflow(bench, documentsOf(7), elsewhere))).status).toBe('reused');
    expect(asked()).toEqual([]);
  });

  test.each<[string, Params, (code: string) => string]>([
    ['another model', { endpointModel: 'expert-2' }, (text) => text],
    ['another temperature', { endpointTemperature: 0.5 }, (text) => text],
    ['another rule', {}, (text) => text.replace('1. أصلح', '1. لا تصلح')],
    ['another example', {}, (text) => text.replace('\nرائع جدا\n', '\nرائع\n')],
  ])('%s asks again', async (_, params, edit) => {
    const { url, calls } = await serve();
    const engine = bench.open(nodeTypes);
    await annotate(engine, annotateWorkflow(bench, documentsOf(2), endpoint(url)));
    const edited = bench.write('code.md', edit(fs.readFileSync(code, 'utf8')));
    await annotate(engine, annotateWorkflow(bench, documentsOf(2), endpoint(url, { codeOfConduct: edited, ...params })));
    expect(calls).toHaveLength(4);
  });

  test('goes on without documents that the server breaks over, as many as may fail, and asks for them again when fewer may', async () => {
    let isBroken = true;
    const { url } = await serve((call) => (isBroken && /[14]/.test(rawOf(call)) ? raw(500, 'no') : rewriting));
    const engine = bench.open(nodeTypes);
    const failing = (mayFail: number) => annotateWorkflow(bench, documentsOf(6), endpoint(url, { mayFail }));
    expect((await annotate(engine, failing(1))).error).toContain('answered 500');
    const { pairs, report, events } = await annotate(engine, failing(2));
    expect(pairs.map(({ id }) => id)).toEqual(['0', '2', '3', '5']);
    expect(report!.findings[1]).toBe('2 documents gave no pair: 2 the server gave no answer.');
    expect(events.filter((event) => event.type === 'node-log' && event.line.startsWith('Left out: The server at'))).toHaveLength(2);
    isBroken = false;
    expect((await annotate(engine, failing(0))).pairs).toHaveLength(6);
  });

  test('a higher limit asks again for what was cut off, and for nothing else', async () => {
    const { url, calls } = await serve((call) =>
      rawOf(call).includes('1') && call.body.max_tokens! < 500 ? streamed(['نص'], { finish: 'length' }) : rewriting,
    );
    const engine = bench.open(nodeTypes);
    const limited = (maxTokens: number) => annotateWorkflow(bench, documentsOf(4), endpoint(url, { endpointMaxTokens: maxTokens }));
    expect((await annotate(engine, limited(100))).pairs).toHaveLength(3);
    expect((await annotate(engine, limited(50))).pairs).toHaveLength(3);
    expect(calls).toHaveLength(4);
    expect((await annotate(engine, limited(500))).pairs).toHaveLength(4);
    expect(calls).toHaveLength(5);
  });

  test('what the code says for another culture asks for nothing again', async () => {
    const { url, calls } = await serve();
    const engine = bench.open(nodeTypes);
    await annotate(engine, annotateWorkflow(bench, documentsOf(2), endpoint(url)));
    const edited = bench.write('code.md', fs.readFileSync(code, 'utf8').replace('«وايد» و', ''));
    const again = await annotate(engine, annotateWorkflow(bench, documentsOf(2), endpoint(url, { codeOfConduct: edited })));
    expect([again.status, calls.length]).toEqual(['ran', 2]);
  });

  test('leaves out what is no rewrite, each with its reason', async () => {
    const answers: Behaviour[] = [
      streamed(['عذرًا، لا أستطيع المساعدة في ذلك.']),
      streamed(['نص'], { finish: 'length' }),
      whole('', { finish: 'content_filter' }),
      json(400, { error: { code: 'context_length_exceeded', message: 'x' } }),
      streamed(['  ']),
      streamed(['<|assistant|> نص']),
      streamed(['<think>hm</think>\n```\nنص جيد\n```']),
      streamed([' نص رقم 7! \n']),
    ];
    const { url } = await serve((_, at) => answers[at]!);
    const { pairs, report } = await annotate(
      bench.open(nodeTypes),
      annotateWorkflow(bench, documentsOf(8), endpoint(url, { endpointConcurrency: 1 })),
    );
    expect(pairs.map(({ id, after, changes }) => [id, after, changes])).toEqual([
      ['6', 'نص جيد', 'rewritten'],
      ['7', 'نص رقم 7!', ''],
    ]);
    expect(report!.findings[1]).toBe(
      '6 documents gave no pair: 1 the expert declined, 1 the answer was cut at its longest, 1 the server filtered the answer, ' +
        '1 too long for the model, 1 the answer was empty, 1 the answer shows its instructions.',
    );
  });

  test('stops before its budget is exceeded, keeps what was answered, and goes on with a larger one', async () => {
    const { url, calls } = await serve();
    const engine = bench.open(nodeTypes);
    // 5 tokens come at 1 each; 10 might have come.
    const priced = (budget: number) =>
      annotateWorkflow(bench, documentsOf(6), endpoint(url, { endpointOutputPrice: 1e6, endpointMaxTokens: 10, endpointBudget: budget }));
    const first = await annotate(engine, priced(22));
    expect(first.error).toMatch(/The budget of 22 would be exceeded by the next request: 15 are spent.*raise param `endpointBudget`/);
    expect(calls).toHaveLength(3);
    expect((await annotate(engine, priced(22))).error).toMatch(/15 are spent/);
    expect(calls).toHaveLength(3);
    const { pairs, report } = await annotate(engine, priced(100));
    expect([pairs.length, calls.length]).toEqual([6, 6]);
    expect(report!.findings.join(' ')).toContain('for 15 after 15 in earlier runs');
  });

  test('says how far it is: rows, tokens and cost', async () => {
    const { url } = await serve();
    const { events } = await annotate(
      bench.open(nodeTypes),
      annotateWorkflow(bench, documentsOf(5), endpoint(url, { endpointInputPrice: 1 })),
    );
    const progress = events.filter((event) => event.type === 'node-progress' && event.stage === 'Asking expert-1');
    expect(progress.at(-1)).toMatchObject({ done: 5, total: 5, unit: 'documents' });
    const metric = events.filter((event) => event.type === 'node-metric').at(-1);
    expect(metric).toMatchObject({ step: 5, values: { inputTokens: 50, outputTokens: 25, cost: 50 / 1e6 } });
  });

  test('is cancelled at once, in the middle of answers', async () => {
    const { url, calls } = await serve(() => () => undefined);
    const run = await bench.open(nodeTypes).run({ workflow: annotateWorkflow(bench, documentsOf(5), endpoint(url)) }, () => undefined);
    while (calls.length < 5) await new Promise((resolve) => setTimeout(resolve, 10));
    run.stop('cancel');
    expect((await run.finished).outcome).toBe('cancelled');
  });

  test.each<[Params, RegExp]>([
    [{ endpointModel: '' }, /param `endpointModel` must name the model/],
    [{ endpointUrl: 'nowhere' }, /param `endpointUrl` must be the address/],
    [{ endpointKey: 'sk-proj-0123456789' }, /param `endpointKey` must be the name of a key/],
  ])('%j keeps the workflow from running', async (params, sentence) => {
    const run = runToEnd(bench.open(nodeTypes), {
      workflow: annotateWorkflow(bench, documentsOf(1), endpoint('http://127.0.0.1:9/v1', params)),
    });
    await expect(run).rejects.toThrow(sentence);
  });
});

describe('the key of an endpoint', () => {
  const key = 'sk-test-93b1c7f0a2d84e65';

  test('reaches the server, and no file, event or sentence, whatever the server does with it', async () => {
    vi.stubEnv('NASAQ_KEY_TESTING', key);
    const echoes: Behaviour[] = [
      json(500, { error: { message: `broken for Bearer ${key}` } }),
      raw(503, `Authorization: Bearer ${key}`),
      rewriting,
      json(400, { error: { message: `The key ${key} may not do that` } }),
    ];
    const { url, calls } = await serve((_, at) => echoes[Math.min(at, 3)]!);
    const params = endpoint(url, { endpointKey: 'TESTING', endpointRetries: 3, endpointConcurrency: 1 });
    const { error, events } = await annotate(bench.open(nodeTypes), annotateWorkflow(bench, documentsOf(3), params));
    expect(error).toContain('refused the request as wrong (400) (“The key [key] may not do that”)');
    expect(calls.every(({ headers }) => headers.authorization === `Bearer ${key}`)).toBe(true);
    expect(events.filter(({ type }) => type === 'node-log').length).toBeGreaterThan(0);
    expect(JSON.stringify(events)).not.toContain(key);
    await bench.close();
    const files = filesUnder(bench.folder);
    expect(files).toContain('cache/catalogue.sqlite');
    const encoded = [key, Buffer.from(key).toString('base64').slice(0, 20), encodeURIComponent(key)];
    for (const file of files) {
      const content = fs.readFileSync(path.join(bench.folder, file), 'latin1');
      for (const form of encoded) expect(content.includes(form), file).toBe(false);
    }
  });

  test('is sent to no other server than the one that the environment names for it', async () => {
    vi.stubEnv('NASAQ_KEY_TESTING', key);
    vi.stubEnv('NASAQ_KEY_TESTING_FOR', 'https://api.example.org/v1');
    const { url, calls } = await serve();
    const run = async () =>
      annotate(bench.open(nodeTypes), annotateWorkflow(bench, documentsOf(1), endpoint(url, { endpointKey: 'testing' })));
    expect((await run()).error).toMatch(
      /The key testing is for https:\/\/api\.example\.org\/v1 and is not sent to http:\/\/127\.0\.0\.1:\d+/,
    );
    expect(calls).toHaveLength(0);
    vi.stubEnv('NASAQ_KEY_TESTING_FOR', url);
    expect((await run()).status).toBe('ran');
    expect(calls[0]!.headers.authorization).toBe(`Bearer ${key}`);
  });

  test('that is missing is asked for by name', async () => {
    const { url } = await serve();
    const { error } = await annotate(
      bench.open(nodeTypes),
      annotateWorkflow(bench, documentsOf(1), endpoint(url, { endpointKey: 'NOT_THERE' })),
    );
    expect(error).toMatch(/There is no key NOT_THERE: .*NASAQ_KEY_NOT_THERE, or mend param `endpointKey`\.$/);
  });
});
