import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Row } from '../../../nodes/kit/index.ts';
import type { NodeTypes } from '../../../main/engine/loadNodeTypes.ts';
import { CATEGORIES, parseAnswer } from '../../../nodes/measure/judgeCategories.ts';
import { type Behaviour, ChatServer, json, whole } from '../endpoint/ChatServer.ts';
import { jsonLines, nodeTypesWithGiven, resources } from '../inference/givenArtifacts.ts';
import { type Bench, makeBench, runToEnd, workflowOf } from '../testNodes.ts';

let nodeTypes: NodeTypes;
let bench: Bench;
const servers: ChatServer[] = [];
beforeAll(async () => void (nodeTypes = await nodeTypesWithGiven()));
beforeEach(() => void (bench = makeBench()));
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  await bench.clear();
});

const categoryModel = path.join(import.meta.dirname, 'categoryModel');
const common = { classifier: path.join(resources, 'models/arabic-toxicity'), fluencyModel: '' };

async function measure(pairs: readonly Row[], params: Record<string, string | number>, seed = 7) {
  const engine = bench.open(nodeTypes);
  const file = bench.write('pairs.jsonl', jsonLines(pairs));
  const finished = await runToEnd(engine, {
    workflow: {
      ...workflowOf({
        read: { type: 'given-pairs', params: { file } },
        measure: { type: 'measure', version: 4, params: { ...common, ...params }, from: { pairs: 'read.pairs' } },
      }),
      seed,
    },
  });
  const { outputs, error } = finished.nodes.find(({ node }) => node === 'measure')!;
  if (error !== undefined) return { error, scores: [], findings: '' };
  const { findings } = await engine.report(outputs.report!.digest);
  return { error, scores: await engine.rows(outputs.scores!.digest, 0, 1000), findings: findings.join(' ') };
}

describe('categories by a classifier with several labels', () => {
  const [low, high] = [1 / (1 + Math.exp(4)), 1 / (1 + Math.exp(-4))];

  it('are its labels, each by itself, before and after', async () => {
    const pairs = [
      { id: 'a', before: 'انت غبي وهذه دعوة إلى قتل', after: 'انت مخطئ وهذه دعوة' },
      { id: 'b', before: 'كراهية', after: 'كراهية' },
    ];
    const { scores, findings } = await measure(pairs, { categories: 'classifier', categoryClassifier: categoryModel });
    const found = scores.map((row) =>
      ['harassment', 'hate', 'sexualContent', 'violence'].map((name) => [row[`${name}Before`], row[`${name}After`]]),
    );
    const near = (value: number) => expect.closeTo(value, 4);
    expect(found).toEqual([
      [
        [near(high), near(low)],
        [near(low), near(low)],
        [near(low), near(low)],
        [near(high), near(low)],
      ],
      [
        [near(low), near(low)],
        [near(high), near(high)],
        [near(low), near(low)],
        [near(low), near(low)],
      ],
    ]);
    expect(findings).toMatch(/Violence: no change can be told from chance|Violence fell/);
  });

  it('of a text longer than the model reads are those of its worst part', async () => {
    const long = `${'كلام عادي '.repeat(20)} قتل ${'كلام عادي '.repeat(20)}`;
    const { scores } = await measure([{ id: 'a', before: long, after: 'كلام عادي '.repeat(40) }], {
      categories: 'classifier',
      categoryClassifier: categoryModel,
    });
    expect(scores[0]).toMatchObject({ violenceBefore: expect.closeTo(high, 4), violenceAfter: expect.closeTo(low, 4) });
  });

  it.each([
    ['config.json', '{"id2label": {"1": "a"}}', /`id2label` in `config\.json` of classifier folder .* must name each label from 0 on/],
    ['config.json', '{', /`config\.json` in classifier folder .* is not JSON/],
    [
      'config.json',
      '{"id2label": {"0": "a", "1": "b"}}',
      /`onnx\/model\.onnx` in classifier folder .* not a classifier that Nasaq can use/,
    ],
    ['tokenizer.json', undefined, /Classifier folder .*: `tokenizer\.json` cannot be read \(ENOENT\)/],
    ['onnx/model.onnx', undefined, /has no `onnx\/model\.onnx`/],
  ])('from a folder with a broken %s end in one sentence', async (name, content, sentence) => {
    const folder = path.join(bench.folder, 'model');
    fs.cpSync(categoryModel, folder, { recursive: true });
    fs.rmSync(path.join(folder, name));
    if (content !== undefined) fs.writeFileSync(path.join(folder, name), content);
    const { error } = await measure([{ id: 'a', before: 'نص', after: 'نص' }], { categories: 'classifier', categoryClassifier: folder });
    expect(error).toMatch(sentence);
  });
});

