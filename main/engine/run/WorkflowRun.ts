import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { type Artifact, type Inference, RunStopped, UserError } from '../../../nodes/kit/index.ts';
import type { ArtifactSummary } from '../../contract/artifact.ts';
import type { NodeOutcome, NodeStatus, RunEvent, RunFinished } from '../../contract/runEvents.ts';
import type { RunHandle, RunRequest } from '../Engine.ts';
import type { EnginePaths } from '../EnginePaths.ts';
import { hubModel } from '../inference/resolveModel.ts';
import type { NodeTypes } from '../loadNodeTypes.ts';
import { decide, type OutputDigests } from '../plan/makePlan.ts';
import type { ResolvedNode } from '../plan/resolveGraph.ts';
import { resolvePath } from '../plan/resolvePath.ts';
import type { Store } from '../store/openStore.ts';
import { failureSentence } from './failureSentence.ts';
import { openArtifact } from './openArtifact.ts';
import { type Preparation, readContents, unfetchedModels } from './prepareRun.ts';
import { ProgressMeter } from './ProgressMeter.ts';
import { runAction } from './runAction.ts';
import type { BareRunEvent } from './RunEmitter.ts';
import type { Slots } from './Slots.ts';
import { storageError } from './storageError.ts';

/** How long nodes may take to settle before they are given up on: a checkpoint of a trainer takes its time. */
const GRACE_MS = { cancel: 4_000, stop: 30_000 };

export interface RunServices {
  readonly store: Store;
  readonly nodeTypes: NodeTypes;
  readonly paths: EnginePaths;
  /** Shared by all runs of an engine. */
  readonly slots: Readonly<Record<'cpu' | 'accelerator', Slots>>;
  /** The API key of this name, to be sent to the server of this origin; undefined: there is none. */
  readonly readKey: (name: string, origin: string) => Promise<string | undefined>;
}

type Decision = ReturnType<typeof decide>;

/** One execution of a plan. Nodes start as soon as what they take from has ended. */
export class WorkflowRun implements RunHandle {
  readonly id = randomUUID();
  readonly finished: Promise<RunFinished>;
  readonly #request: RunRequest;
  readonly #preparation: Preparation;
  readonly #services: RunServices;
  readonly #listen: (event: RunEvent) => void;
  readonly #startedAt = performance.now();
  readonly #stopping = new AbortController();
  readonly #cancelling = new AbortController();
  readonly #abandoning = new AbortController();
  readonly #settled = new Map<string, Promise<NodeOutcome>>();
  readonly #outputs = new Map<string, Record<string, ArtifactSummary>>();
  /** By action key: the node that runs it. */
  readonly #running = new Map<string, { node: string; outcome: Promise<NodeOutcome> }>();
  /** By param value: two nodes may name one model. */
  readonly #fetching = new Map<string, Promise<string>>();
  #abandonTimer: NodeJS.Timeout | undefined;
  #inference: Promise<Inference & { close(): Promise<void> }> | undefined;
  #inferenceLog: (line: string) => void = () => undefined;
  #planningMs: number;
  #isFinished = false;

  /** @param planningMs what the preparation took */
  constructor(request: RunRequest, preparation: Preparation, planningMs: number, services: RunServices, listen: (event: RunEvent) => void) {
    this.#request = request;
    this.#preparation = preparation;
    this.#planningMs = planningMs;
    this.#services = services;
    this.#listen = listen;
    const { store } = services;
    try {
      store.runs.start(this.id, request.workflow, request.file === undefined ? undefined : path.resolve(request.file));
    } catch (error) {
      throw storageError(error, store.folder, 'noting the run');
    }
    this.finished = this.#execute();
  }

