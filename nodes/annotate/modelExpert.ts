import { computeRows, rowKey } from '../../main/engine/scoring/computeRows.ts';
import type { Expert, ExpertDocument } from '../../main/engine/text/Expert.ts';
import type { RewritingPrompt } from '../../main/engine/text/rewritingPrompt.ts';
import type { Generator, RunContext } from '../kit/index.ts';
import { withText } from './endpointExpert.ts';
import { type ModelAnswer, readRewrite } from './readRewrite.ts';

type Context = Pick<RunContext, 'inference' | 'rowResults' | 'progress' | 'workFolder' | 'signal'>;

/** A crash costs one batch at most. */
const BATCH = { maxRows: 32, maxSize: 16_000 };
/** What the chat format adds to a message, and a rewrite to its text. */
const FORMAT_TOKENS = 16;
const REWRITE_RATIO = 1.5;
const keyOf = ({ text }: ExpertDocument): string => rowKey(text);

export interface LocalModel {
  readonly folder: string;
  readonly digest: string;
}

/** A chat model on this machine. `prompt` undefined: it is given the raw text alone, as a trained worker is. */
export function modelExpert(context: Context, model: LocalModel, prompt: RewritingPrompt | undefined): Expert {
  const results = context.rowResults<ModelAnswer>({ expert: 'model', model: model.digest, prompt: prompt ?? null });
  return {
    async prepare(documents) {
      await computeRows({
        rows: () => withText(documents()),
        key: keyOf,
        size: ({ text }) => text.length,
        ...BATCH,
        results,
        folder: context.workFolder(),
        name: 'expert',
        signal: context.signal,
        compute: async (batch) => answerAll(await context.inference.generator(model.folder), batch, prompt, context.signal),
        onProgress: (done, total) => context.progress(done, total, 'documents', 'Rewriting'),
      });
    },
    rewrite: async (documents) => {
      const answers = results.get(documents.map(keyOf));
      return documents.map((document) => {
        const answer = answers.get(keyOf(document));
        return answer ? readRewrite(document.text, answer, prompt?.instructions ?? '') : { outcome: 'left-out', reason: 'empty' };
      });
    },
  };
}

async function answerAll(
  generator: Generator,
  documents: readonly ExpertDocument[],
  prompt: RewritingPrompt | undefined,
  signal: AbortSignal,
): Promise<ModelAnswer[]> {
  const asked = documents.map(({ text }) => {
    const message = messageOf(text, prompt);
    const wanted = Math.ceil(generator.countTokens(text) * REWRITE_RATIO) + FORMAT_TOKENS;
    return { message, wanted, fits: generator.countTokens(message) + FORMAT_TOKENS + wanted <= generator.contextLength };
  });
  const fitting = asked.filter(({ fits }) => fits);
  const limits = new Map(fitting.map(({ message, wanted }) => [message, wanted]));
  const answers = await generator.answer(
    fitting.map(({ message }) => message),
    { maxNewTokens: (message) => limits.get(message)!, signal },
  );
  let next = 0;
  return asked.map(({ fits }): ModelAnswer => {
    if (!fits) return { text: '', stopped: 'too-long' };
    const { text, stopped } = answers[next++]!;
    return { text, stopped };
  });
}

/** Local models get one message: not every chat format has a place for instructions or earlier turns. */
function messageOf(text: string, prompt: RewritingPrompt | undefined): string {
  if (!prompt) return text;
  const shown = prompt.examples.map(({ before, after }) => `<before>\n${before}\n</before>\n<after>\n${after}\n</after>\n\n`).join('');
  return `${prompt.instructions}\n\n${shown}<before>\n${text}\n</before>`;
}
