import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fetchModel } from '../../../main/engine/inference/fetchModel.ts';
import { hubModel, locateModel, modelValue } from '../../../main/engine/inference/resolveModel.ts';
import { loadNodeTypes } from '../../../main/engine/loadNodeTypes.ts';
import { openInference } from '../../../main/engine/inference/openInference.ts';
import rewriteSpec from '../../../nodes/rewrite/spec.ts';
import { jsonLines, nodeTypesWithGiven, root, sampleRows, tinyModel } from '../inference/givenArtifacts.ts';
import { type Bench, makeBench, runToEnd, statuses, workflowOf } from '../testNodes.ts';
import { COMMIT, FakeHub, filesOf } from './FakeHub.ts';

const texts = sampleRows('comments')
  .slice(0, 2)
  .map(({ id, text }) => ({ id: id!, text: text! }));
const REPO = 'nasaq-tests/tiny-arabic-llama';
const signal = new AbortController().signal;
const modelFiles = filesOf(tinyModel);
const others = new Map([
  ...modelFiles,
  ['pytorch_model.bin', Buffer.from('pickle')],
  ['original/consolidated.safetensors', Buffer.from('twice')],
  ['onnx/model_fp16.onnx', Buffer.from('half')],
]);

let bench: Bench;
let hub: FakeHub;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  bench = makeBench();
  hub = await FakeHub.start(REPO, others);
  env = { HF_HOME: path.join(bench.folder, 'hf'), HF_ENDPOINT: hub.url };
  for (const [name, value] of Object.entries({ HF_HUB_CACHE: '', HF_TOKEN: '', HF_HUB_OFFLINE: '', ...env })) vi.stubEnv(name, value);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await hub.close();
  await bench.clear();
});

const model = hubModel(`hub:${REPO}`)!;
const fetchIt = (more: Partial<Parameters<typeof fetchModel>[1]> = {}, named = model): Promise<string> =>
  fetchModel(named, { signal, env, onProgress: () => undefined, ...more });
const sentence = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => expect.unreachable('it worked'),
    (error: Error) => {
      expect(error.name).toBe('UserError');
      expect(error.message).not.toMatch(/\n/);
      return error.message;
    },
  );

describe('the name of a model', () => {
  it('is an id of the hub where no folder has it', () => {
    expect(hubModel('hub:a/b')).toEqual({ repo: 'a/b', revision: 'main' });
    expect(hubModel('hub:gpt2@refs/pr/1')).toEqual({ repo: 'gpt2', revision: 'refs/pr/1' });
    for (const wrong of ['a/b', 'hub:', 'hub:a/b/c', 'hub:../b', 'hub:a/b@../x', 'hub:a--b/c']) expect(hubModel(wrong)).toBeUndefined();
    fs.mkdirSync(path.join(bench.folder, 'models/mine'), { recursive: true });
    expect(modelValue('models/mine', bench.folder)).toBe('models/mine');
    expect(modelValue('models/other', bench.folder)).toBe('hub:models/other');
    for (const plain of ['', 'mine', '/models/mine', './models/mine', 'resources:models/x', 'a/b/c'])
      expect(modelValue(plain, bench.folder)).toBe(plain);
  });
});

