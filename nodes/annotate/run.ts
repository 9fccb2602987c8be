import fs from 'node:fs/promises';
import { type CodeOfConduct, parseCodeOfConduct } from '../../main/engine/text/codeOfConduct.ts';
import type { Expert, ExpertDocument } from '../../main/engine/text/Expert.ts';
import { Lexicon } from '../../main/engine/text/Lexicon.ts';
import { rulesExpert } from '../../main/engine/text/rulesExpert.ts';
import { type Column, type Row, type RunContext, type RunNode, UserError } from '../kit/index.ts';
import { AnnotationTally } from './AnnotationTally.ts';
import { pairsFileExpert } from './pairsFileExpert.ts';
import type spec from './spec.ts';

const PAIR_COLUMNS: Column[] = [
  { name: 'id', type: 'string' },
  { name: 'before', type: 'string' },
  { name: 'after', type: 'string' },
  { name: 'changes', type: 'string' },
];
const BATCH = 64;

const run: RunNode<typeof spec> = async (context) => {
  const code = await readCode(context);
  const expert = await openExpert(context);
  const tally = new AnnotationTally();
  await context.writeTable('pairs', PAIR_COLUMNS, annotated());
  if (tally.pairs === 0) throw new UserError(`${tally.documents} documents gave no pair (${tally.reasons()}): give the expert others.`);
  await context.writeReport('report', tally.report(code, context.params.expert));
  context.log(`${tally.pairs} pairs under ${code.title}, version ${code.version}.`);

  async function* annotated(): AsyncGenerator<Row> {
    for await (const batch of batches(context.inputs.corpus.rows())) {
      const answers = await expert.rewrite(batch, context.signal);
      for (const [at, { id, text }] of batch.entries()) {
        const answer = answers[at]!;
        tally.add(text, answer);
        if (answer.outcome === 'rewritten') yield { id, before: text, after: answer.text, changes: answer.changes.join(',') };
      }
      context.progress(tally.documents, context.inputs.corpus.rowCount, 'documents');
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
};
export default run;

async function readCode({ params, path }: RunContext<typeof spec>): Promise<CodeOfConduct> {
  const file = path(params.codeOfConduct);
  return parseCodeOfConduct(await readText(file, 'codeOfConduct'), file);
}

async function openExpert({ params, path, readFile }: RunContext<typeof spec>): Promise<Expert> {
  if (params.expert === 'rules') {
    if (params.lexicon === '') throw new UserError('Param `lexicon` is empty: name the file with the words that the rules take out.');
    return rulesExpert(new Lexicon(await readText(path(params.lexicon), 'lexicon')));
  }
  if (params.pairsFile === '')
    throw new UserError('Param `pairsFile` is empty: name the file with the rewrites, or choose another expert.');
  const file = path(params.pairsFile);
  return pairsFileExpert(readFile(file, { textColumn: params.rawColumn }), file, params.rewrittenColumn);
}

async function readText(file: string, param: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await fs.readFile(file);
  } catch (error) {
    throw new UserError(`${file} cannot be read: set param \`${param}\` to a text file that can.`, { cause: error });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new UserError(`${file} is not UTF-8: save it as UTF-8, or set param \`${param}\` to another file.`, { cause: error });
  }
}

async function* batches(rows: AsyncIterable<Row>): AsyncGenerator<ExpertDocument[]> {
  let batch: ExpertDocument[] = [];
  for await (const { id, text } of rows) {
    batch.push({ id: String(id), text: String(text) });
    if (batch.length === BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
