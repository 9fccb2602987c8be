import { createHash, type Hash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { UserError } from '../../../nodes/kit/index.ts';
import { type HubModel, hubFolder, repoFolder } from './resolveModel.ts';

export interface FetchOptions {
  readonly signal: AbortSignal;
  /** Bytes that are here, of all that are to be. */
  readonly onProgress: (done: number, total: number) => void;
  readonly env?: NodeJS.ProcessEnv;
  /** Without a byte for so long, the connection is taken for dead. */
  readonly stallMs?: number;
}

interface HubFile {
  readonly path: string;
  readonly size: number;
  /** SHA-256 of large files, git's blob name (SHA-1) of small ones; also its name among the blobs. */
  readonly digest: string;
}

/** Without a byte more between them. */
const ATTEMPTS = 4;
const MOST_ATTEMPTS = 100;
const PAUSE_MS = 500;
/** Pickles (`.bin`, `.pt`, `.pkl`) run what is written in them when they are opened: none is fetched. */
const TEXTS = /^(?:onnx\/)?[\w.-]+\.(?:json|txt|jinja)$/;
const ONNX = /^(?:onnx\/)?(?:model|score)\.onnx(?:[._]data(?:_\d+)?)?$/;
const SAFETENSORS = /^[\w.-]+\.safetensors$/;

/**
 * Fetches a model into the hub's cache, as its own libraries lay it out, and gives the snapshot's folder. The listing comes
 * through the hub's library; bytes are fetched here, because that one neither goes on with half a file nor checks what came.
 * A file is in its place only when its digest is right, and the revision's name only when all files are: a fetch that was
 * stopped goes on where it was. Throws UserError, or the signal's reason.
 */
export async function fetchModel(model: HubModel, options: FetchOptions): Promise<string> {
  const { signal, env = process.env } = options;
  const connection = openConnection(model, env, signal);
  if (/^(1|on|yes|true)$/i.test(env.HF_HUB_OFFLINE ?? '')) throw connection.problem(undefined, 'HF_HUB_OFFLINE is set');
  const { commit, files } = await list(model, connection);
  const wanted = chooseFiles(files);
  if (!wanted.some(({ path: name }) => ONNX.test(name) || SAFETENSORS.test(name))) {
    throw new UserError(
      `The model \`${model.repo}\` has no weights as safetensors or \`onnx/model.onnx\`, and others are not fetched, because pickle files can run code: choose another model, or a folder with a converted one.`,
    );
  }
  const home = repoFolder(model, hubFolder(env));
  const snapshot = path.join(home, 'snapshots', commit);
  const total = wanted.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  try {
    fs.mkdirSync(path.join(home, 'blobs'), { recursive: true });
    checkRoom(model, home, wanted);
    options.onProgress(0, total);
    for (const file of wanted) {
      const blob = path.join(home, 'blobs', file.digest);
      if (!fs.existsSync(blob)) await fetchFile(file, `${blob}.incomplete`, blob);
      done += file.size;
      options.onProgress(done, total);
      link(blob, path.join(snapshot, ...file.path.split('/')));
    }
    if (model.revision !== commit) writeWhole(path.join(home, 'refs', ...model.revision.split('/')), commit);
  } catch (error) {
    const { code } = error as { code?: string };
    if (error instanceof UserError || signal.aborted || code === undefined) throw error;
    throw new UserError(
      `The model \`${model.repo}\` cannot be kept in ${home} (${code}); check its room and permissions, or set HF_HOME to another folder.`,
    );
  }
  return snapshot;

  async function fetchFile(file: HubFile, incomplete: string, blob: string): Promise<void> {
    for (let attempt = 1, failures = 1; ; attempt++, failures++) {
      const before = sizeOf(incomplete);
      try {
        await fetchRest(file, incomplete);
        break;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof Interrupted)) throw error;
        if (sizeOf(incomplete) > before) failures = 1;
        if (failures >= ATTEMPTS || attempt >= MOST_ATTEMPTS) throw new UserError(error.message);
        await wait(PAUSE_MS * 2 ** failures, undefined, { signal });
      }
    }
    fs.renameSync(incomplete, blob);
  }

  async function fetchRest(file: HubFile, incomplete: string): Promise<void> {
    if (sizeOf(incomplete) > file.size) fs.rmSync(incomplete);
    let offset = sizeOf(incomplete);
    let hash = await hashOf(file, incomplete);
    if (offset < file.size || file.size === 0) {
      const stalled = new AbortController();
      const response = await connection.get(`${model.repo}/resolve/${commit}/${file.path}`, offset, stalled.signal);
      // The server may not know ranges, and send all of it again.
      if (offset > 0 && response.status !== 206) {
        offset = 0;
        hash = startHash(file);
      }
      const output = fs.openSync(incomplete, offset > 0 ? 'a' : 'w');
      let timer: NodeJS.Timeout | undefined;
      const watch = (): void => {
        clearTimeout(timer);
        timer = setTimeout(() => stalled.abort(new Error('no more came')), options.stallMs ?? 30_000);
      };
      try {
        watch();
        for await (const chunk of response.body ?? []) {
          watch();
          hash.update(chunk as Uint8Array);
          fs.writeSync(output, chunk as Uint8Array);
          offset += (chunk as Uint8Array).length;
          options.onProgress(done + Math.min(offset, file.size), total);
        }
      } catch (error) {
        signal.throwIfAborted();
        throw connection.problem(error, 'the connection broke off');
      } finally {
        clearTimeout(timer);
        fs.closeSync(output);
      }
      if (offset < file.size) throw connection.problem(undefined, 'the connection broke off');
    }
    if (hash.digest('hex') === file.digest) return;
    fs.rmSync(incomplete);
    throw new UserError(
      `\`${file.path}\` of the model \`${model.repo}\` came damaged (its checksum is wrong) and was thrown away; run again to fetch it anew.`,
    );
  }
}