describe('fetching a model', () => {
  it('lays out the standard cache, leaves pickles and second copies alone, and is found without a network', async () => {
    const progress: [number, number][] = [];
    const folder = await fetchIt({ onProgress: (done, total) => void progress.push([done, total]) });
    expect(folder).toBe(path.join(env.HF_HOME!, `hub/models--nasaq-tests--tiny-arabic-llama/snapshots/${COMMIT}`));
    const fetched = filesOf(fs.realpathSync(folder));
    const links = fs.readdirSync(folder, { recursive: true }).map(String);
    expect(links).not.toContain('pytorch_model.bin');
    expect(links.filter((name) => /fp16|original/.test(name))).toEqual([]);
    expect(fetched.size).toBe(0);
    for (const [name, bytes] of modelFiles) {
      if (name !== 'README.md') expect(fs.readFileSync(path.join(folder, name)).equals(bytes)).toBe(true);
    }
    const total = [...modelFiles].reduce((sum, [name, bytes]) => sum + (name === 'README.md' ? 0 : bytes.length), 0);
    expect(progress.at(-1)).toEqual([total, total]);
    expect(progress.map(([done]) => done)).toEqual(progress.map(([done]) => done).sort((a, b) => a - b));
    await hub.close();
    expect(locateModel(model)).toBe(folder);
    expect(locateModel({ ...model, revision: COMMIT })).toBe(folder);
    expect(locateModel({ ...model, revision: 'v1' })).toBeUndefined();
  });

  it('opens and answers, links and all', async () => {
    const inference = openInference({ log: () => undefined });
    const generator = await inference.generator(await fetchIt());
    const [answer] = await generator.answer(['ذهب الولد إلى المدرسة'], { maxNewTokens: () => 20, signal });
    expect(answer!.tokens).toBeGreaterThan(0);
    await inference.close();
  });

  it('goes on where the connection broke, and fetches nothing twice', async () => {
    hub.breakAfter.set('model.safetensors', [1_000_000, 2_000_000]);
    const folder = await fetchIt();
    expect(fs.readFileSync(path.join(folder, 'model.safetensors')).equals(modelFiles.get('model.safetensors')!)).toBe(true);
    const asked = hub.requests.filter(({ path: name }) => name.endsWith('/model.safetensors'));
    expect(asked).toHaveLength(3);
    expect(Number(/\d+/.exec(asked[1]!.range!)![0])).toBeGreaterThan(0);
    const before = hub.requests.length;
    await fetchIt({}, { ...model, revision: 'v1' });
    expect(hub.requests.slice(before).filter(({ path: name }) => name.includes('/resolve/'))).toEqual([]);
  });

  it('begins again where the server knows no ranges', async () => {
    hub.knowsRanges = false;
    hub.breakAfter.set('model.safetensors', [1_000_000]);
    const folder = await fetchIt();
    expect(fs.readFileSync(path.join(folder, 'model.safetensors')).equals(modelFiles.get('model.safetensors')!)).toBe(true);
  });

  it('stops when it is cancelled, takes nothing half for whole, and goes on the next time', async () => {
    const controller = new AbortController();
    const stopped = fetchIt({
      signal: controller.signal,
      onProgress: (done) => done > 3_000_000 && controller.abort(new Error('cancelled')),
    });
    await expect(stopped).rejects.toThrow('cancelled');
    expect(locateModel(model)).toBeUndefined();
    await fetchIt();
    expect(hub.requests.some(({ range }) => range !== undefined)).toBe(true);
    expect(locateModel(model)).toBeDefined();
  });

  it('throws away what came damaged', async () => {
    for (const name of ['onnx/model.onnx', 'config.json']) {
      hub.damaged.clear();
      hub.damaged.add(name);
      expect(await sentence(fetchIt())).toContain(`\`${name}\` of the model \`${REPO}\` came damaged`);
      expect(locateModel(model)).toBeUndefined();
    }
    hub.damaged.clear();
    expect(locateModel(model) ?? (await fetchIt())).toBe(locateModel(model));
  });

  it.each<[string, { status: number; code?: string }, RegExp]>([
    ['gated', { status: 403, code: 'GatedRepo' }, /is gated: accept its terms at .*HF_TOKEN/],
    ['not there', { status: 401, code: 'RepoNotFound' }, /is not at http:.* or it is private: mend its name/],
    ['busy', { status: 429 }, /asks to wait/],
    ['broken', { status: 503 }, /answered 503/],
  ])('says in a sentence that a model is %s', async (_, refuse, expected) => {
    hub.refuse = refuse;
    expect(await sentence(fetchIt())).toMatch(expected);
  });

  it('says in a sentence that there is no network, no such revision, only pickles, or a wrong address', async () => {
    expect(await sentence(fetchIt({}, { ...model, revision: 'v9' }))).toMatch(/has no revision `v9`/);
    expect(await sentence(fetchIt({ env: { ...env, HF_HUB_OFFLINE: '1' } }))).toMatch(/cannot be reached \(HF_HUB_OFFLINE is set\)/);
    expect(await sentence(fetchIt({ env: { ...env, HF_ENDPOINT: 'nowhere' } }))).toMatch(/HF_ENDPOINT is not the address/);
    await hub.close();
    expect(await sentence(fetchIt())).toMatch(/is not on this machine, and http:.* cannot be reached \(ECONNREFUSED\)/);
    hub = await FakeHub.start(
      REPO,
      new Map([
        ['config.json', Buffer.from('{}')],
        ['pytorch_model.bin', Buffer.from('x')],
      ]),
    );
    expect(await sentence(fetchIt({ env: { ...env, HF_ENDPOINT: hub.url } }))).toMatch(/has no weights as safetensors .* pickle/);
  });

  it('sends a token where one is set, and none elsewhere', async () => {
    await fetchIt({ env: { ...env, HF_TOKEN: 'hf_secret' } });
    expect(hub.requests.every(({ authorization }) => authorization === 'Bearer hf_secret')).toBe(true);
    expect(fs.readdirSync(env.HF_HOME!, { recursive: true }).map(String).join()).not.toContain('hf_secret');
  });
});

