import { UserError } from './UserError.ts';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** One use of an OpenAI-compatible server. `endpointParams` declares them as params, `endpointSettings` reads them back. */
export interface EndpointSettings {
  /** What the params' names start with, so that errors can name them: `endpoint` for `endpointUrl`. */
  readonly prefix: string;
  /** Up to and including the version, such as `http://127.0.0.1:8000/v1`; requests go to `{url}/chat/completions`. */
  readonly url: string;
  readonly model: string;
  /** Name of an API key, never the key; empty: none is sent. */
  readonly key: string;
  readonly temperature: number;
  /** Of one answer. */
  readonly maxTokens: number;
  /** Requests under way at once. */
  readonly concurrency: number;
  /** 0: no limit. */
  readonly requestsPerMinute: number;
  /** Input and output; 0: no limit. */
  readonly tokensPerMinute: number;
  /** Seconds for one attempt. */
  readonly timeout: number;
  /** Seconds without a sign of life once an answer has begun. */
  readonly stallTimeout: number;
  /** After the first attempt. */
  readonly retries: number;
  /** Per million tokens, in any currency. */
  readonly inputPrice: number;
  readonly outputPrice: number;
  /** In the prices' currency; 0: none. */
  readonly budget: number;
}

export interface ChatAnswer {
  /** Empty when `stopped` is `too-long`. */
  readonly text: string;
  /** `length`: cut at the limit; `filtered`: by the server's content filter; `too-long`: the messages do not fit the model's context. */
  readonly stopped: 'end' | 'length' | 'filtered' | 'too-long';
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cost: number;
}

/** Of all requests so far. */
export interface EndpointUsage {
  readonly answers: number;
  readonly retries: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cost: number;
  /** Some answers came without a token count, or were cut off: what they took is estimated, on the high side. */
  readonly isEstimated: boolean;
}

/** A chat model behind HTTP. */
export interface ChatEndpoint {
  readonly usage: EndpointUsage;
  /** Money that was spent on the same work before this run; it counts against the budget. */
  addSpent(cost: number): void;
  /**
   * May be called for many messages at once: limits and retries are kept here. Rejects with the signal's reason, or with
   * a UserError that ends the work: asking more would fail too, unless it is a NoAnswer.
   */
  ask(messages: readonly ChatMessage[], options?: ChatOptions): Promise<ChatAnswer>;
}
export interface ChatOptions {
  /** The run's own unless given. */
  readonly signal?: AbortSignal;
  /** Characters of the answer that are there, as they come. */
  readonly onText?: (characters: number) => void;
}

/** A server that answers others gave no answer to these messages, however often they were sent. */
export class NoAnswer extends UserError {}
