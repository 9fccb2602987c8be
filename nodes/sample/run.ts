import { roundTo } from '../../main/engine/scoring/roundTo.ts';
import { type Column, type Row, type RunContext, type RunNode, UserError } from '../kit/index.ts';
import { choose } from './choose.ts';
import { sampleReport } from './sampleReport.ts';
import type spec from './spec.ts';

const PERPLEXITY: Column = { name: 'perplexity', type: 'number' };

const run: RunNode<typeof spec> = async (context) => {
  const { params, inputs } = context;
  const { corpus } = inputs;
  checkColumn(context);
  const choice = await choose(context);
  const isScored = params.method !== 'random';
  const columns = isScored ? [...corpus.columns.filter(({ name }) => name !== PERPLEXITY.name), PERPLEXITY] : corpus.columns;
  await context.writeTable('sample', columns, chosen());
  await context.writeReport('report', sampleReport(params, corpus.rowCount, choice));

  async function* chosen(): AsyncGenerator<Row> {
    let position = 0;
    for await (const row of corpus.rows()) {
      if (choice.drawn.has(position)) yield isScored ? { ...row, [PERPLEXITY.name]: perplexityOf(choice.drawn.get(position)!) } : row;
      position += 1;
    }
  }
};
export default run;

/** Null where no double holds it. */
function perplexityOf(logPerplexity: number): number | null {
  const perplexity = Math.exp(logPerplexity);
  return Number.isFinite(perplexity) ? roundTo(perplexity, 3) : null;
}

function checkColumn({ params: { by }, inputs: { corpus } }: RunContext<typeof spec>): void {
  const names = corpus.columns.map(({ name }) => name);
  if (by === '' || names.includes(by)) return;
  throw new UserError(
    `Param \`by\`: the corpus has no column "${by}"; it has ${names.map((name) => `"${name}"`).join(', ')}: choose one of them or none.`,
  );
}
