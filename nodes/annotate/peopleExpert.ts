import { rowKey } from '../../main/engine/scoring/computeRows.ts';
import type { Expert, ExpertAnswer, ExpertDocument } from '../../main/engine/text/Expert.ts';
import { type QueueItem, type RunContext, UserError } from '../kit/index.ts';
import { withText } from './endpointExpert.ts';

const keyOf = ({ text }: ExpertDocument): string => rowKey(text);
const DRAFTED_AT_ONCE = 64;

/**
 * People, who answer in a queue that outlives the run. The run ends in a sentence as long as rows wait; what is answered counts from then on.
 *
 * @param drafts writes what people start from; undefined: the raw text
 */
export function peopleExpert(context: Pick<RunContext, 'queue' | 'signal'>, rules: string, drafts: Expert | undefined): Expert {
  // Answers are to the rules, whoever wrote the draft.
  const queue = context.queue({ expert: 'people', rules });
  return {
    async prepare(documents) {
      await drafts?.prepare?.(documents);
      const counts = await queue.fill(itemsOf(withText(documents()), drafts, context.signal));
      const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
      if (counts.waiting > 0) {
        throw new UserError(`${counts.waiting} of ${total} texts still wait for people: answer them in the queue, then run again.`);
      }
    },
    rewrite: async (documents) => {
      const answers = queue.answers(documents.map(keyOf));
      return documents.map((document): ExpertAnswer => {
        const answer = answers.get(keyOf(document));
        if (!answer) return { outcome: 'left-out', reason: 'empty' };
        if (answer.state === 'rejected' || answer.state === 'skipped') return { outcome: 'left-out', reason: answer.state };
        return { outcome: 'rewritten', text: answer.text, changes: answer.text === document.text ? [] : [answer.state] };
      });
    },
    notes: () => drafts?.notes?.() ?? [],
  };
}

async function* itemsOf(
  documents: AsyncIterable<ExpertDocument>,
  drafts: Expert | undefined,
  signal: AbortSignal,
): AsyncGenerator<QueueItem> {
  let batch: ExpertDocument[] = [];
  const drafted = async (): Promise<QueueItem[]> => {
    const answers = await drafts?.rewrite(batch, signal);
    return batch.map((document, at) => {
      const answer = answers?.[at];
      const draft = answer?.outcome === 'rewritten' ? answer.text : document.text;
      return { row: keyOf(document), id: document.id, before: document.text, draft };
    });
  };
  for await (const document of documents) {
    batch.push(document);
    if (batch.length < DRAFTED_AT_ONCE) continue;
    yield* await drafted();
    batch = [];
  }
  yield* await drafted();
}
