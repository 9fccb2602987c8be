import { rowKey } from '../../main/engine/scoring/computeRows.ts';
import { type Fluency, fluencyWork } from '../../main/engine/scoring/fluency.ts';
import { folderDigest } from '../../main/engine/scoring/folderDigest.ts';
import { type BatchWork, keptResults } from '../../main/engine/scoring/keptResults.ts';
import { pacer } from '../../main/engine/scoring/pacer.ts';
import { roundTo } from '../../main/engine/scoring/roundTo.ts';
import { windowsOf } from '../../main/engine/scoring/windowsOf.ts';
import { editDistance, quickEditDistance } from '../../main/engine/text/editDistance.ts';
import { textShape } from '../../main/engine/text/textShape.ts';
import type { Row, RunContext, RunNode } from '../kit/index.ts';
import { openCategories, type Categories } from './openCategories.ts';
import { measureReport } from './measureReport.ts';
import { measuresOf } from './measures.ts';
import { type MeasuredPair, MeasureTally } from './MeasureTally.ts';
import { scoreColumns, scoreRow } from './scoreRow.ts';
import type spec from './spec.ts';
import type { TextScore } from './TextScore.ts';

/** Of pairs. Also the most that is computed twice after a crash. */
const WINDOW = { maxRows: 256, maxSize: 4_000_000 };

interface Pair {
  readonly id: string;
  readonly before: string;
  readonly after: string;
}

const run: RunNode<typeof spec> = async (context) => {
  const { pairs, fluency } = context.inputs;
  const hasFluency = fluency !== undefined || context.params.fluencyModel !== '';
  const categories = await openCategories(context);
  const scorer = await windowScorer(context, hasFluency, categories);
  const tally = new MeasureTally(measuresOf({ hasFluency, categories: categories.names }), context.seed);
  const pause = pacer(context.signal);

  await context.writeTable('scores', scoreColumns({ hasFluency, categories: categories.names }), scored());
  const { toxicity, fluency: fluent } = scorer.computed;
  context.log(
    `${toxicity} texts were given to the toxicity classifier${hasFluency ? `, ${fluent} to the fluency model` : ''}; what was known of the others was used again.`,
  );
  const notes = [...categories.notes, ...(hasFluency ? [] : ['Perplexity was not measured: there is no fluency model.'])];
  await context.writeReport('report', await measureReport(tally, { notes, pause }));

  async function* scored(): AsyncGenerator<Row> {
    let position = 0;
    for await (const window of windowsOf(readPairs(), { ...WINDOW, size: ({ before, after }) => before.length + after.length })) {
      const scores = await scorer.score(window, position, pause);
      for (const [place, { id, before: textBefore, after: textAfter }] of window.entries()) {
        const [before, after] = [scores[2 * place]!, scores[2 * place + 1]!];
        const measured: MeasuredPair = { id, textBefore, textAfter, before, after, ...(await distanceOf(textBefore, textAfter, pause)) };
        tally.add(measured);
        yield scoreRow(measured, { hasFluency, categories: categories.names });
        await pause();
      }
      position += window.length;
      context.progress(position, pairs.rowCount, 'pairs', 'Measuring');
    }
  }

  async function* readPairs(): AsyncGenerator<Pair> {
    for await (const { id, before, after } of pairs.rows(['id', 'before', 'after'])) {
      yield { id: String(id), before: String(before ?? ''), after: String(after ?? '') };
    }
  }
};
export default run;

interface WindowScorer {
  /** Of both texts of pairs, those before at even places; `position` is that of the first pair. */
  score(pairs: readonly Pair[], position: number, pause: () => Promise<void>): Promise<TextScore[]>;
  /** Texts that models were given so far. */
  readonly computed: { toxicity: number; fluency: number };
}

async function windowScorer(context: RunContext<typeof spec>, hasFluency: boolean, categories: Categories): Promise<WindowScorer> {
  const { params, inputs, inference, signal } = context;
  const classifierFolder = context.path(params.classifier);
  const toxicities: BatchWork<string, number> = {
    results: context.rowResults<number>({ classifier: await folderDigest(classifierFolder) }),
    size: (text) => text.length,
    maxRows: Infinity,
    maxSize: Infinity,
    signal,
    compute: async (texts) => {
      const found = await (await inference.classifier(classifierFolder)).probability(texts, signal);
      return found.map((probability) => roundTo(probability, 5));
    },
  };
  const fluencyFolder = inputs.fluency?.path ?? context.path(params.fluencyModel);
  const fluencies = hasFluency
    ? fluencyWork(
        context.rowResults<Fluency>({ fluency: inputs.fluency?.digest ?? (await folderDigest(fluencyFolder)) }),
        () => inference.scorer(fluencyFolder),
        signal,
      )
    : undefined;
  const computed = { toxicity: 0, fluency: 0 };
  const score: WindowScorer['score'] = async (pairs, position, pause) => {
    const texts = pairs.flatMap(({ before, after }) => [before, after]);
    const keys = texts.map(rowKey);
    await pause();
    const toxicity = await keptResults(texts, keys, toxicities);
    await pause();
    const fluency = fluencies && (await keptResults(texts, keys, fluencies));
    computed.toxicity += toxicity.computed;
    computed.fluency += fluency?.computed ?? 0;
    const judged = await categories.of(texts, keys, position);
    const scores: TextScore[] = [];
    for (const [place, text] of texts.entries()) {
      scores.push({
        ...(place % 2 === 1 && text === texts[place - 1] ? shapeOf(scores[place - 1]!) : await textShape(text, pause)),
        toxicity: toxicity.results[place]!,
        fluency: fluency?.results[place],
        categories: judged?.[place],
      });
      await pause();
    }
    return scores;
  };
  return { score, computed };
}

const shapeOf = ({ characters, scripts, language }: TextScore) => ({ characters, scripts, language });

async function distanceOf(
  before: string,
  after: string,
  pause: () => Promise<void>,
): Promise<Pick<MeasuredPair, 'editDistance' | 'isEditDistanceExact'>> {
  const quick = quickEditDistance(before, after);
  const { distance, isExact } = quick === undefined ? await editDistance(before, after, pause) : { distance: quick, isExact: true };
  const longest = Math.max(before.length, after.length);
  return { editDistance: longest === 0 ? 0 : roundTo(distance / longest, 4), isEditDistanceExact: isExact };
}
