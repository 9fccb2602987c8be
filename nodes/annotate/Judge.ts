import { computeRows, rowKey } from '../../main/engine/scoring/computeRows.ts';
import {
  type ChatMessage,
  endpointOperation,
  type EndpointSettings,
  type Generator,
  type RowResults,
  type RunContext,
} from '../kit/index.ts';
import { askEach, knownResults } from './askEach.ts';
import { askAgain, judgeInstructions, judgeQuestion, readVerdict, type Verdict } from './judging.ts';
import type { LocalModel } from './modelExpert.ts';
import { UsageMeter, usageNote } from './UsageMeter.ts';

export interface JudgedPair {
  readonly before: string;
  readonly after: string;
}
/** `verdict` undefined: the judge gave none that could be read, and `raw` is what it said instead. */
export interface Judgement {
  readonly verdict: Verdict | undefined;
  readonly raw: string;
}
/** Who scores rewrites. */
export interface Judge {
  /** Judges the pairs without a judgement, each kept as it comes. `pairs` may be called again. */
  prepare(pairs: () => AsyncIterable<JudgedPair>): Promise<void>;
  /** In order; undefined for pairs that were not prepared. */
  judgements(pairs: readonly JudgedPair[]): (Judgement | undefined)[];
  notes(): readonly string[];
}

/** What the judge said, at first and when asked again. */
interface KeptAnswers {
  readonly answers: readonly string[];
  readonly cost: number;
}
type Context = Pick<RunContext, 'endpoint' | 'inference' | 'rowResults' | 'progress' | 'metric' | 'log' | 'workFolder' | 'signal'>;

const ASKING = 1;
const keyOf = ({ before, after }: JudgedPair): string => rowKey(judgeQuestion(before, after));

export function endpointJudge(context: Context, settings: EndpointSettings, rules: string, total: number): Judge {
  const endpoint = context.endpoint(settings);
  const instructions = judgeInstructions(rules);
  const results = context.rowResults<KeptAnswers>(
    { asking: ASKING, judge: 'endpoint', ...endpointOperation(settings), instructions },
    { ownVersion: true },
  );
  let spentBefore = 0;
  const ask = async ({ before, after }: JudgedPair, meter: UsageMeter): Promise<KeptAnswers> => {
    const messages: ChatMessage[] = [
      { role: 'system', content: instructions },
      { role: 'user', content: judgeQuestion(before, after) },
    ];
    const first = await endpoint.ask(messages, { onText: meter.onText() });
    if (first.stopped === 'too-long' || readVerdict(first.text)) return { answers: [first.text], cost: first.cost };
    const second = await endpoint.ask([...messages, ...askAgain(first.text)], { onText: meter.onText() });
    return { answers: [first.text, second.text], cost: first.cost + second.cost };
  };
  return {
    async prepare(pairs) {
      for await (const { cost } of knownResults(pairs(), keyOf, results)) spentBefore += cost;
      endpoint.addSpent(spentBefore);
      const meter = new UsageMeter(endpoint, context, total, `Asking the judge ${settings.model}`);
      await askEach({
        rows: pairs(),
        key: keyOf,
        results,
        concurrency: settings.concurrency,
        ask: (pair) => ask(pair, meter),
        onDone: () => meter.rowDone(),
      });
    },
    judgements: (pairs) => judgementsFrom(results, pairs),
    notes: () => usageNote(endpoint, settings, spentBefore).map((note) => `Judge: ${note}`),
  };
}

const BATCH = { maxRows: 32, maxSize: 32_000 };
const ANSWER_TOKENS = 300;
const FORMAT_TOKENS = 16;

/** A chat model on this machine as judge. */
export function modelJudge(context: Context, model: LocalModel, rules: string): Judge {
  const instructions = judgeInstructions(rules);
  const results = context.rowResults<KeptAnswers>({ judge: 'model', model: model.digest, instructions });
  return {
    async prepare(pairs) {
      await computeRows({
        rows: pairs,
        key: keyOf,
        size: ({ before, after }) => before.length + after.length,
        ...BATCH,
        results,
        folder: context.workFolder(),
        name: 'judge',
        signal: context.signal,
        compute: async (batch) => {
          const generator = await context.inference.generator(model.folder);
          const questions = batch.map(({ before, after }) => `${instructions}\n\n${judgeQuestion(before, after)}`);
          const first = await answerFitting(generator, questions, context.signal);
          const unread = questions.flatMap((question, at) => (first[at] === '' || readVerdict(first[at]!) ? [] : [{ at, question }]));
          const second = await answerFitting(
            generator,
            unread.map(
              ({ at, question }) =>
                `${question}\n\n${askAgain(first[at]!)
                  .map(({ content }) => content)
                  .join('\n\n')}`,
            ),
            context.signal,
          );
          const again = new Map(unread.map(({ at }, place) => [at, second[place]!]));
          return first.map((answer, at): KeptAnswers => ({ answers: again.has(at) ? [answer, again.get(at)!] : [answer], cost: 0 }));
        },
        onProgress: (done, total) => context.progress(done, total, 'pairs', 'Judging'),
      });
    },
    judgements: (pairs) => judgementsFrom(results, pairs),
    notes: () => [],
  };
}

/** Empty for questions that do not fit the model's context. */
async function answerFitting(generator: Generator, questions: readonly string[], signal: AbortSignal): Promise<string[]> {
  const fits = questions.map((question) => generator.countTokens(question) + FORMAT_TOKENS + ANSWER_TOKENS <= generator.contextLength);
  const answers = await generator.answer(
    questions.filter((_, at) => fits[at]),
    { maxNewTokens: () => ANSWER_TOKENS, signal },
  );
  let next = 0;
  return fits.map((isAsked) => (isAsked ? answers[next++]!.text : ''));
}

function judgementsFrom(results: RowResults<KeptAnswers>, pairs: readonly JudgedPair[]): (Judgement | undefined)[] {
  const kept = results.get(pairs.map(keyOf));
  return pairs.map((pair) => {
    const found = kept.get(keyOf(pair));
    if (!found) return undefined;
    const read = found.answers.map(readVerdict).find((verdict) => verdict !== undefined);
    return { verdict: read, raw: read ? '' : found.answers.join('\n---\n') };
  });
}
