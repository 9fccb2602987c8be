import { choice, defineNode, input, number, output, text, type NodeSpec } from '../../nodes/kit/index.ts';
import { nodeTypesFrom } from '../../renderer/state/nodeTypes.ts';

const words = { summary: '', help: '', effects: 'pure', resource: 'cpu' } as const;

/** Three node types as the editor sees them: only their ports and params matter to it. */
const source = defineNode({
  ...words,
  type: 'source',
  version: 1,
  title: 'Source',
  category: 'data',
  inputs: {},
  outputs: { corpus: output('corpus', { title: 'Corpus', help: '' }) },
  params: { name: text({ title: 'Name', help: '', default: 'news' }) },
});
const filter = defineNode({
  ...words,
  type: 'filter',
  version: 2,
  title: 'Filter',
  category: 'data',
  inputs: { corpus: input('corpus', { title: 'Corpus', help: '' }), model: input('model', { title: 'Model', help: '', optional: true }) },
  outputs: { kept: output('corpus', { title: 'Kept', help: '' }) },
  params: {
    threshold: number({ title: 'Threshold', help: '', default: 0.8, min: 0, max: 1 }),
    rule: choice({
      title: 'Rule',
      help: '',
      default: 'exact',
      choices: [
        { value: 'exact', title: 'Exact' },
        { value: 'near', title: 'Near' },
      ],
    }),
  },
  migrations: { 1: ({ limit, ...params }) => ({ ...params, ...(limit !== undefined && { threshold: limit }) }) },
});
const train = defineNode({
  ...words,
  type: 'train',
  version: 1,
  title: 'Train',
  category: 'train',
  inputs: { corpora: input('corpus', { title: 'Corpora', help: '', many: true }) },
  outputs: { model: output('model', { title: 'Model', help: '' }) },
  params: {},
});

export const specs = { source, filter, train };
export const types = nodeTypesFrom(Object.values(specs) as unknown as NodeSpec[]);