const startHash = ({ digest, size }: HubFile): Hash =>
  digest.length === 64 ? createHash('sha256') : createHash('sha1').update(`blob ${size}\0`);

async function hashOf(file: HubFile, incomplete: string): Promise<Hash> {
  const hash = startHash(file);
  if (sizeOf(incomplete) > 0) for await (const chunk of fs.createReadStream(incomplete)) hash.update(chunk as Buffer);
  return hash;
}

const sizeOf = (file: string): number => fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;

interface Connection {
  readonly hubUrl: string;
  readonly accessToken: string | undefined;
  readonly fetch: typeof fetch;
  get(place: string, offset: number, stalled: AbortSignal): Promise<Response>;
  problem(error: unknown, words?: string): Error;
}

function openConnection(model: HubModel, env: NodeJS.ProcessEnv, signal: AbortSignal): Connection {
  const hubUrl = (env.HF_ENDPOINT || 'https://huggingface.co').replace(/\/+$/, '');
  if (!URL.canParse(hubUrl)) throw new UserError('HF_ENDPOINT is not the address of a hub; mend it, or leave it out.');
  const { protocol, hostname } = new URL(hubUrl);
  const mayCarryKey = protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  const accessToken = mayCarryKey ? readToken(env) : undefined;
  let code: string | null = null;
  const signalled: typeof fetch = async (input, init) => {
    const response = await fetch(input, { ...init, signal: init?.signal ?? signal });
    if (!response.ok) code = response.headers.get('x-error-code');
    return response;
  };
  const problem = (error: unknown, words?: string): Error => {
    if (signal.aborted) return signal.reason as Error;
    const status = (error as { statusCode?: number } | undefined)?.statusCode;
    const name = `The model \`${model.repo}\``;
    if (code === 'GatedRepo' || status === 403) {
      return new UserError(
        `${name} is gated: accept its terms at ${hubUrl}/${model.repo}, then put an access token of your account into HF_TOKEN.`,
      );
    }
    if (code === 'RevisionNotFound')
      return new UserError(`${name} has no revision \`${model.revision}\`: name one of its branches, tags or commits.`);
    if (code === 'RepoNotFound' || status === 404 || status === 401) {
      return new UserError(
        `${name} is not at ${hubUrl}, or it is private: mend its name, or put an access token that may read it into HF_TOKEN.`,
      );
    }
    if (status === 429)
      return new UserError(`${hubUrl} asks to wait before it gives more of ${name.toLowerCase()}: run again in some minutes.`);
    if (status !== undefined)
      return new UserError(`${hubUrl} answered ${status} when it was asked for the model \`${model.repo}\`: try again later.`);
    const cause = (error as { cause?: { code?: string } } | undefined)?.cause?.code ?? (error as { code?: string } | undefined)?.code;
    const why = words ?? cause ?? (error instanceof Error ? error.message : String(error));
    const sentence = `${name} is not on this machine, and ${hubUrl} cannot be reached (${why}): connect to a network, or name a folder that has the model.`;
    return words === 'the connection broke off' ? new Interrupted(sentence) : new UserError(sentence);
  };
  return {
    hubUrl,
    accessToken,
    fetch: signalled,
    problem,
    async get(place, offset, stalled) {
      const url = `${hubUrl}/${place.split('/').map(encodeURIComponent).join('/')}`;
      const headers = {
        ...(accessToken && { authorization: `Bearer ${accessToken}` }),
        ...(offset > 0 && { range: `bytes=${offset}-` }),
      };
      let response: Response;
      try {
        response = await signalled(url, { headers, signal: AbortSignal.any([signal, stalled]) });
      } catch (error) {
        throw signal.aborted ? signal.reason : new Interrupted((problem(error) as Error).message);
      }
      if (response.ok) return response;
      await response.body?.cancel();
      const failure = problem({ statusCode: response.status });
      throw response.status >= 500 || response.status === 429 ? new Interrupted(failure.message) : failure;
    },
  };
}

