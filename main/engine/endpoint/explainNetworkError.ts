import { AttemptFailure } from './AttemptFailure.ts';

const NOTHING_THERE = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'ETIMEDOUT',
]);
const UNTRUSTED = /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY/;

/** What `fetch` threw, as a failure of the attempt; defects stay what they are. */
export function explainNetworkError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = codeOf(error);
  if (NOTHING_THERE.has(code)) return new AttemptFailure(`cannot be reached (${code})`, { retry: true, isUnreachable: true });
  if (UNTRUSTED.test(code)) {
    return new AttemptFailure(`has a certificate that is not trusted (${code})`, {
      retry: false,
      remedy: 'mend the certificate, or name its authority in the environment variable NODE_EXTRA_CA_CERTS',
    });
  }
  if (error.cause instanceof Error && error.cause.message === 'bad port') {
    return new AttemptFailure('is on a port that is kept for other services', { retry: false, remedy: 'run the server on another port' });
  }
  if (code === 'UND_ERR_HEADERS_TIMEOUT')
    return new AttemptFailure('gave no sign of an answer within 300 s', { retry: true, isBilled: true });
  // Undici's messages for connections that break, in the headers or in the body.
  if (code !== '' || /fetch failed|terminated|other side closed/i.test(error.message)) {
    return new AttemptFailure(`broke the connection${code ? ` (${code})` : ''}`, { retry: true, isBilled: true });
  }
  return error;
}

/** The first code on the way down; connecting to several addresses fails with one error for each. */
function codeOf(error: Error): string {
  const { code, cause, errors } = error as Error & { code?: unknown; errors?: unknown };
  if (typeof code === 'string' && code !== '') return code;
  const below = cause ?? (Array.isArray(errors) ? (errors[0] as unknown) : undefined);
  return below instanceof Error ? codeOf(below) : '';
}
