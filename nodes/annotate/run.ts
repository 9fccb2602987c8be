import fs from 'node:fs/promises';
import { rowKey } from '../../main/engine/scoring/computeRows.ts';
import { folderDigest } from '../../main/engine/scoring/folderDigest.ts';
import { pacer } from '../../main/engine/scoring/pacer.ts';
import { type CodeOfConduct, parseCodeOfConduct } from '../../main/engine/text/codeOfConduct.ts';
import type { Expert, ExpertAnswer, ExpertDocument } from '../../main/engine/text/Expert.ts';
import { Lexicon } from '../../main/engine/text/Lexicon.ts';
import { type RewritingPrompt, rewritingPrompt } from '../../main/engine/text/rewritingPrompt.ts';
import { rulesExpert } from '../../main/engine/text/rulesExpert.ts';
import { type Column, endpointSettings, type Row, type RunContext, type RunNode, UserError } from '../kit/index.ts';
import { AnnotationTally } from './AnnotationTally.ts';
import { endpointExpert } from './endpointExpert.ts';
import { endpointJudge, type Judge, type JudgedPair, type Judgement, modelJudge } from './Judge.ts';
import { CRITERIA } from './judging.ts';
import { JudgeTally } from './JudgeTally.ts';
import { type LocalModel, modelExpert } from './modelExpert.ts';
import { pairsFileExpert } from './pairsFileExpert.ts';
import { peopleExpert } from './peopleExpert.ts';
import type spec from './spec.ts';

type Context = RunContext<typeof spec>;

const PAIR_COLUMNS: readonly Column[] = ['id', 'before', 'after', 'changes'].map((name) => ({ name, type: 'string' }));
const JUDGE_COLUMNS: readonly Column[] = [
  ...CRITERIA.map(({ column }): Column => ({ name: column, type: 'integer' })),
  { name: 'judgeReasons', type: 'string' },
  { name: 'judgeRaw', type: 'string' },
];
const BATCH = 64;

