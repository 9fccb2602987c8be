import { type Guard, guardRewrite, type Refusal, type RewriteLimits } from '../../main/engine/text/guardRewrite.ts';
import { joinSegments, SEGMENT_LENGTHS, type Segments, segmentText } from '../../main/engine/text/segment.ts';
import type { RewriteWorker, WorkerAnswer } from './RewriteWorker.ts';

export const VERDICTS = ['rewritten', 'unchanged', 'partly-raw', 'kept-raw'] as const;
/**
 * `rewritten`: changed, nothing refused in the end. `unchanged`: the worker left it as it was. `partly-raw`: changed, but
 * something of it stayed raw because its rewrites were refused. `kept-raw`: as it was, because rewrites were refused.
 */
export type Verdict = (typeof VERDICTS)[number];

export const RETRIES = ['mended', 'partly', 'failed', 'too-short'] as const;
/**
 * What asking again in smaller pieces did for a refused segment. `mended`: every piece passed. `partly`: some did, the others
 * stay raw. `failed`: the segment stays raw. `too-short`: it cannot be cut, so nothing was asked.
 */
export type Retry = (typeof RETRIES)[number];

/** One rewrite that a guard refused. */
export interface RefusedRewrite extends Refusal {
  /** Beginnings only. */
  readonly raw: string;
  readonly rewrite: string;
  /** Absent where nothing is asked again: without `retry`, of what no model can read, of whole documents. */
  readonly retry?: Retry;
}

export interface RewrittenDocument {
  readonly after: string;
  readonly verdict: Verdict;
  /** Why something stayed raw, in words; empty when nothing did. */
  readonly reason: string;
  readonly segments: number;
  /** Of its segments, or the joined document's; what a retry mended too. The first few of them. */
  readonly refused: readonly RefusedRewrite[];
  /** Refused rewrites, by guard and by what the retry did (`none`: nothing was asked again). */
  readonly refusals: Partial<Record<Guard, Partial<Record<Retry | 'none', number>>>>;
  /** Of the answers to its segments, once for equal ones. */
  readonly tokens: number;
  /** In the endpoint's currency; 0 for a model. */
  readonly cost: number;
}

export interface RewrittenDocuments {
  readonly documents: RewrittenDocument[];
  /** That the worker wrote for all of them: once for a segment that several share. */
  readonly tokens: number;
}

export interface RewriteOptions extends RewriteLimits {
  readonly segmentLength: number;
  /** Whether a refused segment is asked again, cut into smaller pieces. */
  readonly retry: boolean;
}

/**
 * Characters of a document that is guarded as a whole too, which finds what one segment took from another. Its words are held
 * many times over meanwhile; of longer ones the segments are guarded, each by itself.
 */
const LONGEST_WHOLE = 500_000;
const EXAMPLES_PER_DOCUMENT = 3;
const EXAMPLE_LENGTH = 300;

/** A segment with what replaces it. */
interface Judged {
  readonly text: string;
  readonly refused?: RefusedRewrite;
}

/** Rewrites documents together, segment by segment; equal segments are asked once. */
export async function rewriteDocuments(
  texts: readonly string[],
  worker: RewriteWorker,
  options: RewriteOptions,
  signal: AbortSignal,
): Promise<RewrittenDocuments> {
  const segmented = texts.map((text) => segmentText(text, lengthsUpTo(options.segmentLength)));
  const segments = [...new Set(segmented.flatMap(({ contents }) => contents))];
  const answers = await ask(segments, worker, signal);
  const judged = new Map(segments.map((raw) => [raw, judge(raw, answers.get(raw), options)]));
  const spent = new Map(segments.map((raw) => [raw, spentOn([raw], answers)]));
  if (options.retry) await retryRefused(judged, spent, worker, options, signal);

  const documents = segmented.map(({ contents, separators }, index) => {
    const own = contents.map((raw) => judged.get(raw)!);
    const joined = joinSegments(
      own.map(({ text }) => text),
      separators,
    );
    return { ...conclude(texts[index]!, joined, own, options), segments: contents.length, ...spentOn(contents, spent) };
  });
  return { documents, tokens: spentOn(segments, spent).tokens };
}

type Spent = Pick<RewrittenDocument, 'tokens' | 'cost'>;

/** The sum over different segments. */
function spentOn(segments: readonly string[], each: ReadonlyMap<string, { readonly tokens: number; readonly cost?: number }>): Spent {
  const sum = { tokens: 0, cost: 0 };
  for (const segment of new Set(segments)) {
    const { tokens = 0, cost = 0 } = each.get(segment) ?? {};
    sum.tokens += tokens;
    sum.cost += cost;
  }
  return sum;
}

const lengthsUpTo = (max: number) => ({ min: Math.min(SEGMENT_LENGTHS.min, max), max });

/** Text with lone surrogates is no text: a tokenizer or a request would change it before the worker sees it. */
async function ask(segments: readonly string[], worker: RewriteWorker, signal: AbortSignal): Promise<Map<string, WorkerAnswer>> {
  const readable = segments.filter((raw) => raw.isWellFormed());
  const answers = readable.length > 0 ? await worker.answer(readable, signal) : [];
  return new Map(readable.map((raw, index) => [raw, answers[index]!]));
}