  /** A second call may turn a stop into a cancel: trainers get no more time then, and what has not settled is given up on sooner. */
  stop(mode: 'cancel' | 'stop', graceMs: number = GRACE_MS[mode]): void {
    if (this.#isFinished || (mode === 'stop' && this.#cancelling.signal.aborted)) return;
    if (mode === 'cancel') this.#cancelling.abort(new RunStopped(mode));
    this.#stopping.abort(new RunStopped(mode));
    clearTimeout(this.#abandonTimer);
    this.#abandonTimer = setTimeout(() => this.#abandoning.abort(this.#stopping.signal.reason), graceMs);
  }

  async #execute(): Promise<RunFinished> {
    // The caller gets its handle before the first node starts.
    await Promise.resolve();
    const { facts, plan } = this.#preparation;
    this.#emit({ type: 'run-started', title: this.#request.workflow.title, plan });
    for (const node of facts.nodes) this.#settled.set(node.node.id, this.#settle(node));
    const nodes = await Promise.all(this.#settled.values());
    this.#isFinished = true;
    clearTimeout(this.#abandonTimer);
    // A node that was given up on may still be using its models.
    if (!this.#abandoning.signal.aborted) await (await this.#inference?.catch(() => undefined))?.close();

    const statuses = new Set(nodes.map(({ status }) => status));
    const outcome = statuses.has('cancelled') ? 'cancelled' : statuses.has('failed') ? 'failed' : 'done';
    this.#note(() => this.#services.store.runs.finish(this.id, outcome));
    const seconds = (performance.now() - this.#startedAt) / 1000;
    return this.#emit({ type: 'run-finished', outcome, seconds, planningMs: this.#planningMs, nodes }) as RunFinished;
  }

  /** Never rejects: whatever happens to a node is its outcome. */
  async #settle(node: ResolvedNode): Promise<NodeOutcome> {
    const { id } = node.node;
    const outcome = await this.#outcome(node).catch((error: unknown) => this.#unfinished(node, error, 0));
    this.#outputs.set(id, outcome.outputs);
    const { key, ...shown } = outcome;
    const { type, status, seconds, error } = shown;
    this.#note(() => this.#services.store.runs.recordNode({ run: this.id, node: id, type, key, status, seconds, error }));
    this.#emit({ type: 'node-finished', outcome: shown });
    return shown;
  }

  async #outcome(node: ResolvedNode): Promise<KeyedOutcome> {
    if (!this.#preparation.facts.needed.has(node.node.id)) return outcomeOf(node, 'skipped', { reasons: ['the target does not need it'] });
    const sources = [...new Set(Object.values(node.inputs).flatMap((edges) => edges.map((edge) => edge.node)))];
    const before = await Promise.all(sources.map((source) => this.#settled.get(source)!));
    if (this.#stopping.signal.aborted) return outcomeOf(node, 'cancelled', {});
    const lost = before.filter(({ status }) => status !== 'ran' && status !== 'reused');
    if (lost.length > 0) {
      return outcomeOf(node, 'skipped', {
        reasons: lost.map((source) => `it needs \`${source.node}\`, which ${LOST_WORDS[source.status]}`),
      });
    }

    await this.#fetchModels(node);
    const { decision, outputs } = this.#planned(() => this.#decide(node));
    const key = decision.key!;
    if (outputs) return outcomeOf(node, 'reused', { key, outputs });
    const twin = this.#running.get(key);
    if (twin) return this.#likeTwin(node, key, twin.node, await twin.outcome);
    const outcome = this.#run(node, decision);
    this.#running.set(key, { node: node.node.id, outcome });
    return outcome;
  }

  /** Models of the hub that the node names and that are not here yet; only then can be told what it depends on. */
  async #fetchModels(node: ResolvedNode): Promise<void> {
    const { facts } = this.#preparation;
    const models = unfetchedModels(node);
    if (models.length === 0 && !facts.unfetched.has(node.node.id)) return;
    const { id } = node.node;
    this.#emit({ type: 'node-started', node: id, reasons: models.map((model) => `the model \`${model}\` is fetched first`) });
    const meter = new ProgressMeter((progress) => this.#emit({ type: 'node-progress', node: id, ...progress }));
    const { fetchModel } = await import('../inference/fetchModel.ts');
    for (const name of models) {
      const fetched = (this.#fetching.get(name) ??
        fetchModel(hubModel(name)!, {
          signal: this.#stopping.signal,
          onProgress: (done, total) => meter.report(done, total, 'bytes', `Fetching ${name}`),
        })) as Promise<string>;
      this.#fetching.set(name, fetched);
      const folder = await fetched;
      this.#emit({ type: 'node-log', node: id, line: `The model ${name} is in ${folder}.` });
    }
    meter.flush();
    const read = await this.#readContents(node);
    if ('problem' in read) throw new UserError(read.problem.message);
    facts.contents.set(id, read.contents);
    facts.unfetched.delete(id);
  }

  #readContents(node: ResolvedNode): ReturnType<typeof readContents> {
    const { store, paths } = this.#services;
    return readContents(node, (value) => resolvePath(value, this.#preparation.base, paths.resources), store);
  }

  /** Now that its inputs are known. `outputs`: it is reused. */
  #decide(node: ResolvedNode): { decision: Decision; outputs?: Record<string, ArtifactSummary> } {
    const known = new Map<string, OutputDigests>();
    for (const [id, outputs] of this.#outputs) {
      known.set(id, Object.fromEntries(Object.entries(outputs).map(([port, { digest }]) => [port, digest])));
    }
    const decision = decide(node, this.#preparation.facts, known);
    if (decision.decision !== 'reused') return { decision };
    const outputs = this.#services.store.actions.use(decision.key!);
    return outputs
      ? { decision, outputs }
      : { decision: { ...decision, decision: 'run', reasons: ['its result was removed from the cache'] } };
  }

  async #run(node: ResolvedNode, { key, ingredients, reasons }: Decision): Promise<KeyedOutcome> {
    const { store, slots, nodeTypes, paths, readKey } = this.#services;
    const { facts, base } = this.#preparation;
    const { id, type } = node.node;
    const signal = this.#stopping.signal;
    let startedAt = performance.now();
    const seconds = (): number => (performance.now() - startedAt) / 1000;
    try {
      return await slots[node.spec.resource].use(signal, async () => {
        startedAt = performance.now();
        this.#note(() => store.runs.recordNode({ run: this.id, node: id, type, key, status: 'running' }));
        this.#emit({ type: 'node-started', node: id, reasons });
        const result = await runAction({
          run: this.id,
          node,
          workflow: { title: this.#request.workflow.title, file: this.#request.file && path.resolve(this.#request.file) },
          nodeType: nodeTypes.get(type)!,
          key: key!,
          ingredients: ingredients!,
          forced: facts.force.has(id),
          seed: facts.seed,
          base,
          paths,
          store,
          signal,
          cancelling: this.#cancelling.signal,
          abandon: this.#abandoning.signal,
          emit: (event) => this.#emit({ ...event, node: id }),
          inference: (log) => this.#openInference(log),
          readKey,
          openInputs: () => this.#openInputs(node),
          readContents: async () => {
            const read = await this.#readContents(node);
            return 'contents' in read ? read.contents : {};
          },
        });
        return outcomeOf(node, result.status, { key, reasons, outputs: result.outputs, seconds: seconds() });
      });
    } catch (error) {
      return { ...this.#unfinished(node, error, seconds()), key };
    }
  }

  /** Equal steps of one graph run once. */
  #likeTwin(node: ResolvedNode, key: string, twin: string, outcome: NodeOutcome): KeyedOutcome {
    switch (outcome.status) {
      case 'failed':
        return { ...this.#unfinished(node, new UserError(`it is the same step as \`${twin}\`, which failed.`), 0), key };
      case 'cancelled':
        return outcomeOf(node, 'cancelled', { key });
      default:
        return outcomeOf(node, 'reused', { key, outputs: outcome.outputs });
    }
  }

  #unfinished(node: ResolvedNode, error: unknown, seconds: number): KeyedOutcome {
    if (this.#stopping.signal.aborted) return outcomeOf(node, 'cancelled', { seconds });
    const { message, details } = failureSentence(storageError(error, this.#services.store.folder, 'working'), node.node);
    for (const line of details?.split('\n') ?? []) this.#emit({ type: 'node-log', node: node.node.id, line });
    return outcomeOf(node, 'failed', { error: message, seconds });
  }

  #openInputs({ spec, inputs }: ResolvedNode): Record<string, Artifact | readonly Artifact[]> {
    const { artifacts } = this.#services.store;
    const open = ({ node, port }: { node: string; port: string }): Artifact =>
      openArtifact(this.#outputs.get(node)![port]!, artifacts, this.#stopping.signal);
    const entries = Object.entries(spec.inputs).flatMap(([port, { many }]): [string, Artifact | readonly Artifact[]][] => {
      const edges = inputs[port] ?? [];
      if (many) return [[port, edges.map(open)]];
      return edges[0] ? [[port, open(edges[0])]] : [];
    });
    return Object.fromEntries(entries);
  }

  /** What it logs goes to the node that asked last: models are opened by one at a time. */
  async #openInference(log: (line: string) => void): Promise<Inference> {
    this.#inferenceLog = log;
    this.#inference ??= import('../inference/openInference.ts').then(({ openInference }) =>
      openInference({ log: (line) => this.#inferenceLog(line) }),
    );
    return this.#inference;
  }

  #planned<T>(step: () => T): T {
    const startedAt = performance.now();
    const result = step();
    this.#planningMs += performance.now() - startedAt;
    return result;
  }

  /** A run must not end because its history could not be written: a full disk is told by the node that needed the room. */
  #note(write: () => void): void {
    try {
      write();
    } catch (error) {
      const { code } = error as { code?: string };
      if (!code?.startsWith('SQLITE')) throw error;
    }
  }

  #emit(event: BareRunEvent): RunEvent {
    const whole = { run: this.id, at: Date.now(), ...event } as RunEvent;
    this.#listen(whole);
    return whole;
  }
}

const LOST_WORDS: Partial<Record<NodeStatus, string>> = { failed: 'failed', skipped: 'was skipped', cancelled: 'was cancelled' };

interface KeyedOutcome extends NodeOutcome {
  readonly key?: string;
}

function outcomeOf({ node }: ResolvedNode, status: NodeStatus, rest: Partial<KeyedOutcome>): KeyedOutcome {
  return { node: node.id, type: node.type, status, seconds: 0, outputs: {}, reasons: [], ...rest };
}
