import { afterEach, describe, expect, test } from 'vitest';
import type { ChatEndpoint, ChatMessage, EndpointSettings } from '../../../nodes/kit/index.ts';
import { Budget } from '../../../main/engine/endpoint/Budget.ts';
import type { Clock } from '../../../main/engine/endpoint/Clock.ts';
import { openEndpoint } from '../../../main/engine/endpoint/openEndpoint.ts';
import {
  type Behaviour,
  bytes,
  type ChatCall,
  ChatServer,
  completion,
  delta,
  event,
  json,
  raw,
  settingsFor,
  streamed,
  whole,
} from './ChatServer.ts';

const servers: ChatServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

/** Time that passes only while somebody waits, so that back-off takes none. */
function fastClock(): Clock & { waits: number[] } {
  let now = 0;
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    async wait(milliseconds, signal) {
      signal.throwIfAborted();
      waits.push(milliseconds);
      now += milliseconds;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

interface Opened {
  readonly server: ChatServer;
  readonly endpoint: ChatEndpoint;
  readonly clock: ReturnType<typeof fastClock>;
  readonly log: string[];
  readonly stop: AbortController;
}
async function open(
  behave: Behaviour | ((call: ChatCall, at: number) => Behaviour) | readonly Behaviour[],
  settings: Partial<EndpointSettings> = {},
  key?: string,
): Promise<Opened> {
  const choose = (call: ChatCall, at: number): Behaviour => {
    if (Array.isArray(behave)) return (behave as Behaviour[])[Math.min(at, behave.length - 1)]!;
    return async (inner, response) => {
      const chosen = (behave as (call: ChatCall, at: number) => Behaviour | void | Promise<void>)(inner, at);
      if (typeof chosen === 'function') await chosen(call, response);
    };
  };
  const server = await ChatServer.start(choose);
  servers.push(server);
  const clock = fastClock();
  const log: string[] = [];
  const stop = new AbortController();
  const endpoint = openEndpoint(settingsFor(server.url, settings), {
    readKey: async () => key,
    signal: stop.signal,
    log: (line) => log.push(line),
    seed: 1,
    clock,
  });
  return { server, endpoint, clock, log, stop };
}
const always = (behaviour: Behaviour) => [behaviour];
const asked: ChatMessage[] = [
  { role: 'system', content: 'أعد الكتابة' },
  { role: 'user', content: 'نص' },
];

describe('an answer', () => {
  test('comes as a stream, with its tokens counted and its cost', async () => {
    const { endpoint, server } = await open(always(streamed(['صباح ', 'الخير'])), { inputPrice: 2, outputPrice: 10 });
    const seen: number[] = [];
    const answer = await endpoint.ask(asked, { onText: (characters) => seen.push(characters) });
    expect(answer).toEqual({ text: 'صباح الخير', stopped: 'end', inputTokens: 10, outputTokens: 5, cost: (10 * 2 + 5 * 10) / 1e6 });
    expect(seen).toEqual([5, 10]);
    expect(endpoint.usage).toMatchObject({ answers: 1, inputTokens: 10, outputTokens: 5, cost: answer.cost, isEstimated: false });
    const { body, path, headers } = server.calls[0]!;
    expect(path).toBe('/v1/chat/completions');
    expect(headers.authorization).toBeUndefined();
    expect(body).toEqual({
      model: 'expert-1',
      messages: asked,
      temperature: 0,
      max_tokens: 100,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  test('is asked for with whole characters alone', async () => {
    const { endpoint, server } = await open(always(streamed(['x'])));
    await endpoint.ask([{ role: 'user', content: 'نص \ud83d نص\u0000' }]);
    expect(server.calls[0]!.body.messages).toEqual([{ role: 'user', content: 'نص \ufffd نص\u0000' }]);
  });

  test('is the same from a server that does not stream', async () => {
    const { endpoint } = await open(always(whole('صباح الخير')));
    expect(await endpoint.ask(asked)).toMatchObject({ text: 'صباح الخير', stopped: 'end', outputTokens: 5 });
  });

  test('is whole wherever the stream is cut: inside characters, lines and line ends', async () => {
    const text = 'مرحبًا 👋🏽 «x»\n\tنهاية';
    const body = Buffer.from(
      `: alive\r\n\r\n${event(delta(text.slice(0, 9))).replaceAll('\n', '\r\n')}event: x\n${event(delta(text.slice(9), 'stop'))}data: [DONE]`,
    );
    const { endpoint } = await open(always(bytes(...Array.from(body, (_, at) => body.subarray(at, at + 1)))));
    expect((await endpoint.ask(asked)).text).toBe(text);
  });

  test.each([
    ['length', 'length'],
    ['content_filter', 'filtered'],
    ['stop', 'end'],
    ['eos', 'end'],
  ])('that ended by %s says %s', async (finish, stopped) => {
    const { endpoint } = await open([streamed(['نص'], { finish }), whole('نص', { finish })]);
    expect((await endpoint.ask(asked)).stopped).toBe(stopped);
    expect((await endpoint.ask(asked)).stopped).toBe(stopped);
  });

  test.each([
    [
      'vLLM',
      400,
      { object: 'error', message: "This model's maximum context length is 4096 tokens. However, you requested 5000.", code: 400 },
    ],
    ['OpenAI', 400, { error: { message: 'x', code: 'context_length_exceeded' } }],
    [
      'llama.cpp',
      400,
      { error: { code: 400, message: 'the request exceeds the available context size', type: 'exceed_context_size_error' } },
    ],
    ['a proxy', 413, 'Payload Too Large'],
  ])('that does not fit the context of %s concerns that text alone', async (_, status, body) => {
    const { endpoint, server } = await open([json(status, body), streamed(['نص'])]);
    expect(await endpoint.ask(asked)).toMatchObject({ text: '', stopped: 'too-long', cost: 0 });
    expect(await endpoint.ask(asked)).toMatchObject({ text: 'نص' });
    expect(server.calls).toHaveLength(2);
  });

  test('that the server filtered beforehand concerns that text alone', async () => {
    const { endpoint } = await open(always(json(400, { error: { code: 'content_filter', message: 'no' } })));
    expect(await endpoint.ask(asked)).toMatchObject({ text: '', stopped: 'filtered' });
  });

  test('without a count is estimated on the high side, and says so', async () => {
    const { endpoint } = await open(always(streamed(['كلمات كثيرة'], { usage: null })), { outputPrice: 1_000_000 });
    const { outputTokens, cost } = await endpoint.ask(asked);
    expect(outputTokens).toBe(11);
    expect(cost).toBe(11);
    expect(endpoint.usage.isEstimated).toBe(true);
  });

  test.each([[{ prompt_tokens: -1, completion_tokens: 3 }], [{ prompt_tokens: '10' }], ['many']])(
    'with the nonsense count %j is estimated',
    async (usage) => {
      const { endpoint } = await open(always(whole('نص', { usage })));
      await endpoint.ask(asked);
      expect(endpoint.usage.isEstimated).toBe(true);
    },
  );
});

describe('a server that stumbles is asked again', () => {
  const good = streamed(['نص']);
  const broken = (response: Parameters<Behaviour>[1]) => void response.socket!.destroy();
  test.each<[string, Behaviour]>([
    ...[408, 409, 425, 429, 500, 502, 503, 504, 529].map((status): [string, Behaviour] => [`with status ${status}`, raw(status, 'busy')]),
    ['by cutting the connection', (_, response) => broken(response)],
    [
      'by cutting it in the middle of an answer',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(event(delta('ن')), () => broken(response));
      },
    ],
    ['by ending a stream early', bytes(Buffer.from(event(delta('ن'))))],
    ['by ending a stream before it began', bytes(Buffer.from(event('[DONE]')))],
    [
      'with a shorter body than it announced',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
        response.write('{"choices":[{"mess', () => broken(response));
      },
    ],
    ['with half a JSON document', raw(200, JSON.stringify(completion('نص')).slice(0, -9), { 'content-type': 'application/json' })],
    ['with broken JSON in a stream', bytes(Buffer.from('data: {"choices": [}\n\n'))],
    ['with no choices', json(200, { choices: [] })],
    ['with other JSON', json(200, { hello: 1 })],
    ['with a choice of another shape', json(200, { choices: [{ message: { content: 7 } }] })],
    ['with an error under status 200', json(200, { error: { message: 'overloaded', code: 503 } })],
    ['with an error in its stream', bytes(Buffer.from(event(delta('ن')) + event({ error: { message: 'engine died' } })))],
    ['with an endless answer', raw(200, Buffer.alloc(17 * 1024 * 1024, 32), { 'content-type': 'application/json' })],
    ['with an endless line', bytes(Buffer.from('data: '), Buffer.alloc(17 * 1024 * 1024, 32))],
  ])('%s', async (_, stumble) => {
    const { endpoint, server, clock, log } = await open([stumble, stumble, good]);
    expect(await endpoint.ask(asked)).toMatchObject({ text: 'نص' });
    expect(server.calls).toHaveLength(3);
    expect(endpoint.usage).toMatchObject({ answers: 1, retries: 2 });
    expect(clock.waits).toHaveLength(2);
    expect(log).toEqual([expect.stringMatching(/^The server .*; asking again in [\d.]+ s\.$/), expect.anything()]);
  });

  test.each([
    ['a stream', 'text/event-stream', event(delta('ن'))],
    ['a document', 'application/json', '{"choices":'],
  ])('by silence in the middle of %s', async (_, type, begun) => {
    const { endpoint } = await open(
      [
        (_call, response) => {
          response.writeHead(200, { 'content-type': type });
          response.write(begun);
        },
        good,
      ],
      { stallTimeout: 0.1 },
    );
    expect(await endpoint.ask(asked)).toMatchObject({ text: 'نص' });
    expect(endpoint.usage.retries).toBe(1);
  });

  test('by giving no answer in time', async () => {
    const { endpoint, log } = await open([() => undefined, good], { timeout: 0.1 });
    expect(await endpoint.ask(asked)).toMatchObject({ text: 'نص' });
    expect(log[0]).toContain('gave no whole answer within 0.1 s');
  });

  test('by keeping an answer alive past its time', async () => {
    const { endpoint } = await open(
      [
        (_, response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          const timer = setInterval(() => response.write(': alive\n\n'), 20);
          response.once('close', () => clearInterval(timer));
        },
        good,
      ],
      { timeout: 0.3, stallTimeout: 5 },
    );
    expect(await endpoint.ask(asked)).toMatchObject({ text: 'نص' });
  });

  test('waiting longer each time, by chance, and the same with the same seed', async () => {
    const waits = async () => {
      const { endpoint, clock } = await open(always(raw(500, '')), { retries: 6 });
      await expect(endpoint.ask(asked)).rejects.toThrow(/answered 500, 7 times in a row/);
      return clock.waits;
    };
    const first = await waits();
    expect(first).toHaveLength(6);
    first.forEach((wait, attempt) => expect(wait).toBeLessThanOrEqual(1000 * 2 ** attempt));
    expect(new Set(first).size).toBe(6);
    expect(await waits()).toEqual(first);
  });

  test.each([
    ['seconds', () => '7', 7000],
    ['a date', () => new Date(Date.now() + 30_000).toUTCString(), 20_000],
  ])('after a Retry-After of %s', async (_, value, least) => {
    const { endpoint, clock } = await open([raw(429, '', { 'retry-after': value() }), good]);
    await endpoint.ask(asked);
    expect(clock.waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThanOrEqual(least);
  });

  test('and is left alone when it asks to wait very long', async () => {
    const { endpoint, server } = await open(always(raw(429, '', { 'retry-after': '7200' })));
    await expect(endpoint.ask(asked)).rejects.toThrow(/answered 429: it asks to wait 120 minutes: run again then\.$/);
    expect(server.calls).toHaveLength(1);
  });
});

describe('a refusal ends the work in one sentence, without another attempt', () => {
  test.each<[number, unknown, RegExp]>([
    [
      400,
      { error: { message: 'temperature must be 1' } },
      /refused the request as wrong \(400\) \(“temperature must be 1”\): change the params/,
    ],
    [401, { error: { message: 'Incorrect API key' } }, /did not accept the key \(401\): it wants a key: .* set param `endpointKey`/],
    [402, {}, /wants to be paid first \(402\)/],
    [403, {}, /does not let this key use the model \(403\): choose another model in param `endpointModel`/],
    [
      404,
      { error: { message: 'no model expert-1' } },
      /knows no such address or model \(404\) \(“no model expert-1”\): mend param `endpointUrl`/,
    ],
    [422, { detail: [{ msg: 'bad role' }] }, /refused the request as wrong \(422\).*bad role/],
    [418, {}, /refused the request \(418\)/],
    [429, { error: { code: 'insufficient_quota', message: 'x' } }, /no credit left for this key \(429\)/],
  ])('%i', async (status, body, sentence) => {
    const { endpoint, server } = await open(always(json(status, body)));
    await expect(endpoint.ask(asked)).rejects.toMatchObject({ name: 'UserError', message: expect.stringMatching(sentence) });
    expect(server.calls).toHaveLength(1);
  });

  test('a web page instead of an API', async () => {
    const { endpoint, server } = await open(always(raw(200, '<html>', { 'content-type': 'text/html' })));
    await expect(endpoint.ask(asked)).rejects.toThrow(
      /answered with text\/html, which is no chat completion: the address of an API usually ends in `\/v1`/,
    );
    expect(server.calls).toHaveLength(1);
  });

  test('nobody there', async () => {
    const { endpoint, server } = await open(always(streamed(['x'])));
    const { url } = server;
    await servers.pop()!.stop();
    await expect(endpoint.ask(asked)).rejects.toMatchObject({
      message: `Nothing answers at ${url} (ECONNREFUSED): start the server or mend param \`endpointUrl\`.`,
    });
  });

  test('a server that went away after it had answered is waited for first', async () => {
    const { endpoint, server, clock } = await open(always(streamed(['x'])));
    const { url } = server;
    await endpoint.ask(asked);
    await servers.pop()!.stop();
    await expect(endpoint.ask(asked)).rejects.toThrow(`Nothing answers at ${url}`);
    expect(clock.waits).toHaveLength(3);
  });

  test.each([
    [{ url: 'localhost:8000' }, /^Param `endpointUrl` must be the address of a server/],
    [{ url: 'file:///etc/passwd' }, /^Param `endpointUrl` must be the address of a server/],
    [{ url: 'https://me:pass@example.org/v1' }, /^Param `endpointUrl` must not hold a password/],
    [{ url: 'https://example.org/v1?api_key=abc' }, /^Param `endpointUrl` must not hold a password/],
    [{ url: 'http://example.org/v1', key: 'MINE' }, /^Param `endpointUrl` must start with `https:\/\/` when a key is sent/],
    [{ key: 'sk-abcdefghijklmnop' }, /^Param `endpointKey` must be the name of a key.*never the key itself\.$/],
    [{ model: ' ' }, /^Param `endpointModel` must name the model/],
    [{ budget: 5 }, /^Param `endpointBudget` needs prices/],
  ])('%j', async (settings, sentence) => {
    const { endpoint, server } = await open(always(streamed(['x'])), settings, 'k-0123456789');
    await expect(endpoint.ask(asked)).rejects.toThrow(sentence);
    expect(server.calls).toHaveLength(0);
  });
});

describe('what a server does not know is left out', () => {
  const refuses = (word: string, isPresent: (call: ChatCall) => boolean) => (call: ChatCall) =>
    isPresent(call)
      ? json(400, { error: { message: `Unsupported parameter: '${word}'` } })
      : call.body.stream
        ? streamed(['نص'])
        : whole('نص');

  test.each([
    ['stream_options', refuses('stream_options', ({ body }) => body.stream_options !== undefined)],
    ['stream', refuses('stream', ({ body }) => body.stream === true)],
    ['max_tokens', refuses("max_tokens'. Use 'max_completion_tokens", ({ body }) => body.max_tokens !== undefined)],
  ])('%s', async (_, behave) => {
    const { endpoint, server } = await open((call: ChatCall) => behave(call));
    expect(await endpoint.ask(asked)).toMatchObject({ text: 'نص' });
    const first = server.calls.length;
    expect(await endpoint.ask(asked)).toMatchObject({ text: 'نص' });
    expect(server.calls.length).toBe(first + 1);
    expect(endpoint.usage.retries).toBe(0);
  });
});

describe('limits', () => {
  const slow: Behaviour = async (call, response) => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    await streamed(['نص'])(call, response);
  };

  test('no more requests are under way than allowed', async () => {
    const { endpoint, server } = await open(always(slow), { concurrency: 3 });
    await Promise.all(Array.from({ length: 12 }, () => endpoint.ask(asked)));
    expect(server.mostOpen).toBe(3);
    expect(server.calls).toHaveLength(12);
  });

  test('no more requests start in a minute than allowed', async () => {
    const { endpoint, clock } = await open(always(streamed(['نص'])), { requestsPerMinute: 2 });
    for (let request = 0; request < 5; request++) await endpoint.ask(asked);
    expect(clock.now()).toBe(120_000);
  });

  test('tokens a minute count what answers took, not what was feared', async () => {
    // A request is taken for 145 tokens at first and turns out to have 15.
    const { endpoint, clock } = await open(always(streamed(['نص'])), { tokensPerMinute: 195 });
    for (let request = 0; request < 4; request++) await endpoint.ask(asked);
    expect(clock.now()).toBe(0);
    for (let request = 0; request < 8; request++) await endpoint.ask(asked);
    expect(clock.now()).toBe(120_000);
  });

  test('a server that asks for patience is left alone by all', async () => {
    const { endpoint, clock, server } = await open([raw(429, '', { 'retry-after': '40' }), streamed(['نص'])], { concurrency: 1 });
    await Promise.all([endpoint.ask(asked), endpoint.ask(asked)]);
    expect(clock.now()).toBeGreaterThanOrEqual(40_000);
    expect(server.calls).toHaveLength(3);
  });
});

describe('a budget', () => {
  const prices = { inputPrice: 0, outputPrice: 1_000_000, maxTokens: 10 };

  test('is never exceeded, whatever is under way, and ends the work in one sentence', async () => {
    const { endpoint, server } = await open(always(streamed(['نص'])), { ...prices, budget: 32, concurrency: 8 });
    const ended = await Promise.allSettled(Array.from({ length: 20 }, () => endpoint.ask(asked)));
    // Each answer costs 5 and might have cost 10: after five of them, 25 and 10 would be too much.
    expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect(endpoint.usage.cost).toBe(25);
    expect(server.calls).toHaveLength(5);
    const sentence =
      'The budget of 32 would be exceeded by the next request: 25 are spent, and what was answered is kept; raise param `endpointBudget` and run again.';
    expect((ended.find(({ status }) => status === 'rejected') as PromiseRejectedResult).reason).toMatchObject({
      name: 'UserError',
      message: sentence,
    });
  });

  test('counts what was spent before', async () => {
    const { endpoint, server } = await open(always(streamed(['نص'])), { ...prices, budget: 32 });
    endpoint.addSpent(23);
    await expect(endpoint.ask(asked)).rejects.toThrow(/The budget of 32 .* 23 are spent/);
    expect(server.calls).toHaveLength(0);
  });

  test('counts answers that broke off as if they had been whole', async () => {
    const { endpoint } = await open(always(bytes(Buffer.from(event(delta('ن'))))), { ...prices, budget: 25, retries: 9 });
    await expect(endpoint.ask(asked)).rejects.toThrow(/budget of 25/);
    expect(endpoint.usage).toMatchObject({ cost: 20, isEstimated: true });
  });

  test('is not fooled by sums of floats: nobody waits for requests that are over', async () => {
    const budget = new Budget(2e6);
    const amounts = [1e6 + 0.3, 0.1, 0.2, 0.7];
    const reserved = await Promise.all(amounts.map((amount) => budget.reserve(amount, new AbortController().signal)));
    for (const reservation of [reserved[2]!, reserved[0]!, reserved[3]!, reserved[1]!]) reservation.settle(0);
    expect(await budget.reserve(2e6 + 1, new AbortController().signal)).toBeUndefined();
  });

  test('counts nothing for answers that were refused', async () => {
    const { endpoint } = await open([raw(503, ''), raw(503, ''), streamed(['نص'])], { ...prices, budget: 12 });
    expect((await endpoint.ask(asked)).cost).toBe(5);
  });
});

describe('cancelling', () => {
  test('ends what is under way, what waits in line and what waits to ask again, at once', async () => {
    const { endpoint, server, stop } = await open(
      always(() => undefined),
      { concurrency: 2 },
    );
    const ended = Promise.allSettled(Array.from({ length: 5 }, () => endpoint.ask(asked)));
    while (server.calls.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort(new Error('stopped'));
    expect((await ended).map((result) => (result as PromiseRejectedResult).reason.message)).toEqual(Array(5).fill('stopped'));
    expect(server.calls).toHaveLength(2);
    while (server.open > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });
});

describe('the key', () => {
  const key = 'sk-test-4f9a2b7c8d1e6f3a';

  test('is sent to the server and nowhere else', async () => {
    const other = await ChatServer.start(() => streamed(['x']));
    servers.push(other);
    const { endpoint, server } = await open(always(raw(307, '', { location: `${other.url}/chat/completions` })), { key: 'MINE' }, key);
    await expect(endpoint.ask(asked)).rejects.toThrow(
      /redirects to another one, http:\/\/127\.0\.0\.1:\d+, where neither texts nor the key are sent: set param `endpointUrl`/,
    );
    expect(server.calls[0]!.headers.authorization).toBe(`Bearer ${key}`);
    expect(other.calls).toHaveLength(0);
  });

  test('follows a redirection within the server', async () => {
    const { endpoint, server } = await open([raw(308, '', { location: '/v2/chat/completions' }), streamed(['نص'])], { key: 'MINE' }, key);
    expect((await endpoint.ask(asked)).text).toBe('نص');
    expect(server.calls.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      ['/v1/chat/completions', `Bearer ${key}`],
      ['/v2/chat/completions', `Bearer ${key}`],
    ]);
  });

  test.each([
    [301, '/v2'],
    [302, '/v2'],
    [307, ''],
    [308, '/v1/chat/completions'],
  ])('a redirection %i to "%s" that leads nowhere is refused', async (status, location) => {
    const { endpoint } = await open(always(raw(status, '', { location })));
    await expect(endpoint.ask(asked)).rejects.toThrow(/redirects the request \(30\d\): set param `endpointUrl`/);
  });

  test.each([
    [400, `bad key ${key} here`],
    [500, `Authorization: Bearer ${key}`],
    [404, `${key.slice(0, 12)}…${key.slice(-8)}`],
  ])('is taken out of what a server says with %i', async (status, message) => {
    const { endpoint, log } = await open(always(json(status, { error: { message } })), { key: 'MINE', retries: 1 }, key);
    const { message: sentence } = (await endpoint.ask(asked).catch((error: unknown) => error)) as Error;
    expect(sentence).toContain('[key]');
    for (const text of [sentence, ...log]) expect([text.includes(key.slice(0, 10)), text.includes(key.slice(-8))]).toEqual([false, false]);
  });

  test('in an answer makes the answer unusable', async () => {
    const { endpoint } = await open(always(streamed(['your key is ', key.slice(0, 9), key.slice(9)])), { key: 'MINE' }, key);
    await expect(endpoint.ask(asked)).rejects.toThrow(/wrote the key into its answer/);
  });

  test.each([
    [undefined, /^There is no key MINE: .*NASAQ_KEY_MINE/],
    ['  ', /^There is no key MINE/],
    ['a\nb', /^The key MINE has signs that no key has/],
  ])('that is %j is refused', async (value, sentence) => {
    const { endpoint, server } = await open(always(streamed(['x'])), { key: 'MINE' }, value);
    await expect(endpoint.ask(asked)).rejects.toThrow(sentence);
    expect(server.calls).toHaveLength(0);
  });
});
