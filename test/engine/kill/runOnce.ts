/**
 * Runs one workflow file in a process that may be killed, and prints its outcome as the last line of JSON:
 * `{outcome, nodes}` or `{error}`.
 *
 *     node test/engine/kill/runOnce.ts WORKFLOW CACHE [test | watched]
 *
 * With `test` the node types are those of `killNodes.ts`, with `watched` those of `watchedRewrite.ts`, else the real ones.
 */
import fs from 'node:fs';
import path from 'node:path';
import { workflowSchema } from '../../../main/contract/graph.ts';
import { sourcePaths } from '../../../main/engine/EnginePaths.ts';
import { loadNodeTypes } from '../../../main/engine/loadNodeTypes.ts';
import { openEngine } from '../../../main/engine/openEngine.ts';
import { killNodeTypes } from './killNodes.ts';
import { watchedNodeTypes } from './watchedRewrite.ts';

const [file, cacheFolder, kind] = process.argv.slice(2) as [string, string, string?];
try {
  const paths = sourcePaths();
  const nodeTypes =
    kind === 'test'
      ? killNodeTypes
      : kind === 'watched'
        ? await watchedNodeTypes(process.env.NASAQ_TEST_WATCH!, cacheFolder)
        : await loadNodeTypes(paths.nodes);
  const workflow = workflowSchema.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
  const engine = openEngine({ paths, cacheFolder, nodeTypes, cores: 2 });
  const run = await engine.run({ workflow, file: path.resolve(file) }, () => undefined);
  const { outcome, nodes } = await run.finished;
  await engine.close();
  console.log(JSON.stringify({ outcome, nodes }));
} catch (error) {
  console.log(JSON.stringify({ error: (error as Error).message }));
}
