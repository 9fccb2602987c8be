import { AttemptFailure } from './AttemptFailure.ts';
import { parseRetryAfter } from './parseRetryAfter.ts';

export interface ServerError {
  readonly message: string;
  readonly code: string | number | undefined;
}

const MAX_REDIRECTS = 3;
const TRY_AGAIN = new Set([408, 409, 425, 429]);
const TOO_LONG = /context[ _-]?(?:length|size|window)|maximum context|prompt is too long|input is too long|max_new_tokens.*must be/i;
const CODE_TOO_LONG = /context_length_exceeded|exceed_context_size/i;

/**
 * What a status other than success means: the answer's fate where only this request is concerned, else throws an AttemptFailure.
 * `{param.x}` in a remedy stands for the name of the endpoint's param x.
 */
export function explainStatus(status: number, { message, code }: ServerError, retryAfter: string | null): 'too-long' | 'filtered' {
  const said = message.trim() === '' ? '' : ` (“${message}”)`;
  const failure = (what: string, remedy?: string): AttemptFailure =>
    new AttemptFailure(what, { retry: false, ...(remedy ? { remedy } : {}) });
  if (code === 'insufficient_quota') throw failure(`has no credit left for this key (${status})`, 'add credit or use another key');
  if (TRY_AGAIN.has(status) || status >= 500) {
    const seconds = parseRetryAfter(retryAfter, Date.now());
    throw new AttemptFailure(`answered ${status}${said}`, { retry: true, ...(seconds === undefined ? {} : { retryAfter: seconds }) });
  }
  switch (status) {
    case 400:
    case 413:
    case 422:
      if (code === 'content_filter') return 'filtered';
      if (status === 413 || CODE_TOO_LONG.test(String(code)) || TOO_LONG.test(message)) return 'too-long';
      throw failure(`refused the request as wrong (${status})${said}`, 'change the params that it names, or the model');
    // What it says to these may hold a part of the key.
    case 401:
      throw failure('did not accept the key (401)', '{key}');
    case 402:
      throw failure('wants to be paid first (402)', 'add credit or use another key');
    case 403:
      throw failure('does not let this key use the model (403)', 'choose another model in param `{param.model}`, or another key');
    case 404:
      throw failure(
        `knows no such address or model (404)${said}`,
        'mend param `{param.url}`, which usually ends in `/v1`, or param `{param.model}`',
      );
    default:
      throw failure(`refused the request (${status})${said}`, 'mend param `{param.url}`, or use another server');
  }
}

/** Where a redirection within the same server leads; throws an AttemptFailure for all others. */
export function explainRedirect(response: Response, from: URL, redirects: number): URL {
  const location = response.headers.get('location') ?? '';
  const target = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (target && target.origin !== from.origin) {
    throw new AttemptFailure(`redirects to another one, ${target.origin}, where neither texts nor the key are sent`, {
      retry: false,
      remedy: 'set param `{param.url}` to that one if it can be trusted',
    });
  }
  // The others would turn the request into one without content.
  if (!target || ![307, 308].includes(response.status) || redirects >= MAX_REDIRECTS) {
    throw new AttemptFailure(`redirects the request (${response.status})`, {
      retry: false,
      remedy: 'set param `{param.url}` to the address of its API, which usually ends in `/v1`',
    });
  }
  return target;
}
