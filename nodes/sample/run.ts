import { type Report, type Row, type RunContext, type RunNode, UserError } from '../kit/index.ts';
import { allocate } from './allocate.ts';
import { Reservoir } from './Reservoir.ts';
import type spec from './spec.ts';

interface Stratum {
  readonly value: string;
  readonly seen: number;
  readonly drawn: number;
}

const run: RunNode<typeof spec> = async (context) => {
  const { corpus } = context.inputs;
  checkColumn(context);
  const { positions, strata, tooLong } = await choose(context);
  await context.writeTable('sample', corpus.columns, chosen());
  await context.writeReport('report', report(context, strata, tooLong));

  async function* chosen(): AsyncGenerator<Row> {
    let position = 0;
    for await (const row of corpus.rows()) if (positions.has(position++)) yield row;
  }
};
export default run;

function checkColumn({ params: { by }, inputs: { corpus } }: RunContext<typeof spec>): void {
  const names = corpus.columns.map(({ name }) => name);
  if (by === '' || names.includes(by)) return;
  throw new UserError(
    `Param \`by\`: the corpus has no column "${by}"; it has ${names.map((name) => `"${name}"`).join(', ')}: choose one of them or none.`,
  );
}

async function choose({ params, inputs: { corpus }, seed, progress, signal }: RunContext<typeof spec>) {
  const reservoirs = new Map<string, Reservoir>();
  let position = 0;
  let tooLong = 0;
  for await (const row of corpus.rows()) {
    if (params.maxCharacters > 0 && String(row.text).length > params.maxCharacters) tooLong += 1;
    else {
      const value = params.by === '' ? '' : String(row[params.by] ?? '(none)');
      let reservoir = reservoirs.get(value);
      if (!reservoir) reservoirs.set(value, (reservoir = new Reservoir(params.count, seed)));
      reservoir.add(String(row.id), position);
    }
    position += 1;
    if (position % 1000 === 0) {
      signal.throwIfAborted();
      progress(position, corpus.rowCount, 'documents');
    }
  }
  const ordered = [...reservoirs].sort(([a], [b]) => (a < b ? -1 : 1));
  const shares = allocate(
    params.count,
    ordered.map(([, { seen }]) => seen),
    params.allocation,
  );
  return {
    positions: new Set(ordered.flatMap(([, reservoir], at) => reservoir.draw(shares[at]!))),
    strata: ordered.map(([value, { seen }], at): Stratum => ({ value, seen, drawn: shares[at]! })),
    tooLong,
  };
}

function report({ params, inputs: { corpus } }: RunContext<typeof spec>, strata: readonly Stratum[], tooLong: number): Report {
  const drawn = strata.reduce((sum, stratum) => sum + stratum.drawn, 0);
  return {
    title: 'Sample',
    findings: [
      `${drawn} of ${corpus.rowCount} documents were drawn${params.by === '' ? ' at random' : `, spread over "${params.by}" ${params.allocation === 'equal' ? 'equally' : 'in proportion'}`}.`,
      ...(drawn < params.count ? [`${params.count} were asked for, but there are no more to draw.`] : []),
      ...(tooLong > 0 ? [`${tooLong} documents were left aside because they have more than ${params.maxCharacters} characters.`] : []),
    ],
    tables:
      params.by === ''
        ? []
        : [
            {
              title: `By ${params.by}`,
              columns: [params.by, 'Documents', 'Drawn'],
              rows: strata.map(({ value, seen, drawn: count }) => [value, seen, count]),
            },
          ],
    charts: [],
  };
}
