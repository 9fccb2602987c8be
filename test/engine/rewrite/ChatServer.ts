import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** An OpenAI-compatible server on this machine that answers each user message as told, and counts characters as tokens. */
export class ChatServer {
  readonly url: string;
  readonly asked: { system: string; user: string }[] = [];
  readonly #server: http.Server;

  private constructor(server: http.Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  }

  static async start(answer: (user: string) => string): Promise<ChatServer> {
    const server = http.createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const chat = new ChatServer(server);
    server.on('request', (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const { messages } = JSON.parse(Buffer.concat(parts).toString()) as { messages: { role: string; content: string }[] };
        const said = (role: string): string => messages.find((message) => message.role === role)?.content ?? '';
        chat.asked.push({ system: said('system'), user: said('user') });
        const content = answer(said('user'));
        const usage = { prompt_tokens: said('system').length + said('user').length, completion_tokens: content.length };
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content }, finish_reason: 'stop' }], usage }));
      });
    });
    return chat;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((closed) => this.#server.close(() => closed()));
  }
}
