import path from 'node:path';
import { isPathParam, migrateWorkflow, type NodeSpec, type Param, paramProblem, UserError } from '../../nodes/kit/index.ts';
import type { Workflow } from '../contract/graph.ts';
import { isHubValue, modelValue } from '../engine/inference/resolveModel.ts';
import { readWorkflowFile } from '../engine/workflowFile.ts';

type Specs = ReadonlyMap<string, { readonly spec: NodeSpec }>;

/** A workflow file, in the terms of today's node types, with the command line's `--set NODE.PARAM=VALUE` applied. */
export async function openWorkflow(file: string, settings: readonly string[], specs: Specs): Promise<Workflow> {
  const workflow = migrateWorkflow(await readWorkflowFile(file), (type) => specs.get(type)?.spec);
  return settings.reduce((changed, setting) => applySetting(changed, setting, specs), workflow);
}

export function applySetting(workflow: Workflow, setting: string, specs: Specs): Workflow {
  const parts = /^([^.=]+)\.([^.=]+)=(.*)$/s.exec(setting);
  if (!parts) throw new UserError(`--set ${setting} does not read as NODE.PARAM=VALUE, such as --set dedup.threshold=0.8.`);
  const [, id, key, value] = parts as unknown as [string, string, string, string];
  const node = nodeOf(workflow, id, '--set');
  const spec = specs.get(node.type)?.spec;
  const param = spec && Object.hasOwn(spec.params, key) ? spec.params[key] : undefined;
  if (spec && !param) {
    throw new UserError(
      `--set ${setting}: node \`${id}\` (${node.type}) has no param \`${key}\`, only ${names(Object.keys(spec.params))}.`,
    );
  }
  const parsed = param ? valueFor(param, value) : value;
  const problem = param && paramProblem(param, parsed);
  if (problem) throw new UserError(`--set ${setting}: param \`${key}\` of node \`${id}\` ${problem}.`);
  const nodes = workflow.nodes.map((other) => (other.id === id ? { ...other, params: { ...other.params, [key]: parsed } } : other));
  return { ...workflow, nodes: nodes as Workflow['nodes'] };
}

/** What a typed text means for a param; texts that mean nothing stay texts, for `paramProblem` to name. */
function valueFor(param: Param, text: string): unknown {
  switch (param.kind) {
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
    case 'toggle':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'files':
      return (text.startsWith('[') ? jsonOr(text) : [text]).map((entry) => (typeof entry === 'string' ? fromHere(entry) : entry));
    default:
      return isPathParam(param) ? fromHere(param.kind === 'folder' && param.hub ? modelValue(text, '.') : text) : text;
  }
}

const jsonOr = (text: string): unknown[] => {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [text];
  } catch {
    return [text];
  }
};

/** A path typed in a shell starts at the shell's folder; one in a workflow file starts at the file's. */
const fromHere = (typed: string): string =>
  typed === '' || typed.startsWith('resources:') || isHubValue(typed) ? typed : path.resolve(typed);

export function nodeOf(workflow: Workflow, id: string, option: string): Workflow['nodes'][number] {
  const node = workflow.nodes.find((candidate) => candidate.id === id);
  if (!node)
    throw new UserError(`${option} names the node \`${id}\`, but the workflow has only ${names(workflow.nodes.map((other) => other.id))}.`);
  return node;
}

const names = (all: readonly string[]): string => (all.length === 0 ? 'none' : all.map((name) => `\`${name}\``).join(', '));