/** Tried again; a UserError once there is no more trying. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

function readToken(env: NodeJS.ProcessEnv): string | undefined {
  if (env.HF_TOKEN) return env.HF_TOKEN;
  const file = env.HF_TOKEN_PATH || path.join(path.dirname(hubFolder(env)), 'token');
  try {
    return fs.readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

async function list(model: HubModel, { hubUrl, accessToken, fetch, problem }: Connection): Promise<{ commit: string; files: HubFile[] }> {
  const { listFiles, modelInfo } = await import('@huggingface/hub');
  const common = { hubUrl, fetch, ...(accessToken && { accessToken }) };
  try {
    const { sha } = await modelInfo({ ...common, name: model.repo, revision: model.revision, additionalFields: ['sha'] });
    const files: HubFile[] = [];
    for await (const entry of listFiles({ ...common, repo: { type: 'model', name: model.repo }, revision: sha, recursive: true })) {
      const digest = entry.lfs?.oid ?? entry.oid;
      if (entry.type === 'file' && digest) files.push({ path: entry.path, size: entry.lfs?.size ?? entry.size, digest });
    }
    if (!/^[0-9a-f]{40}$/.test(sha) || files.some(({ digest }) => !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(digest))) {
      throw new UserError(`${hubUrl} does not answer as a hub does; check HF_ENDPOINT.`);
    }
    return { commit: sha, files };
  } catch (error) {
    throw error instanceof UserError ? error : problem(error);
  }
}

/** Weights first and the description last: what stopped in between is not taken for a model. */
function chooseFiles(files: readonly HubFile[]): HubFile[] {
  const names = new Set(files.map(({ path: name }) => name));
  // Some models have the same weights a second time under other names.
  const isWeight = (name: string): boolean =>
    names.has('model.safetensors.index.json')
      ? /^model-\d+-of-\d+\.safetensors$/.test(name)
      : names.has('model.safetensors')
        ? name === 'model.safetensors'
        : SAFETENSORS.test(name);
  const rank = ({ path: name }: HubFile): number => (isWeight(name) || ONNX.test(name) ? 0 : name === 'config.json' ? 2 : 1);
  return files
    .filter(({ path: name }) => isWeight(name) || ONNX.test(name) || TEXTS.test(name))
    .sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1));
}

function checkRoom(model: HubModel, home: string, files: readonly HubFile[]): void {
  const missing = files.reduce((sum, { size, digest }) => sum + (fs.existsSync(path.join(home, 'blobs', digest)) ? 0 : size), 0);
  const { bavail, bsize } = fs.statfsSync(home);
  if (bavail * bsize >= missing) return;
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  throw new UserError(
    `The model \`${model.repo}\` needs ${gigabytes(missing)}, and ${home} has room for ${gigabytes(bavail * bsize)}: make room, or set HF_HOME to another folder.`,
  );
}

function link(blob: string, target: string): void {
  if (fs.existsSync(target)) return;
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.rmSync(target, { force: true });
  try {
    fs.symlinkSync(path.relative(path.dirname(target), blob), target);
  } catch {
    // Windows gives links to few.
    fs.copyFileSync(blob, target);
  }
}

function writeWhole(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(`${file}.${process.pid}.new`, text);
  fs.renameSync(`${file}.${process.pid}.new`, file);
}