describe('a workflow that names a model of the hub', () => {
  const request = (value: string) => ({
    workflow: workflowOf({
      read: { type: 'given-corpus', params: { file: bench.write('a.jsonl', jsonLines(texts)) } },
      rewrite: { type: 'rewrite', version: rewriteSpec.version, params: { workerModel: value }, from: { corpus: 'read.corpus' } },
    }),
  });

  it('is planned before the model is here, fetches it when it runs, and is reused afterwards without a network', async () => {
    const nodeTypes = await nodeTypesWithGiven();
    const engine = bench.open(nodeTypes);
    const rewriteOf = (nodes: readonly { node: string }[]) => nodes.find(({ node }) => node === 'rewrite');
    expect(rewriteOf((await engine.plan(request(REPO))).nodes)).toMatchObject({
      decision: 'pending',
      reasons: [`the model \`hub:${REPO}\` is fetched first`],
    });
    const first = await runToEnd(engine, request(REPO));
    expect(first.nodes.map(({ error }) => error)).toEqual([undefined, undefined]);
    expect(statuses(first)).toEqual({ read: 'ran', rewrite: 'ran' });
    expect(
      first.events.some((event) => event.type === 'node-progress' && event.stage === `Fetching hub:${REPO}` && event.unit === 'bytes'),
    ).toBe(true);
    await hub.close();
    expect(statuses(await runToEnd(engine, request(`hub:${REPO}@main`)))).toEqual({ read: 'reused', rewrite: 'reused' });
  });

  it('fails with a sentence when it cannot be fetched, and is blocked where the name is wrong', async () => {
    const engine = bench.open(await nodeTypesWithGiven());
    await hub.close();
    const finished = await runToEnd(engine, request(REPO));
    expect(finished.nodes.find(({ node }) => node === 'rewrite')!.error).toMatch(/^Node `rewrite`: .*cannot be reached/);
    const { nodes } = await engine.plan(request('hub:a/b/c'));
    expect(nodes.find(({ node }) => node === 'rewrite')!.reasons[0]).toMatch(/does not read as `hub:organisation\/name`/);
  });

  it('may do so wherever a language model is named', async () => {
    const types = await loadNodeTypes(path.join(root, 'nodes'));
    const open = [...types.values()].flatMap(({ spec }) =>
      Object.entries(spec.params).flatMap(([name, param]) => (param.kind === 'folder' && param.hub ? [`${spec.type}.${name}`] : [])),
    );
    expect(open.sort()).toEqual([
      'annotate.judgeFolder',
      'annotate.model',
      'measure.fluencyModel',
      'rewrite.workerModel',
      'sample.fluencyModel',
      'worker-train.baseModel',
    ]);
  });
});