describe('categories by an endpoint', () => {
  const answer = (harassment: number) => JSON.stringify({ harassment, hate: 0, sexual: 0, violence: 0.25 });
  const pairs = Array.from({ length: 12 }, (_, at): Row => ({ id: `p${at}`, before: `نص سيئ رقم ${at}`, after: `نص رقم ${at}` }));
  const start = async (behave: (text: string, at: number) => Behaviour) => {
    const server = await ChatServer.start(({ body }, at) => behave(body.messages.at(-1)!.content, at));
    servers.push(server);
    return { server, params: { categories: 'endpoint', endpointUrl: server.url, endpointModel: 'judge' } };
  };
  const fair = (text: string): Behaviour => whole(`Here you are: ${answer(text.includes('سيئ') ? 0.75 : 0.5)}`);

  it('are asked once for each text of every row, and never again', async () => {
    const { server, params } = await start(fair);
    const { scores, findings } = await measure(pairs, params);
    expect(server.calls.length).toBe(24);
    for (const row of scores)
      expect(row).toMatchObject({ harassmentBefore: 0.75, harassmentAfter: 0.5, violenceAfter: 0.25, hateBefore: 0 });
    expect(findings).toContain('Harassment fell: the mean probability goes from 0.750 to 0.500');
    expect(findings).toContain('The categories are of 12 rows, judged by judge.');
    await measure([...pairs, { id: 'new', before: pairs[0]!.before!, after: 'نص جديد' }], params);
    expect(server.calls.length).toBe(25);
  });

  it('of a sample leave the other rows without, and are of other rows by another seed', async () => {
    const { server, params } = await start(fair);
    const { scores, findings } = await measure(pairs, { ...params, categoryRows: 4 });
    expect(server.calls.length).toBe(8);
    expect(scores.filter(({ harassmentBefore }) => harassmentBefore === null).length).toBe(8);
    expect(findings).toContain('The categories are of 4 rows drawn by chance');
    const judged = (rows: readonly Row[]) => rows.filter(({ harassmentBefore }) => harassmentBefore !== null).map(({ id }) => id);
    expect(judged((await measure(pairs, { ...params, categoryRows: 4 })).scores)).toEqual(judged(scores));
    expect(server.calls.length).toBe(8);
    expect(judged((await measure(pairs, { ...params, categoryRows: 4 }, 8)).scores)).not.toEqual(judged(scores));
  });

  it('that no answer tells are left out and counted, after a second try', async () => {
    const { server, params } = await start((text, at) =>
      text === 'نص رقم 3' ? whole('I cannot judge that.') : at === 0 ? whole('{"harassment": 7}') : fair(text),
    );
    const { scores, findings } = await measure(pairs, params);
    expect(server.calls.length).toBe(24 + 2);
    expect(scores.filter(({ harassmentAfter }) => harassmentAfter === null).map(({ id }) => id)).toEqual(['p3']);
    expect(findings).toContain('1 texts got no answer that could be used');
  });

  it('stop the node in one sentence when the server refuses, and what was answered is kept', async () => {
    let isBroken = true;
    const { server, params } = await start((text, at) =>
      isBroken && at >= 10 ? json(401, { error: { message: 'bad key' } }) : fair(text),
    );
    const { error } = await measure(pairs, { ...params, endpointConcurrency: 1 });
    expect(error).toMatch(/401|key/);
    isBroken = false;
    const asked = server.calls.length;
    expect((await measure(pairs, { ...params, endpointConcurrency: 1 })).error).toBeUndefined();
    expect(server.calls.length - asked).toBe(14);
  });

  it('need an address and a model before anything runs', async () => {
    await expect(measure(pairs, { categories: 'endpoint' })).rejects.toThrow(/`endpointModel` must name the model/);
    await expect(measure(pairs, { categories: 'classifier' })).rejects.toThrow(/`categoryClassifier` must name the folder/);
  });
});

it.each([
  ['{"harassment": 0, "hate": 1, "sexual": 0.5, "violence": 0.25}', [0, 1, 0.5, 0.25]],
  ['```json\n{"violence": 0, "hate": 0, "sexual": 0, "harassment": 1}\n```', [1, 0, 0, 0]],
  ['{"note": "first"} {"harassment": 0, "hate": 0, "sexual": 0, "violence": 1}', [0, 0, 0, 1]],
  ['{"harassment": 0, "hate": 0, "sexual": 0}', undefined],
  ['{"harassment": "high", "hate": 0, "sexual": 0, "violence": 1}', undefined],
  ['{"harassment": 1.5, "hate": 0, "sexual": 0, "violence": 1}', undefined],
  ['no', undefined],
])('the answer %s is read as %j', (text, expected) => {
  expect(parseAnswer(text)).toEqual(expected);
  expect(expected?.length ?? CATEGORIES.length).toBe(4);
});
