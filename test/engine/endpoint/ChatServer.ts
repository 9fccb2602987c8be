import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EndpointSettings } from '../../../nodes/kit/index.ts';

export interface ChatCall {
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: {
    readonly model: string;
    readonly messages: { role: string; content: string }[];
    readonly stream?: boolean;
    readonly stream_options?: object;
    readonly max_tokens?: number;
    readonly max_completion_tokens?: number;
    readonly temperature: number;
  };
}
/** Answers one call, well or badly. */
export type Behaviour = (call: ChatCall, response: http.ServerResponse) => void | Promise<void>;

/** An OpenAI-compatible server on this machine alone, which does to each call what its test says. */
export class ChatServer {
  readonly calls: ChatCall[] = [];
  /** Of calls that had no end yet. */
  open = 0;
  mostOpen = 0;
  #server: http.Server;

  private constructor(behave: (call: ChatCall, at: number) => Behaviour) {
    this.#server = http.createServer((request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      request.on('end', () => {
        const call: ChatCall = { path: request.url!, headers: request.headers, body: JSON.parse(text) as ChatCall['body'] };
        this.calls.push(call);
        this.open += 1;
        this.mostOpen = Math.max(this.mostOpen, this.open);
        response.once('close', () => (this.open -= 1));
        void behave(call, this.calls.length - 1)(call, response);
      });
    });
  }

  /** @param behave by call, from 0 */
  static async start(behave: (call: ChatCall, at: number) => Behaviour): Promise<ChatServer> {
    const server = new ChatServer(behave);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export interface Ending {
  readonly finish?: string | null;
  readonly usage?: unknown;
}
const USAGE = { prompt_tokens: 10, completion_tokens: 5 };

export const json = (status: number, value: unknown, headers: Record<string, string> = {}): Behaviour =>
  raw(status, JSON.stringify(value), { 'content-type': 'application/json', ...headers });

export const raw =
  (status: number, body: string | Buffer, headers: Record<string, string> = {}): Behaviour =>
  (_, response) => {
    response.writeHead(status, headers);
    response.end(body);
  };

export const completion = (text: string | null, { finish = 'stop', usage = USAGE }: Ending = {}) => ({
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: finish }],
  usage,
});
/** One JSON document. */
export const whole = (text: string | null, ending?: Ending): Behaviour => json(200, completion(text, ending));

export const event = (value: unknown): string => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`;
export const delta = (content: string, finish: string | null = null) => ({
  choices: [{ index: 0, delta: { content }, finish_reason: finish }],
});

/** Server-sent events as a well-behaved server sends them. */
export const streamed = (pieces: readonly string[], { finish = 'stop', usage = USAGE }: Ending = {}): Behaviour =>
  bytes(
    Buffer.from(
      [
        ...pieces.map((piece) => event(delta(piece))),
        event({ choices: [{ index: 0, delta: {}, finish_reason: finish }] }),
        ...(usage === null ? [] : [event({ choices: [], usage })]),
        event('[DONE]'),
      ].join(''),
    ),
  );

/** An event stream in the given pieces, each written by itself. */
export const bytes =
  (...chunks: readonly Buffer[]): Behaviour =>
  async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const chunk of chunks) {
      response.write(chunk);
      await new Promise((resolve) => setImmediate(resolve));
    }
    response.end();
  };

export const settingsFor = (url: string, changes: Partial<EndpointSettings> = {}): EndpointSettings => ({
  prefix: 'endpoint',
  url,
  model: 'expert-1',
  key: '',
  temperature: 0,
  maxTokens: 100,
  concurrency: 4,
  requestsPerMinute: 0,
  tokensPerMinute: 0,
  timeout: 10,
  stallTimeout: 5,
  retries: 3,
  inputPrice: 0,
  outputPrice: 0,
  budget: 0,
  ...changes,
});