const run: RunNode<typeof spec> = async (context) => {
  const code = await readCode(context);
  const prompt = promptOf(code, context);
  const expert = await openExpert(context.params.expert, context, code, prompt);
  const judge = await openJudge(context, code);
  const documents = () => documentsOf(context.inputs.corpus.rows(['id', 'text']));
  await expert.prepare?.(documents);
  await judge?.prepare(judgedPairs);

  const tally = new AnnotationTally();
  const judgeTally = judge && new JudgeTally();
  await context.writeTable('pairs', judge ? [...PAIR_COLUMNS, ...JUDGE_COLUMNS] : PAIR_COLUMNS, pairRows());
  if (tally.pairs === 0) throw new UserError(`${tally.documents} documents gave no pair (${tally.reasons()}): give the expert others.`);
  const judged = await judgeTally?.report(judgeName(context), pacer(context.signal));
  const report = tally.report(code, expertName(context), [...(expert.notes?.() ?? []), ...(judge?.notes() ?? [])]);
  await context.writeReport('report', {
    ...report,
    findings: [...report.findings.slice(0, 1), ...(judged?.findings ?? []), ...report.findings.slice(1)],
    tables: [...(judged?.tables ?? []), ...report.tables],
    charts: [...(judged?.charts ?? []), ...report.charts],
  });
  context.log(`${tally.pairs} pairs under ${code.title}, version ${code.version}.`);

  async function* answered(): AsyncGenerator<[ExpertDocument, ExpertAnswer][]> {
    for await (const batch of batches(documents())) {
      const answers = await expert.rewrite(batch, context.signal);
      yield batch.map((document, at) => [document, answers[at]!]);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async function* judgedPairs(): AsyncGenerator<JudgedPair> {
    for await (const batch of answered()) yield* pairsOf(batch).filter((pair) => isJudged(pair, context.params.judgeShare));
  }

  async function* pairRows(): AsyncGenerator<Row> {
    for await (const batch of answered()) {
      const pairs = pairsOf(batch);
      const judgements = judge ? judge.judgements(pairs) : [];
      for (const [{ text }, answer] of batch) tally.add(text, answer);
      for (const [at, { id, before, after, changes }] of pairs.entries()) {
        const isInShare = judge && isJudged({ before, after }, context.params.judgeShare);
        const judgement = isInShare ? judgements[at] : undefined;
        if (judgement) judgeTally!.add(judgement, before !== after);
        yield { id, before, after, changes: changes.join(','), ...(judge ? judgeCells(judgement) : {}) };
      }
      context.progress(tally.documents, context.inputs.corpus.rowCount, 'documents', 'Writing pairs');
    }
  }
};
export default run;

async function openExpert(
  name: Context['params']['expert'] | Context['params']['draft'],
  context: Context,
  code: CodeOfConduct,
  prompt: RewritingPrompt,
): Promise<Expert> {
  const { params, path, readFile } = context;
  switch (name) {
    case 'pairs-file': {
      if (params.pairsFile === '')
        throw new UserError('Param `pairsFile` is empty: name the file with the rewrites, or choose another expert.');
      const file = path(params.pairsFile);
      return pairsFileExpert(readFile(file, { textColumn: params.rawColumn }), file, params.rewrittenColumn);
    }
    case 'endpoint':
      return endpointExpert(context, endpointSettings(params, 'endpoint'), prompt, {
        total: context.inputs.corpus.rowCount,
        mayFail: params.mayFail,
      });
    case 'model':
      return modelExpert(context, await localModel(context, 'model'), params.modelPrompt === 'code' ? prompt : undefined);
    case 'people': {
      const drafts = params.draft === 'raw' ? undefined : await openExpert(params.draft, context, code, prompt);
      return peopleExpert(context, code.rules(params.culture), drafts);
    }
    default:
      if (params.lexicon === '') throw new UserError('Param `lexicon` is empty: name the file with the words that the rules take out.');
      return rulesExpert(new Lexicon(await readText(path(params.lexicon), 'lexicon')));
  }
}

async function openJudge(context: Context, code: CodeOfConduct): Promise<Judge | undefined> {
  const { params } = context;
  const rules = code.rules(params.culture);
  if (params.judge === 'endpoint') return endpointJudge(context, endpointSettings(params, 'judge'), rules, context.inputs.corpus.rowCount);
  return params.judge === 'model' ? modelJudge(context, await localModel(context, 'judgeFolder'), rules) : undefined;
}

async function localModel({ params, path }: Context, param: 'model' | 'judgeFolder'): Promise<LocalModel> {
  const folder = path(params[param]);
  return { folder, digest: await folderDigest(folder) };
}

function promptOf(code: CodeOfConduct, { params }: Context): RewritingPrompt {
  const prompt = rewritingPrompt(code, params.culture);
  return params.examples ? prompt : { ...prompt, examples: [] };
}

async function readCode({ params, path }: Context): Promise<CodeOfConduct> {
  const file = path(params.codeOfConduct);
  return parseCodeOfConduct(await readText(file, 'codeOfConduct'), file);
}

const expertName = ({ params }: Context): string => (params.expert === 'endpoint' ? `endpoint, ${params.endpointModel}` : params.expert);
const judgeName = ({ params }: Context): string => (params.judge === 'endpoint' ? params.judgeModel : params.judgeFolder);

type Pair = JudgedPair & { readonly id: string; readonly changes: readonly string[] };

const pairsOf = (answered: readonly [ExpertDocument, ExpertAnswer][]): Pair[] =>
  answered.flatMap(([{ id, text }, answer]) =>
    answer.outcome === 'rewritten' ? [{ id, before: text, after: answer.text, changes: answer.changes }] : [],
  );

/** The same texts in every run, and of every larger share. */
const isJudged = ({ before }: JudgedPair, percent: number): boolean =>
  percent >= 100 || parseInt(rowKey(before).slice(0, 8), 16) / 2 ** 32 < percent / 100;

function judgeCells(judgement: Judgement | undefined): Row {
  const verdict = judgement?.verdict;
  return {
    ...Object.fromEntries(CRITERIA.map(({ column, name }) => [column, verdict?.scores[name] ?? null])),
    judgeReasons: verdict
      ? CRITERIA.flatMap(({ name, title }) => (verdict.reasons[name] ? [`${title}: ${verdict.reasons[name]}`] : [])).join('\n')
      : null,
    judgeRaw: judgement && !verdict ? judgement.raw : null,
  };
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

async function* documentsOf(rows: AsyncIterable<Row>): AsyncGenerator<ExpertDocument> {
  for await (const { id, text } of rows) yield { id: String(id), text: String(text ?? '') };
}

async function* batches(documents: AsyncIterable<ExpertDocument>): AsyncGenerator<ExpertDocument[]> {
  let batch: ExpertDocument[] = [];
  for await (const document of documents) {
    batch.push(document);
    if (batch.length === BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
