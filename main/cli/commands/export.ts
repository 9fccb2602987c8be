import path from 'node:path';
import { UserError } from '../../../nodes/kit/index.ts';
import { type Command, EXIT } from '../Command.ts';
import { nodeOf, openWorkflow } from '../openWorkflow.ts';
import { withEngine } from '../withEngine.ts';

export const exportCommand: Command = {
  summary: "write a node's output to a file or, for a model, a folder",
  help: `nasaq export FILE NODE[.PORT] TARGET [--set NODE.PARAM=VALUE]… [--cache DIR]

Writes what a node of the workflow made, from the cache, to TARGET: a table as .jsonl or .parquet, a report as .json,
a model as a new folder. Run the workflow first; nothing is computed here. PORT may be left out where a node has one output.
`,
  arguments: ['FILE', 'NODE[.PORT]', 'TARGET'],
  options: { cache: { type: 'string' }, set: { type: 'string', multiple: true } },
  async run({ positionals: [file, source, target], options, terminal }) {
    const { cache, set = [] } = options as { cache?: string; set?: string[] };
    return withEngine(cache, async (engine, nodeTypes) => {
      const workflow = await openWorkflow(file!, set, nodeTypes);
      const [id, wanted, ...more] = source!.split('.') as [string, string?, ...string[]];
      if (more.length > 0) throw new UserError(`\`${source}\` does not read as NODE.PORT, such as dedup.kept.`);
      const node = nodeOf(workflow, id, 'NODE[.PORT]');
      const request = { workflow, file: file!, to: id };

      // Planning first: `run` would compute what is missing, and this command promises not to.
      const { nodes } = await engine.plan(request);
      const missing = nodes.find(({ decision }) => decision !== 'reused' && decision !== 'skipped');
      if (missing) {
        throw new UserError(
          `The result of node \`${missing.node}\` is not in the cache (${missing.reasons.join('; ')}): type \`nasaq run ${file} --to ${id}\` first.`,
        );
      }
      const finished = await (await engine.run(request, () => undefined)).finished;
      const outputs = finished.nodes.find((outcome) => outcome.node === id)!.outputs;
      const ports = Object.keys(outputs);
      const port = wanted ?? (ports.length === 1 ? ports[0]! : undefined);
      if (port === undefined)
        throw new UserError(`Node \`${id}\` has several outputs: name one, such as ${id}.${ports[0]} (of ${ports.join(', ')}).`);
      const artifact = Object.hasOwn(outputs, port) ? outputs[port] : undefined;
      if (!artifact) throw new UserError(`Node \`${id}\` (${node.type}) has no output \`${port}\`, only ${ports.join(', ')}.`);
      await engine.export(artifact.digest, path.resolve(target!)).catch((error: unknown) => {
        throw targetProblem(path.resolve(target!), error);
      });
      terminal.err(`Wrote ${id}.${port} (${artifact.kind}${artifact.rows === undefined ? '' : `, ${artifact.rows} rows`}) to ${target}\n`);
      return EXIT.done;
    });
  },
};

/** The file system's own errors in words; all others as they are. */
function targetProblem(target: string, error: unknown): unknown {
  const folder = path.dirname(target);
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new UserError(`There is no folder ${folder} to write ${path.basename(target)} in: make it or choose another.`);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new UserError(`The folder ${folder} is not writable: choose another target or change its permissions.`);
    case 'ENOSPC':
    case 'EDQUOT':
      return new UserError(`The disk is full: ${target} was not written; free some space and export again.`);
    default:
      return error;
  }
}
