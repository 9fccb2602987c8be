import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CRITERIA, readVerdict } from '../../../nodes/annotate/judging.ts';
import { type Behaviour, type ChatCall, ChatServer, streamed } from '../endpoint/ChatServer.ts';
import { type Bench, makeBench } from '../testNodes.ts';
import { annotate, annotateWorkflow, nodeTypes, type Params } from './annotateBench.ts';

const names = CRITERIA.map(({ name }) => name);
const verdict = (scores: readonly unknown[]): string =>
  JSON.stringify(Object.fromEntries(names.map((name, at) => [name, { reason: `why {${at}} "so"`, score: scores[at] }])));

describe('a verdict', () => {
  const scores = { format: 9, accuracy: 10, moderation: 1, ad_removal: 5, detail: 7 };
  test.each([
    ['alone', verdict([9, 10, 1, 5, 7])],
    [
      'in a fence, behind thoughts',
      `<think>{hm} {"format": 3}</think>Here you are: \`\`\`json\n${verdict([9, 10, 1, 5, 7])}\n\`\`\` done {`,
    ],
    ['as numbers', JSON.stringify(scores)],
    ['as texts', JSON.stringify({ format: '9', accuracy: '10/10', moderation: ' 1 ', ad_removal: '5.0', detail: '7' })],
    ['under other spellings', JSON.stringify({ Format: 9, ACCURACY: 10, moderation: 1, adRemoval: 5, detail: 7, overall: 2 })],
    ['before another one', `${verdict([9, 10, 1, 5, 7])} ${verdict([1, 1, 1, 1, 1])}`],
  ])('is read %s', (_, answer) => {
    expect(readVerdict(answer)!.scores).toEqual(scores);
  });

  test('has the reasons that were given', () => {
    expect(readVerdict(verdict([9, 10, 1, 5, 7]))!.reasons.accuracy).toBe('why {1} "so"');
    expect(readVerdict(JSON.stringify(scores))!.reasons.accuracy).toBe('');
  });

  test.each([
    [''],
    ['Format: 9, accuracy: 10'],
    [verdict([9, 10, 1, 5])],
    [verdict([9, 10, 0, 5, 7])],
    [verdict([9, 11, 1, 5, 7])],
    [verdict([9, 10, 1.5, 5, 7])],
    [verdict([9, 10, true, 5, 7])],
    [verdict([9, 10, 1, 5, 7]).slice(0, -3)],
    ['{'.repeat(100_000)],
    [`[${verdict([9, 10, 1, 5]).repeat(3)}]`],
  ])('is not made up from %.30s', (answer) => {
    expect(readVerdict(answer)).toBeUndefined();
  });
});

describe('the judge Endpoint', () => {
  let bench: Bench;
  let server: ChatServer;
  beforeEach(() => void (bench = makeBench()));
  afterEach(async () => {
    await server.stop();
    await bench.clear();
  });
  const documents = Array.from({ length: 40 }, (_, at) => ({ id: String(at), text: at % 2 === 0 ? `خبر رقم ${at}` : `خبرررر رقم ${at}` }));
  const judged = (params: Params = {}) =>
    annotateWorkflow(bench, documents, {
      expert: 'rules',
      judge: 'endpoint',
      judgeUrl: server.url,
      judgeModel: 'judge-1',
      judgeRetries: 0,
      ...params,
    });
  const pairOf = ({ body }: ChatCall) => JSON.parse(body.messages[1]!.content) as { before: string; after: string };
  /** Likes what was changed. */
  const scoring: Behaviour = (call, response) => {
    const { before, after } = pairOf(call);
    return streamed([verdict(before === after ? [6, 6, 6, 6, 6] : [9, 8, 10, 10, 7])])(call, response);
  };

  test('scores each pair with reasons, and the report has means with intervals', async () => {
    server = await ChatServer.start(() => scoring);
    const { pairs, report, error } = await annotate(bench.open(nodeTypes), judged());
    expect(error).toBeUndefined();
    expect(pairs[1]).toMatchObject({
      after: 'خبر رقم 1',
      judgeFormat: 9,
      judgeAccuracy: 8,
      judgeModeration: 10,
      judgeAdRemoval: 10,
      judgeDetail: 7,
      judgeRaw: null,
    });
    expect(pairs[0]).toMatchObject({ judgeFormat: 6, judgeReasons: expect.stringContaining('accuracy: why {1} "so"\n') });
    const scores = report!.tables.find(({ title }) => title.startsWith('Judge'))!;
    const row = (pairsName: string, criterion: string) => scores.rows.find(([group, name]) => group === pairsName && name === criterion)!;
    expect(row('changed pairs', 'format')).toEqual(['changed pairs', 'format', 20, 9, 9, 9]);
    const [, , count, mean, low, high] = row('all pairs', 'format') as [string, string, number, number, number, number];
    expect([count, mean]).toEqual([40, 7.5]);
    // Half sixes, half nines: the standard error is 1.5/√40.
    expect(low).toBeCloseTo(7.5 - 1.96 * (1.5 / Math.sqrt(40)), 0);
    expect(high).toBeCloseTo(7.5 + 1.96 * (1.5 / Math.sqrt(40)), 0);
    expect(report!.findings[1]).toContain('The judge judge-1 scored from 1 to 10, with 95 % intervals: format 7.5 (');
    expect(server.calls[0]!.body.messages[0]!.content).toContain('ضبط المحتوى');
  });

  test('is asked once more when it gives no verdict, and then left without one', async () => {
    const stubborn = (call: ChatCall): boolean => pairOf(call).before.endsWith(' 3');
    const slow = (call: ChatCall): boolean => pairOf(call).before.endsWith(' 4') && call.body.messages.length === 2;
    server = await ChatServer.start((call) => (stubborn(call) || slow(call) ? streamed(['It is fine.']) : scoring));
    const { pairs, report } = await annotate(bench.open(nodeTypes), judged());
    expect(server.calls).toHaveLength(42);
    expect(server.calls.filter(({ body }) => body.messages.length === 4)).toHaveLength(2);
    expect(pairs[3]).toMatchObject({ judgeFormat: null, judgeRaw: 'It is fine.\n---\nIt is fine.' });
    expect(pairs[4]).toMatchObject({ judgeFormat: 6, judgeRaw: null });
    expect(report!.findings.join(' ')).toContain('1 of 40 judged pairs have no score');
    expect(JSON.stringify(report!.tables)).toContain('["all pairs","format",39,');
  });

  test('is asked about a share of the pairs, the same ones of every larger share, and about none twice', async () => {
    server = await ChatServer.start(() => scoring);
    const engine = bench.open(nodeTypes);
    const share = async (percent: number) =>
      (await annotate(engine, judged({ judgeShare: percent }))).pairs.flatMap(({ id, judgeFormat }) => (judgeFormat === null ? [] : [id]));
    const fewer = await share(30);
    const more = await share(60);
    expect(fewer.length).toBeGreaterThan(3);
    expect(more.length).toBeGreaterThan(fewer.length);
    expect(more.length).toBeLessThan(40);
    expect(more).toEqual(expect.arrayContaining(fewer));
    expect(server.calls).toHaveLength(more.length);
  });
});
