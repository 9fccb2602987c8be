import { rowKey } from '../../main/engine/scoring/computeRows.ts';
import type { Expert, ExpertDocument } from '../../main/engine/text/Expert.ts';
import type { RewritingPrompt } from '../../main/engine/text/rewritingPrompt.ts';
import { type ChatAnswer, type ChatMessage, type EndpointSettings, NoAnswer, type RowResults, type RunContext } from '../kit/index.ts';
import { askEach, knownResults } from './askEach.ts';
import { readRewrite } from './readRewrite.ts';
import { UsageMeter, usageNote } from './UsageMeter.ts';

type Context = Pick<RunContext, 'endpoint' | 'rowResults' | 'progress' | 'metric' | 'log'>;

/** Goes up when equal prompts may be answered otherwise, as when messages are put together in another way. */
const ASKING = 1;
const keyOf = ({ text }: ExpertDocument): string => rowKey(text);

/**
 * A chat model behind HTTP: it is told the code of conduct, shown its examples as a conversation, and given one raw text a request.
 *
 * @param total documents, for the progress
 * @param mayFail documents that may stay without an answer
 */
export function endpointExpert(
  context: Context,
  settings: EndpointSettings,
  { instructions, examples }: RewritingPrompt,
  { total, mayFail }: { readonly total: number; readonly mayFail: number },
): Expert {
  const endpoint = context.endpoint(settings);
  const { model, temperature, maxTokens } = settings;
  const results = answersFor(
    maxTokens,
    context.rowResults<KeptAnswer>(
      { asking: ASKING, expert: 'endpoint', model, temperature, instructions, examples },
      { ownVersion: true },
    ),
  );
  const shown = examples.flatMap(({ before, after }): ChatMessage[] => [
    { role: 'user', content: before },
    { role: 'assistant', content: after },
  ]);
  let spentBefore = 0;
  let failed = 0;
  return {
    async prepare(documents) {
      for await (const { cost } of knownResults(documents(), keyOf, results)) spentBefore += cost;
      endpoint.addSpent(spentBefore);
      const meter = new UsageMeter(endpoint, context, total, `Asking ${settings.model}`);
      await askEach({
        rows: withText(documents()),
        key: keyOf,
        results,
        concurrency: settings.concurrency,
        ask: async ({ text }) => {
          const messages: ChatMessage[] = [{ role: 'system', content: instructions }, ...shown, { role: 'user', content: text }];
          try {
            return { ...(await endpoint.ask(messages, { onText: meter.onText() })), maxTokens };
          } catch (error) {
            if (!(error instanceof NoAnswer) || ++failed > mayFail) throw error;
            context.log(`Left out: ${error.message}`);
            return undefined;
          }
        },
        onDone: () => meter.rowDone(),
      });
      for (const note of usageNote(endpoint, settings, spentBefore)) context.log(note);
    },
    rewrite: async (documents) => {
      const answers = results.get(documents.map(keyOf));
      return documents.map((document) => {
        const answer = answers.get(keyOf(document));
        if (answer) return readRewrite(document.text, answer, instructions);
        return { outcome: 'left-out', reason: document.text.trim() === '' ? 'empty' : 'unanswered' };
      });
    },
    notes: () => usageNote(endpoint, settings, spentBefore),
  };
}

/** An answer as it came, so that reading it in a better way costs nothing. */
interface KeptAnswer extends ChatAnswer {
  /** What its length was limited to. */
  readonly maxTokens: number;
}

/** Only answers that another limit leaves as they are count as known: whoever raises it pays again for those that were cut off, and for no others. */
function answersFor(maxTokens: number, results: RowResults<KeptAnswer>): RowResults<KeptAnswer> {
  const isKnown = ({ stopped, maxTokens: limit }: KeptAnswer): boolean =>
    stopped === 'length' ? limit >= maxTokens : stopped === 'too-long' ? limit <= maxTokens : true;
  return { get: (rows) => new Map([...results.get(rows)].filter(([, answer]) => isKnown(answer))), put: (found) => results.put(found) };
}

/** Nothing is asked about nothing. */
export async function* withText(documents: AsyncIterable<ExpertDocument>): AsyncIterable<ExpertDocument> {
  for await (const document of documents) if (document.text.trim() !== '') yield document;
}
