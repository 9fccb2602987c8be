import type { ChatMessage, EndpointSettings } from '../../../nodes/kit/index.ts';
import { AttemptFailure } from './AttemptFailure.ts';
import { chunkSchema, completionSchema, serverErrorSchema, type Usage } from './completionSchemas.ts';
import { explainNetworkError } from './explainNetworkError.ts';
import { explainRedirect, explainStatus } from './explainStatus.ts';
import { readServerEvents } from './readServerEvents.ts';

/** What a server has been found to understand. */
export interface Dialect {
  readonly streams: boolean;
  /** `stream_options`, which asks for token counts at a stream's end. */
  readonly countsStreams: boolean;
  readonly limitName: 'max_tokens' | 'max_completion_tokens';
}
export const FULL_DIALECT: Dialect = { streams: true, countsStreams: true, limitName: 'max_tokens' };

export interface ChatRequest {
  readonly settings: EndpointSettings;
  readonly key: string | undefined;
  readonly dialect: Dialect;
  readonly messages: readonly ChatMessage[];
  readonly signal: AbortSignal;
  readonly onText: (characters: number) => void;
}
export interface RawAnswer {
  readonly text: string;
  readonly stopped: 'end' | 'length' | 'filtered' | 'too-long';
  readonly usage: Usage;
}

const MAX_BYTES = 16 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;

/** One attempt. Rejects with an AttemptFailure, or with the signal's reason. */
export async function sendChat(request: ChatRequest): Promise<RawAnswer> {
  const { settings, signal } = request;
  const attempt = new AbortController();
  let silence: NodeJS.Timeout | undefined;
  const giveUp = (message: string) => () => attempt.abort(new AttemptFailure(message, { retry: true, isBilled: true }));
  const deadline = setTimeout(giveUp(`gave no whole answer within ${settings.timeout} s`), settings.timeout * 1000);
  const isAlive = (): void => {
    clearTimeout(silence);
    silence = setTimeout(giveUp(`fell silent for ${settings.stallTimeout} s in the middle of an answer`), settings.stallTimeout * 1000);
  };
  const either = AbortSignal.any([signal, attempt.signal]);
  try {
    const response = await post(request, either);
    return await readResponse(response, request, isAlive);
  } catch (error) {
    signal.throwIfAborted();
    if (attempt.signal.aborted) throw attempt.signal.reason;
    throw error instanceof AttemptFailure ? error : explainNetworkError(error);
  } finally {
    clearTimeout(deadline);
    clearTimeout(silence);
    // Lets go of the connection where the answer was not read to its end.
    attempt.abort();
  }
}

async function post({ settings, key, dialect, messages }: ChatRequest, signal: AbortSignal): Promise<Response> {
  let url = chatUrl(settings.url);
  const body = JSON.stringify({
    model: settings.model,
    // Half characters cannot be written in UTF-8, and servers refuse them.
    messages: messages.map(({ role, content }) => ({ role, content: content.toWellFormed() })),
    temperature: settings.temperature,
    [dialect.limitName]: settings.maxTokens,
    ...(dialect.streams ? { stream: true, ...(dialect.countsStreams ? { stream_options: { include_usage: true } } : {}) } : {}),
  });
  const headers = {
    'content-type': 'application/json',
    accept: dialect.streams ? 'text/event-stream, application/json' : 'application/json',
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
  };
  for (let redirects = 0; ; redirects++) {
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
    if (response.status < 300 || response.status > 399) return response;
    const target = explainRedirect(response, url, redirects);
    await response.body?.cancel();
    url = target;
  }
}

/** Keeps a query, which some hosts put the version in. */
export function chatUrl(base: string): URL {
  const url = new URL(base);
  if (!/\/chat\/completions\/?$/.test(url.pathname)) url.pathname = `${url.pathname.replace(/\/+$/, '')}/chat/completions`;
  return url;
}

