import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A model on the hub, which may not be on this machine yet. */
export interface HubModel {
  /** `organisation/name`, or one name for the hub's oldest models. */
  readonly repo: string;
  /** A branch, a tag or a commit. */
  readonly revision: string;
}

const HUB = 'hub:';
const NAME = '(?!\\.)[A-Za-z0-9_.-]{1,96}(?<![.-])';
const REFERENCE = new RegExp(`^(?<repo>${NAME}(?:/${NAME})?)(?:@(?<revision>[A-Za-z0-9_][A-Za-z0-9_./-]{0,127}))?$`);
const COMMIT = /^[0-9a-f]{40}$/;

/** Whether a param's value says that it names a model of the hub. */
export const isHubValue = (value: string): boolean => value.startsWith(HUB);

/** The model that `hub:organisation/name@revision` names; without a revision, `main`. Undefined: it is not written so. */
export function hubModel(value: string): HubModel | undefined {
  const match = isHubValue(value) ? REFERENCE.exec(value.slice(HUB.length)) : undefined;
  const { repo, revision = 'main' } = match?.groups ?? {};
  return repo && !/\.\.|--/.test(repo) && !revision.split('/').includes('..') ? { repo, revision } : undefined;
}

/** A model param's value, with `hub:` before a plain `organisation/name` where no such folder is. */
export function modelValue(value: string, base: string): string {
  const isPlainId = value.includes('/') && hubModel(HUB + value) !== undefined;
  return isPlainId && !fs.existsSync(path.resolve(base, value)) ? HUB + value : value;
}

/** The hub's cache on this machine, where Python's and JavaScript's libraries keep it too. */
export function hubFolder(env: NodeJS.ProcessEnv = process.env): string {
  const home = env.HF_HOME || path.join(env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'huggingface');
  return path.resolve(env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE || path.join(home, 'hub'));
}

/** Where a model of the hub is kept: `blobs`, `refs` and `snapshots` stand in it. */
export const repoFolder = ({ repo }: HubModel, folder: string = hubFolder()): string =>
  path.join(folder, `models--${repo.replace('/', '--')}`);

/** The snapshot's folder of a model that was fetched before; undefined when it is not here, or not as a whole. */
export function locateModel(model: HubModel, folder: string = hubFolder()): string | undefined {
  const home = repoFolder(model, folder);
  const commit = COMMIT.test(model.revision) ? model.revision : readCommit(path.join(home, 'refs', ...model.revision.split('/')));
  if (commit === undefined) return undefined;
  const snapshot = path.join(home, 'snapshots', commit);
  return isWhole(snapshot) ? snapshot : undefined;
}

function readCommit(file: string): string | undefined {
  try {
    const commit = fs.readFileSync(file, 'utf8').trim();
    return COMMIT.test(commit) ? commit : undefined;
  } catch {
    return undefined;
  }
}

/** Other programs fetch single files: without its description and some weights it is no model. */
function isWhole(snapshot: string): boolean {
  const has = (name: string): boolean => fs.existsSync(path.join(snapshot, name));
  if (!has('config.json')) return false;
  if (has('onnx/model.onnx') || has('model.onnx') || has('model.safetensors')) return true;
  try {
    const index: unknown = JSON.parse(fs.readFileSync(path.join(snapshot, 'model.safetensors.index.json'), 'utf8'));
    const shards = Object.values((index as { weight_map?: Record<string, string> }).weight_map ?? {});
    return shards.length > 0 && [...new Set(shards)].every((shard) => has(String(shard)));
  } catch {
    return false;
  }
}
