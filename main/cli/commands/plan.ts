import { type Command, EXIT } from '../Command.ts';
import { nodeOf, openWorkflow } from '../openWorkflow.ts';
import { duration, textTable } from '../textTable.ts';
import { withEngine } from '../withEngine.ts';

export const planCommand: Command = {
  summary: 'say what a run would do: what is reused, what runs, and why',
  help: `nasaq plan FILE [--to NODE] [--set NODE.PARAM=VALUE]… [--cache DIR] [--json]

Shows for each node what a run would decide, without running anything:
  reused   its outputs are in the cache
  run      it will run, and why
  pending  an input is being recomputed; it is reused if that comes out the same
  blocked  it cannot run
  skipped  not needed for --to
The last time it took stands beside it. Options mean what they mean for \`nasaq run\`.
Exit code 2 when a node is blocked.
`,
  arguments: ['FILE'],
  options: {
    to: { type: 'string' },
    set: { type: 'string', multiple: true },
    cache: { type: 'string' },
    json: { type: 'boolean' },
  },
  async run({ positionals: [file], options, terminal }) {
    const { to, set = [], cache, json } = options as { to?: string; set?: string[]; cache?: string; json?: boolean };
    return withEngine(cache, async (engine, nodeTypes) => {
      const workflow = await openWorkflow(file!, set, nodeTypes);
      if (to !== undefined) nodeOf(workflow, to, '--to');
      const plan = await engine.plan({ workflow, file: file!, to });
      if (json) terminal.out(`${JSON.stringify(plan)}\n`);
      else {
        const rows = plan.nodes.map(({ node, decision, lastSeconds, reasons }) => [
          node,
          decision,
          lastSeconds === undefined ? '' : duration(lastSeconds),
          reasons.join('; '),
        ]);
        terminal.out(textTable(['node', 'decision', 'last time>', 'why'], rows));
      }
      const blocked = plan.nodes.find(({ decision }) => decision === 'blocked');
      if (!blocked) return EXIT.done;
      terminal.err(`nasaq: ${blocked.reasons[0]}\n`);
      return EXIT.wrong;
    });
  },
};
