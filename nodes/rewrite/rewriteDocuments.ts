import type { Generator } from '../kit/index.ts';
import { type Guard, guardRewrite, type Refusal, type RewriteLimits } from '../../main/engine/text/guardRewrite.ts';
import { joinSegments, SEGMENT_LENGTHS, segmentText } from '../../main/engine/text/segment.ts';

export const VERDICTS = ['rewritten', 'unchanged', 'partly-raw', 'kept-raw'] as const;
/**
 * `rewritten`: changed, nothing refused. `unchanged`: the worker left it as it was. `partly-raw`: changed, but some
 * segments were refused. `kept-raw`: as it was, because rewrites were refused.
 */
export type Verdict = (typeof VERDICTS)[number];

export interface RewrittenDocument {
  readonly after: string;
  readonly verdict: Verdict;
  /** In words; empty when nothing was refused. */
  readonly reason: string;
  readonly segments: number;
  /** Rewrites of segments that each guard refused, or 1 when the joined document was refused. */
  readonly refusals: Partial<Record<Guard, number>>;
  /** Of the answers to its segments, once for equal ones. */
  readonly tokens: number;
}

export interface RewrittenDocuments {
  readonly documents: RewrittenDocument[];
  /** That the worker wrote for all of them: once for a segment that several share. */
  readonly tokens: number;
}

export interface RewriteOptions extends RewriteLimits {
  readonly segmentLength: number;
}

/** Tokens beyond the limit in characters: tokenizers split a little differently after a small change. */
const SPARE_TOKENS = 8;

/** Rewrites documents together, segment by segment; equal segments are asked once. */
export async function rewriteDocuments(
  texts: readonly string[],
  worker: Generator,
  { segmentLength, ...limits }: RewriteOptions,
  signal: AbortSignal,
): Promise<RewrittenDocuments> {
  const segmented = texts.map((text) => segmentText(text, { min: Math.min(SEGMENT_LENGTHS.min, segmentLength), max: segmentLength }));
  const messages = [...new Set(segmented.flatMap(({ contents }) => contents))];
  const answers = await worker.answer(messages, {
    maxNewTokens: (message) => Math.ceil(worker.countTokens(message) * limits.maxRatio) + SPARE_TOKENS,
    signal,
  });
  const answerTo = new Map(messages.map((message, index) => [message, answers[index]!]));
  const documents = segmented.map(({ contents, separators }, index) => {
    const judged = contents.map((raw) => {
      const { text, stopped } = answerTo.get(raw)!;
      // Whitespace around a segment is a separator's, never the worker's.
      const rewrite = text.trim();
      const refusal = guardRewrite(raw, { text: rewrite, stopped }, limits);
      return { text: refusal ? raw : rewrite, refusal };
    });
    const joined = joinSegments(
      judged.map(({ text }) => text),
      separators,
    );
    const refused = judged.flatMap(({ refusal }) => refusal ?? []);
    const tokens = [...new Set(contents)].reduce((sum, raw) => sum + answerTo.get(raw)!.tokens, 0);
    return { ...verdictOf(texts[index]!, joined, contents.length, refused, limits), segments: contents.length, tokens };
  });
  return { documents, tokens: answers.reduce((sum, answer) => sum + answer.tokens, 0) };
}

function verdictOf(
  raw: string,
  joined: string,
  segments: number,
  refused: readonly Refusal[],
  limits: RewriteLimits,
): Pick<RewrittenDocument, 'after' | 'verdict' | 'reason' | 'refusals'> {
  const whole = guardRewrite(raw, { text: joined, stopped: 'end' }, limits);
  const refusals: Partial<Record<Guard, number>> = {};
  for (const { guard } of whole ? [whole] : refused) refusals[guard] = (refusals[guard] ?? 0) + 1;
  if (whole) return { after: raw, verdict: 'kept-raw', reason: `The rewritten document ${whole.reason}.`, refusals };
  if (refused.length === 0) return { after: joined, verdict: joined === raw ? 'unchanged' : 'rewritten', reason: '', refusals };
  const reasons = [...new Set(refused.map(({ reason }) => reason))];
  const more = reasons.length > 3 ? `; and ${reasons.length - 3} more reasons` : '';
  return {
    after: joined,
    verdict: joined === raw ? 'kept-raw' : 'partly-raw',
    reason: `${refused.length} of ${segments} segments kept raw because the rewrite ${reasons.slice(0, 3).join('; ')}${more}.`,
    refusals,
  };
}