function judge(raw: string, answer: WorkerAnswer | undefined, limits: RewriteLimits): Judged {
  if (!answer) {
    const refusal: Refusal = { guard: 'unreadable', reason: 'was not asked for: the text has half a character (a lone surrogate)' };
    return { text: raw, refused: { ...refusal, ...example(raw, '') } };
  }
  // Whitespace around a segment is a separator's, never the worker's.
  const rewrite = answer.text.trim();
  const refusal = guardRewrite(raw, { text: rewrite, stopped: answer.stopped }, limits);
  return refusal ? { text: raw, refused: { ...refusal, ...example(raw, rewrite) } } : { text: rewrite };
}

const example = (raw: string, rewrite: string): Pick<RefusedRewrite, 'raw' | 'rewrite'> => ({
  raw: beginningOf(raw),
  rewrite: beginningOf(rewrite),
});
const beginningOf = (text: string): string => (text.length > EXAMPLE_LENGTH ? `${text.slice(0, EXAMPLE_LENGTH).toWellFormed()}…` : text);

/** Asks refused segments once more, cut in two or more: greedy decoding of the same prompt would only say the same again. */
async function retryRefused(
  judged: Map<string, Judged>,
  spent: Map<string, Spent>,
  worker: RewriteWorker,
  limits: RewriteLimits,
  signal: AbortSignal,
): Promise<void> {
  const refused = [...judged].filter(([, { refused }]) => refused && refused.guard !== 'unreadable');
  const cut = refused.map(([raw]) => smaller(raw));
  const answers = await ask([...new Set(cut.flatMap((pieces) => pieces?.contents ?? []))], worker, signal);
  refused.forEach(([raw, first], index) => {
    const pieces = cut[index];
    if (!pieces) {
      judged.set(raw, { ...first, refused: { ...first.refused!, retry: 'too-short' } });
      return;
    }
    judged.set(raw, again(pieces));
    const [before, more] = [spent.get(raw)!, spentOn(pieces.contents, answers)];
    spent.set(raw, { tokens: before.tokens + more.tokens, cost: before.cost + more.cost });

    function again({ contents, separators }: Segments): Judged {
      const own = contents.map((piece) => judge(piece, answers.get(piece), limits));
      const joined = joinSegments(
        own.map(({ text }) => text),
        separators,
      );
      const raws = own.filter(({ refused }) => refused).length;
      const isUsable = raws < own.length && !guardRewrite(raw, { text: joined, stopped: 'end' }, limits);
      const retry: Retry = !isUsable ? 'failed' : raws > 0 ? 'partly' : 'mended';
      return { text: isUsable ? joined : raw, refused: { ...first.refused!, retry } };
    }
  });
}

/** A segment in two or more pieces; undefined when it cannot be cut but inside a word. */
function smaller(raw: string): Segments | undefined {
  const pieces = segmentText(raw, lengthsUpTo(Math.ceil(raw.length / 2)));
  return pieces.contents.length > 1 && pieces.separators.slice(1, -1).every((separator) => separator !== '') ? pieces : undefined;
}

function conclude(
  raw: string,
  joined: string,
  own: readonly Judged[],
  limits: RewriteLimits,
): Pick<RewrittenDocument, 'after' | 'verdict' | 'reason' | 'refused' | 'refusals'> {
  const whole = raw.length <= LONGEST_WHOLE ? guardRewrite(raw, { text: joined, stopped: 'end' }, limits) : undefined;
  const segments = own.flatMap(({ refused }) => refused ?? []);
  const refused = whole ? [...segments, { ...whole, ...example(raw, joined) }] : segments;
  const noted = { refused: refused.slice(0, EXAMPLES_PER_DOCUMENT), refusals: countRefusals(refused) };
  if (whole) return { after: raw, verdict: 'kept-raw', reason: `The rewritten document ${whole.reason}.`, ...noted };
  const left = segments.filter(({ retry }) => retry !== 'mended');
  if (left.length === 0) return { after: joined, verdict: joined === raw ? 'unchanged' : 'rewritten', reason: '', ...noted };
  const reasons = [...new Set(left.map(({ reason }) => reason))];
  const more = reasons.length > 3 ? `; and ${reasons.length - 3} more reasons` : '';
  return {
    after: joined,
    verdict: joined === raw ? 'kept-raw' : 'partly-raw',
    reason: `${left.length} of ${own.length} segments kept raw because the rewrite ${reasons.slice(0, 3).join('; ')}${more}.`,
    ...noted,
  };
}

function countRefusals(refused: readonly RefusedRewrite[]): RewrittenDocument['refusals'] {
  const counts: Partial<Record<Guard, Partial<Record<Retry | 'none', number>>>> = {};
  for (const { guard, retry = 'none' } of refused) {
    const own = (counts[guard] ??= {});
    own[retry] = (own[retry] ?? 0) + 1;
  }
  return counts;
}
