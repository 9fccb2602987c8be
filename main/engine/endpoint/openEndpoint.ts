import {
  type ChatAnswer,
  type ChatEndpoint,
  type ChatMessage,
  type ChatOptions,
  endpointParam,
  endpointProblem,
  NoAnswer,
  type EndpointSettings,
  type EndpointUsage,
  UserError,
} from '../../../nodes/kit/index.ts';
import { seededRandom } from '../scoring/seededRandom.ts';
import { Slots } from '../run/Slots.ts';
import { AttemptFailure } from './AttemptFailure.ts';
import { Budget } from './Budget.ts';
import { type Clock, systemClock } from './Clock.ts';
import { mostInputTokens, usedTokens } from './countTokens.ts';
import { RateLimit } from './RateLimit.ts';
import { redactKey } from './redactKey.ts';
import { type Dialect, FULL_DIALECT, type RawAnswer, sendChat } from './sendChat.ts';

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60_000;
/** A server that asks for more patience than this is asked again another day. */
const LONGEST_RETRY_AFTER_S = 600;
const QUOTED = 200;

export interface EndpointServices {
  /** The API key of this name, to be sent to the server of this origin; undefined: there is none. */
  readonly readKey: (name: string, origin: string) => Promise<string | undefined>;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  /** Of the back-off's jitter. */
  readonly seed: number;
  readonly clock?: Clock;
}

/** Opens a chat model behind an OpenAI-compatible server. Nothing is sent before the first message. */
export function openEndpoint(settings: EndpointSettings, services: EndpointServices): ChatEndpoint {
  return new Endpoint(settings, services);
}

class Endpoint implements ChatEndpoint {
  readonly #settings: EndpointSettings;
  readonly #services: EndpointServices;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #slots: Slots;
  readonly #requests: RateLimit;
  readonly #tokens: RateLimit;
  readonly #budget: Budget;
  #key: Promise<string | undefined> | undefined;
  #dialect: Dialect = FULL_DIALECT;
  /** On the clock: nobody asks before. */
  #pausedUntil = 0;
  #usage: EndpointUsage = { answers: 0, retries: 0, inputTokens: 0, outputTokens: 0, cost: 0, isEstimated: false };

  constructor(settings: EndpointSettings, services: EndpointServices) {
    this.#settings = settings;
    this.#services = services;
    this.#clock = services.clock ?? systemClock;
    this.#random = seededRandom(services.seed);
    this.#slots = new Slots(settings.concurrency);
    this.#requests = new RateLimit(settings.requestsPerMinute, this.#clock);
    this.#tokens = new RateLimit(settings.tokensPerMinute, this.#clock);
    this.#budget = new Budget(settings.budget);
  }

  get usage(): EndpointUsage {
    return this.#usage;
  }

  addSpent(cost: number): void {
    this.#budget.addSpent(cost);
  }

