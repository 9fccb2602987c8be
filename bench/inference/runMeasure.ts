// Runs the node `measure` over made pairs, in a process of its own: node runMeasure.ts JOB.json
import fs from 'node:fs';
import path from 'node:path';
import type { Workflow } from '../../main/contract/graph.ts';
import { sourcePaths } from '../../main/engine/EnginePaths.ts';
import { loadNodeTypes } from '../../main/engine/loadNodeTypes.ts';
import { openEngine } from '../../main/engine/openEngine.ts';
import { defineNode, number, output, type Row, type RunContext } from '../../nodes/kit/index.ts';
import { measureJobSchema, type MeasureResult } from './MeasureJob.ts';

const LONGEST = 1200;

const described = { title: 'Pairs', help: 'Made of the samples that ship.' };
const pairsSpec = defineNode({
  ...described,
  type: 'made-pairs',
  version: 1,
  category: 'data',
  summary: described.help,
  effects: 'pure',
  resource: 'cpu',
  inputs: {},
  outputs: { pairs: output('pairs', described) },
  params: { rows: number({ ...described, default: 1 }), fresh: number({ ...described, default: 0 }) },
});

/** No two texts are the same; every third row is changed. */
async function makePairs({ params, writeTable }: RunContext<typeof pairsSpec>): Promise<void> {
  const samples = ['comments', 'news'].flatMap((name) =>
    fs
      .readFileSync(path.join(sourcePaths().resources, 'samples', `${name}.jsonl`), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { text: string }).text)
      .filter((text) => text.length <= LONGEST),
  );
  function* rows(): Iterable<Row> {
    for (let at = 0; at < params.rows; at++) {
      const text = samples[at % samples.length]!;
      const mark = at < params.fresh ? `جديد ${at}` : String(at);
      const before = `${text} ${mark}`;
      yield { id: String(at), before, after: at % 3 === 0 ? `${text.replaceAll('ه', 'ة')} ${mark}` : before };
    }
  }
  const columns = ['id', 'before', 'after'].map((name) => ({ name, type: 'string' as const }));
  await writeTable('pairs', columns, rows());
}

const job = measureJobSchema.parse(JSON.parse(fs.readFileSync(process.argv[2]!, 'utf8')));
const paths = sourcePaths();
const nodeTypes = new Map(await loadNodeTypes(paths.nodes));
nodeTypes.set('made-pairs', { spec: pairsSpec, loadRun: async () => makePairs as never });
const engine = openEngine({ paths, cacheFolder: job.cacheFolder, nodeTypes, cores: 2 });
const node = (id: string, type: string, version: number, params: Workflow['nodes'][number]['params']) => ({
  id,
  type,
  version,
  params,
  position: { x: 0, y: 0 },
});
const workflow: Workflow = {
  nasaq: 1,
  title: 'Measure',
  seed: 1,
  nodes: [
    node('pairs', 'made-pairs', 1, { rows: job.rows, fresh: job.fresh }),
    node('measure', 'measure', nodeTypes.get('measure')!.spec.version, job.hasFluency ? {} : { fluencyModel: '' }),
  ],
  edges: [{ from: { node: 'pairs', port: 'pairs' }, to: { node: 'measure', port: 'pairs' } }],
};
const memory: [number, number][] = [];
let computed = 0;
const { finished } = await engine.run({ workflow }, (event) => {
  if (event.type === 'node-progress' && event.node === 'measure') memory.push([event.done, process.memoryUsage().rss]);
  const counts =
    event.type === 'node-log'
      ? /^(\d+) texts were given to the toxicity classifier(?:, (\d+) to the fluency model)?/.exec(event.line)
      : null;
  if (counts) computed = Math.max(Number(counts[1]), Number(counts[2] ?? 0));
});
const { nodes } = await finished;
const measured = nodes.find((each) => each.node === 'measure')!;
if (measured.status !== 'ran') throw new Error(measured.error ?? `measure: ${measured.status}`);
memory.push([job.rows, process.memoryUsage().rss]);
await engine.close();
console.log(JSON.stringify({ seconds: measured.seconds, computed, memory } satisfies MeasureResult));
