import { createHash } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

export const COMMIT = 'c0ffee0123456789c0ffee0123456789c0ffee01';
/** From this size on files have a SHA-256, as those do that the hub keeps in large file storage. */
const LARGE = 100_000;

/** A server on this machine that answers as the hub does, for one model, and misbehaves when told. */
export class FakeHub {
  readonly url: string;
  readonly requests: { path: string; range?: string; authorization?: string }[] = [];
  /** By path: the connection breaks after so many bytes of an answer; once for each number. */
  readonly breakAfter = new Map<string, number[]>();
  /** What every call is answered with, while it is set. */
  refuse: { status: number; code?: string } | undefined;
  /** Files whose bytes differ from what the listing says. */
  readonly damaged = new Set<string>();
  knowsRanges = true;
  readonly #server: http.Server;

  private constructor(server: http.Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(repo: string, files: ReadonlyMap<string, Buffer>): Promise<FakeHub> {
    const server = http.createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const hub = new FakeHub(server);
    server.on('request', (request, response) => hub.#answer(repo, files, request, response));
    return hub;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((closed) => this.#server.close(() => closed()));
  }

  #answer(repo: string, files: ReadonlyMap<string, Buffer>, request: http.IncomingMessage, response: http.ServerResponse): void {
    const { pathname } = new URL(request.url!, this.url);
    const { range, authorization } = request.headers;
    this.requests.push({ path: pathname, ...(range && { range }), ...(authorization && { authorization }) });
    if (this.refuse) {
      response.writeHead(this.refuse.status, { ...(this.refuse.code && { 'x-error-code': this.refuse.code }) });
      response.end(JSON.stringify({ error: 'no' }));
      return;
    }
    const json = (value: unknown): void => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(value));
    };
    const revision = new RegExp(`^/api/models/${repo}/revision/(.+)$`).exec(pathname)?.[1];
    if (revision !== undefined) {
      if (revision === 'main' || revision === 'v1' || revision === COMMIT) json({ _id: '1', id: repo, sha: COMMIT, private: false });
      else response.writeHead(404, { 'x-error-code': 'RevisionNotFound' }).end();
      return;
    }
    if (pathname === `/api/models/${repo}/tree/${COMMIT}`) {
      json([...files].map(([name, bytes]) => listed(name, bytes)));
      return;
    }
    const name = pathname.startsWith(`/${repo}/resolve/${COMMIT}/`) ? pathname.slice(`/${repo}/resolve/${COMMIT}/`.length) : '';
    const bytes = files.get(name);
    if (!bytes) {
      response.writeHead(404, { 'x-error-code': 'RepoNotFound' }).end();
      return;
    }
    const sent = this.damaged.has(name) ? Buffer.from(bytes.map((byte) => byte ^ 1)) : bytes;
    const from = this.knowsRanges ? Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0) : 0;
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': sent.length - from });
    const breakAfter = this.breakAfter.get(name)?.shift();
    if (breakAfter === undefined) response.end(sent.subarray(from));
    else response.write(sent.subarray(from, from + breakAfter), () => response.destroy());
  }
}

function listed(name: string, bytes: Buffer) {
  const oid = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
  const lfs = { oid: createHash('sha256').update(bytes).digest('hex'), size: bytes.length, pointerSize: 130 };
  return { type: 'file', path: name, size: bytes.length, oid, ...(bytes.length >= LARGE && { lfs }) };
}

/** The files of a folder by their path in it. */
export function filesOf(folder: string): Map<string, Buffer> {
  const names = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    names.map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return [path.relative(folder, file).split(path.sep).join('/'), fs.readFileSync(file)];
    }),
  );
}