  async ask(
    messages: readonly ChatMessage[],
    { signal = this.#services.signal, onText = () => undefined }: ChatOptions = {},
  ): Promise<ChatAnswer> {
    return this.#slots.use(signal, async () => {
      const key = await this.#readKey();
      for (let attempt = 0; ; attempt++) {
        try {
          return await this.#attempt(messages, key, signal, onText);
        } catch (error) {
          if (!(error instanceof AttemptFailure)) throw error;
          await this.#recover(error, attempt, key, signal);
        }
      }
    });
  }

  async #attempt(
    messages: readonly ChatMessage[],
    key: string | undefined,
    signal: AbortSignal,
    onText: (characters: number) => void,
  ): Promise<ChatAnswer> {
    const { maxTokens } = this.#settings;
    const mostInput = mostInputTokens(messages);
    const reserved = await this.#budget.reserve(this.#price(mostInput, maxTokens), signal);
    if (!reserved) throw this.#budgetError();
    let cost = 0;
    try {
      while (this.#pausedUntil > this.#clock.now()) await this.#clock.wait(this.#pausedUntil - this.#clock.now(), signal);
      await this.#requests.take(1, signal);
      const rate = await this.#tokens.take(usedTokens(messages, '', undefined).inputTokens + maxTokens, signal);
      const answer = await this.#sendInDialect(messages, key, signal, onText);
      if (key && answer.text.includes(key)) {
        throw new AttemptFailure('wrote the key into its answer', { retry: false, remedy: 'do not use this server, and replace the key' });
      }
      const used =
        answer.stopped === 'too-long'
          ? { inputTokens: 0, outputTokens: 0, isEstimated: false }
          : usedTokens(messages, answer.text, answer.usage);
      rate.correct(used.inputTokens + used.outputTokens);
      cost = this.#price(used.inputTokens, used.outputTokens);
      this.#count({ answers: 1, ...used, cost });
      return { text: answer.text, stopped: answer.stopped, inputTokens: used.inputTokens, outputTokens: used.outputTokens, cost };
    } catch (error) {
      if (error instanceof AttemptFailure && error.remedy.isBilled) {
        // Nobody can tell what the server bills for an answer that did not arrive: the worst is assumed.
        cost = this.#price(mostInput, maxTokens);
        this.#count({ answers: 0, inputTokens: 0, outputTokens: 0, cost, isEstimated: true });
      }
      throw error;
    } finally {
      reserved.settle(cost);
    }
  }

  /** Sends; where the server refuses a part of the protocol, again without that part. */
  async #sendInDialect(
    messages: readonly ChatMessage[],
    key: string | undefined,
    signal: AbortSignal,
    onText: (characters: number) => void,
  ): Promise<RawAnswer> {
    for (;;) {
      const dialect = this.#dialect;
      try {
        return await sendChat({ settings: this.#settings, key, dialect, messages, signal, onText });
      } catch (error) {
        const simpler = error instanceof AttemptFailure && !error.remedy.retry ? simplerDialect(dialect, error.message) : undefined;
        if (!simpler) throw error;
        this.#dialect = simpler;
      }
    }
  }

  /** Waits until another attempt makes sense, or throws the sentence that ends the work. */
  async #recover({ message, remedy }: AttemptFailure, attempt: number, key: string | undefined, signal: AbortSignal): Promise<void> {
    const { retry, retryAfter = 0, isUnreachable } = remedy;
    const isHopeless = isUnreachable && this.#usage.answers === 0;
    const isTooLong = retryAfter > LONGEST_RETRY_AFTER_S;
    if (!retry || isHopeless || isTooLong || attempt >= this.#settings.retries) {
      throw this.#error(message, remedy, attempt, key, isTooLong);
    }
    this.#usage = { ...this.#usage, retries: this.#usage.retries + 1 };
    const backOff = this.#random() * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
    const delay = retryAfter * 1000 + backOff;
    if (retryAfter > 0) this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + retryAfter * 1000);
    this.#services.log(`${this.#quote(`The server ${message}`, key)}; asking again in ${(delay / 1000).toFixed(1)} s.`);
    await this.#clock.wait(delay, signal);
  }

  #error(
    message: string,
    { remedy, isUnreachable, retryAfter = 0, retry }: AttemptFailure['remedy'],
    attempt: number,
    key: string | undefined,
    isTooLong: boolean,
  ): UserError {
    const url = addressOf(this.#settings.url);
    const param = (field: Parameters<typeof endpointParam>[1]): string => endpointParam(this.#settings.prefix, field);
    if (isUnreachable && message.startsWith('cannot be reached')) {
      return new UserError(
        `Nothing answers at ${url} (${message.slice('cannot be reached ('.length, -1)}): start the server or mend param \`${param('url')}\`.`,
      );
    }
    const keyRemedy =
      this.#settings.key === ''
        ? `it wants a key: save one under a name and set param \`${param('key')}\` to that`
        : `save the right one under the name ${this.#settings.key}`;
    const filled = remedy
      ?.replace('{key}', keyRemedy)
      .replace(/\{param\.(\w+)\}/g, (_, field: Parameters<typeof endpointParam>[1]) => param(field));
    const advice = isTooLong
      ? `it asks to wait ${Math.ceil(retryAfter / 60)} minutes: run again then`
      : (filled ?? 'run again when it is well; what was answered is kept');
    const times = retry && attempt > 0 ? `, ${attempt + 1} times in a row` : '';
    const sentence = this.#quote(`The server at ${url} ${message}${times}: ${advice}.`, key);
    return retry && !isUnreachable && !isTooLong ? new NoAnswer(sentence) : new UserError(sentence);
  }

  #budgetError(): UserError {
    const { prefix, budget } = this.#settings;
    const name = endpointParam(prefix, 'budget');
    return new UserError(
      `The budget of ${budget} would be exceeded by the next request: ${amount(this.#budget.spent)} are spent, and what was answered is kept; raise param \`${name}\` and run again.`,
    );
  }

  #readKey(): Promise<string | undefined> {
    return (this.#key ??= (async () => {
      const problem = endpointProblem(this.#settings);
      if (problem) throw new UserError(`Param \`${problem.param}\` ${problem.problem}.`);
      const { key: name, prefix } = this.#settings;
      if (name === '') return undefined;
      const key = (await this.#services.readKey(name, new URL(this.#settings.url).origin))?.trim();
      if (!key) {
        throw new UserError(
          `There is no key ${name}: save one under that name, set the environment variable NASAQ_KEY_${name.toUpperCase()}, or mend param \`${endpointParam(prefix, 'key')}\`.`,
        );
      }
      if (!/^[\x21-\x7e]+$/.test(key))
        throw new UserError(`The key ${name} has signs that no key has: save it again, without spaces or line ends.`);
      return key;
    })());
  }

  #price(inputTokens: number, outputTokens: number): number {
    return (inputTokens * this.#settings.inputPrice + outputTokens * this.#settings.outputPrice) / 1e6;
  }

  #count(more: Omit<EndpointUsage, 'retries'>): void {
    const { answers, retries, inputTokens, outputTokens, cost, isEstimated } = this.#usage;
    this.#usage = {
      answers: answers + more.answers,
      retries,
      inputTokens: inputTokens + more.inputTokens,
      outputTokens: outputTokens + more.outputTokens,
      cost: cost + more.cost,
      isEstimated: isEstimated || more.isEstimated,
    };
  }

  /** On one line, without the key. */
  #quote(text: string, key: string | undefined): string {
    const line = redactKey(text, key).replace(/[\s\x00-\x1f\x7f]+/g, ' ');
    return line.replace(
      /“([^”]*)”/g,
      (_, quoted: string) => `“${[...quoted].length > QUOTED ? `${[...quoted].slice(0, QUOTED).join('')}…` : quoted}”`,
    );
  }
}

/** The protocol without what a refusal names; undefined: it names nothing that could be left out. */
export function simplerDialect(dialect: Dialect, refusal: string): Dialect | undefined {
  if (!/\(4(?:00|22)\)/.test(refusal)) return undefined;
  if (dialect.streams && dialect.countsStreams && /stream_options|include_usage/.test(refusal)) return { ...dialect, countsStreams: false };
  if (dialect.limitName === 'max_tokens' && /max_completion_tokens/.test(refusal))
    return { ...dialect, limitName: 'max_completion_tokens' };
  return dialect.streams && /\bstream(?:ing)?\b/i.test(refusal) ? { ...dialect, streams: false } : undefined;
}

/** Without a query, which may hold what is nobody's business. */
function addressOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}

const amount = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 4 });
