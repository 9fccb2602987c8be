import { CATEGORIES, effectsOf, type NodeSpec } from '../../../nodes/kit/index.ts';
import { type Command, EXIT } from '../Command.ts';
import { nodeTypesHere } from '../withEngine.ts';

export const nodesCommand: Command = {
  summary: 'list the node types with their ports and params',
  help: `nasaq nodes [--json]

Lists every node type: what it does, its in- and outputs with their kinds, and its params with defaults.
With --json, one list of the node types' specs; their effects are those of the default params.
`,
  arguments: [],
  options: { json: { type: 'boolean' } },
  async run({ options, terminal }) {
    const specs = [...(await nodeTypesHere()).values()].map(({ spec }) => spec).sort(byCategory);
    if (options.json)
      terminal.out(
        `${JSON.stringify(specs.map(({ migrations: _, ...spec }) => ({ ...spec, effects: effectsOf(spec, defaults(spec)) })))}\n`,
      );
    else terminal.out(specs.map(describe).join('\n'));
    return EXIT.done;
  },
};

const byCategory = (a: NodeSpec, b: NodeSpec): number =>
  CATEGORIES.indexOf(a.category) - CATEGORIES.indexOf(b.category) || (a.type < b.type ? -1 : 1);

const defaults = ({ params }: NodeSpec) => Object.fromEntries(Object.entries(params).map(([name, param]) => [name, param.default]));

function describe(spec: NodeSpec): string {
  const inputs = Object.entries(spec.inputs).map(
    ([key, { kind, optional, many }]) =>
      `${key} (${kind}${many ? (optional ? ', any number' : ', one or more') : optional ? ', optional' : ''})`,
  );
  const outputs = Object.entries(spec.outputs).map(([key, { kind }]) => (key === kind ? key : `${key} (${kind})`));
  const params = Object.entries(spec.params).map(([key, param]) => `    ${key} = ${JSON.stringify(param.default)}  ${param.title}`);
  return `${[
    `${spec.type}: ${spec.summary}`,
    ...(inputs.length > 0 ? [`  in   ${inputs.join(', ')}`] : []),
    `  out  ${outputs.join(', ')}`,
    ...params,
  ].join('\n')}\n`;
}