async function readResponse(response: Response, { onText }: ChatRequest, isAlive: () => void): Promise<RawAnswer> {
  if (!response.ok) {
    const text = await readText(response, isAlive, MAX_ERROR_BYTES).catch((error: unknown) => {
      if (error instanceof AttemptFailure) return '';
      throw error;
    });
    const told = serverErrorSchema.safeParse(parseJson(text));
    const outcome = explainStatus(
      response.status,
      told.success ? { message: told.data.message ?? '', code: told.data.code ?? undefined } : { message: text, code: undefined },
      response.headers.get('retry-after'),
    );
    return { text: '', stopped: outcome, usage: undefined };
  }
  const type = (response.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase();
  if (type === 'text/event-stream') {
    isAlive();
    return readStream(bytesOf(response, isAlive), onText);
  }
  const text = await readText(response, isAlive, MAX_BYTES);
  if (/^\s*(?:data:|event:|:)/.test(text)) return readStream(once(text), onText);
  if (type !== 'application/json' && !text.trimStart().startsWith('{')) {
    throw new AttemptFailure(`answered with ${type || 'something untyped'}, which is no chat completion`, {
      retry: true,
      isUnreachable: true,
      remedy: 'the address of an API usually ends in `/v1`',
    });
  }
  return readWhole(text);
}

function readWhole(text: string): RawAnswer {
  const said = parseJson(text);
  if (said === undefined) throw new AttemptFailure('sent broken JSON', { retry: true, isBilled: true });
  throwServerError(said);
  const parsed = completionSchema.safeParse(said);
  if (!parsed.success) throw new AttemptFailure('sent JSON that is no chat completion', { retry: true, isBilled: true });
  const choice = parsed.data.choices[0];
  if (!choice?.message) throw new AttemptFailure('sent an answer without a choice', { retry: true, isBilled: true });
  return { text: choice.message.content ?? '', stopped: stopOf(choice.finish_reason), usage: parsed.data.usage };
}

async function readStream(chunks: AsyncIterable<Uint8Array>, onText: (characters: number) => void): Promise<RawAnswer> {
  const pieces: string[] = [];
  let characters = 0;
  let finish: string | null | undefined;
  let usage: Usage;
  let isDone = false;
  for await (const data of readServerEvents(chunks)) {
    if (data.trim() === '[DONE]') {
      isDone = true;
      break;
    }
    const said = parseJson(data);
    if (said === undefined) throw new AttemptFailure('sent broken JSON in a stream', { retry: true, isBilled: true });
    throwServerError(said);
    const parsed = chunkSchema.safeParse(said);
    if (!parsed.success) throw new AttemptFailure('sent a stream that is no chat completion', { retry: true, isBilled: true });
    const choice = parsed.data.choices?.[0];
    const piece = choice?.delta?.content;
    if (piece) {
      pieces.push(piece);
      characters += piece.length;
      onText(characters);
    }
    finish = choice?.finish_reason ?? finish;
    usage = parsed.data.usage ?? usage;
  }
  if (finish == null && !(isDone && pieces.length > 0)) {
    const what = pieces.length > 0 ? 'broke off in the middle of an answer' : 'sent an answer without a choice';
    throw new AttemptFailure(what, { retry: true, isBilled: true });
  }
  return { text: pieces.join(''), stopped: stopOf(finish), usage };
}

/** A failure told under status 200. */
function throwServerError(said: unknown): void {
  if (typeof said !== 'object' || said === null || 'choices' in said) return;
  const told = serverErrorSchema.safeParse(said);
  if (!told.success) return;
  const { message = '', code } = told.data;
  const status = Number(code);
  if (status >= 400 && status <= 599) explainStatus(status, { message, code: code ?? undefined }, null);
  throw new AttemptFailure(`reported an error (“${message}”)`, { retry: true });
}

const stopOf = (reason: string | null | undefined): RawAnswer['stopped'] =>
  reason === 'length' ? 'length' : reason === 'content_filter' ? 'filtered' : 'end';

async function readText(response: Response, onBytes: () => void, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of bytesOf(response, onBytes, maxBytes)) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}

async function* bytesOf(response: Response, onBytes: () => void, maxBytes: number = MAX_BYTES): AsyncGenerator<Uint8Array> {
  if (!response.body) return;
  let bytes = 0;
  for await (const chunk of response.body) {
    onBytes();
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      throw new AttemptFailure(`sent more than ${maxBytes / 1024 / 1024} MiB for one answer`, { retry: true, isBilled: true });
    }
    yield chunk;
  }
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
