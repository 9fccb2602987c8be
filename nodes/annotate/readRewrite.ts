import type { ExpertAnswer } from '../../main/engine/text/Expert.ts';
import { leakIn, refusalIn } from '../../main/engine/text/refusedAnswer.ts';

export interface ModelAnswer {
  readonly text: string;
  readonly stopped: 'end' | 'length' | 'filtered' | 'too-long';
}

const LEFT_OUT = { length: 'cut-off', filtered: 'filtered', 'too-long': 'too-long' } as const;

/**
 * What a chat model wrote, as an expert's answer. Its thoughts and a code fence around the whole are taken off; declining, showing the
 * instructions, and nothing at all are no rewrites. Space around the text does not make it another text.
 */
export function readRewrite(raw: string, { text, stopped }: ModelAnswer, instructions: string): ExpertAnswer {
  if (stopped !== 'end') return { outcome: 'left-out', reason: LEFT_OUT[stopped] };
  const rewritten = withoutFence(text.replace(/^\s*<think>[\s\S]*?<\/think>/, '').trim(), raw);
  if (rewritten === '') return { outcome: 'left-out', reason: 'no-answer' };
  if (refusalIn(rewritten, raw) !== undefined) return { outcome: 'left-out', reason: 'refused' };
  if (leakIn(rewritten, raw, instructions) !== undefined) return { outcome: 'left-out', reason: 'leaked' };
  return rewritten === raw.trim()
    ? { outcome: 'rewritten', text: raw, changes: [] }
    : { outcome: 'rewritten', text: rewritten, changes: ['rewritten'] };
}

function withoutFence(text: string, raw: string): string {
  const inside = /^(`{3,}|~{3,})[^\n`]*\n([\s\S]*?)\n?\1$/.exec(text)?.[2];
  return inside === undefined || /^\s*(?:```|~~~)/.test(raw) ? text : inside.trim();
}
