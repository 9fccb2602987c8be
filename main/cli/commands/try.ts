import { type Report, type Row, UserError } from '../../../nodes/kit/index.ts';
import type { NodeTrial } from '../../engine/run/tryNode.ts';
import { type Command, EXIT, type Terminal } from '../Command.ts';
import { nodeOf, openWorkflow } from '../openWorkflow.ts';
import { count, duration } from '../textTable.ts';
import { withEngine } from '../withEngine.ts';

const DEFAULT_ROWS = 20;
const MOST_ROWS = 1000;

export const tryCommand: Command = {
  summary: 'run one node on a few rows, and estimate what all of them would take',
  help: `nasaq try NODE FILE [--rows N] [--set NODE.PARAM=VALUE]… [--cache DIR] [--json] [--verbose]

Runs a node of a workflow file on ${DEFAULT_ROWS} rows, evenly spread over what flows into it, and shows what came of each and how long,
and for how much money, all rows would take. Nothing is kept. What the node takes from must be in the cache.

  --rows N                so many rows, at most ${MOST_ROWS}
  --set NODE.PARAM=VALUE  another value for a param, for this time only
  --cache DIR             the cache folder; without it, NASAQ_HOME's
  --json                  the trial as one object
  --verbose               the node's log too

The estimate holds as far as the other rows are like these; models that are faster on many rows at once do better.
`,
  arguments: ['NODE', 'FILE'],
  options: {
    rows: { type: 'string' },
    set: { type: 'string', multiple: true },
    cache: { type: 'string' },
    json: { type: 'boolean' },
    verbose: { type: 'boolean' },
  },
  async run({ positionals: [node, file], options, terminal }) {
    const {
      rows: asked = String(DEFAULT_ROWS),
      set = [],
      cache,
      json,
      verbose,
    } = options as {
      rows?: string;
      set?: string[];
      cache?: string;
      json?: boolean;
      verbose?: boolean;
    };
    const rows = Number(asked);
    if (!Number.isInteger(rows) || rows < 1 || rows > MOST_ROWS)
      throw new UserError(`--rows ${asked} is not a number from 1 to ${MOST_ROWS}.`);
    const controller = new AbortController();
    const cancel = (): void => controller.abort(new Error('cancelled'));
    process.once('SIGINT', cancel);
    try {
      return await withEngine(cache, async (engine, nodeTypes) => {
        const workflow = await openWorkflow(file!, set, nodeTypes);
        nodeOf(workflow, node!, 'The first argument');
        const trial = await engine.tryNode(
          { workflow, file: file!, node: node!, rows },
          (event) => event.type === 'node-log' && verbose && terminal.err(`${node}: ${event.line}\n`),
          controller.signal,
        );
        if (json) terminal.out(`${JSON.stringify(trial)}\n`);
        else show(trial, terminal);
        return EXIT.done;
      });
    } catch (error) {
      if (controller.signal.aborted) return EXIT.cancelled;
      throw error;
    } finally {
      process.off('SIGINT', cancel);
    }
  },
};

function show(trial: NodeTrial, terminal: Terminal): void {
  for (const [port, output] of Object.entries(trial.outputs)) {
    if ('report' in output) terminal.out(findings(output.report));
    else if (output.columns.some(({ name }) => name === 'before') && output.columns.some(({ name }) => name === 'after')) {
      for (const row of output.rows) terminal.out(beforeAndAfter(row));
    } else terminal.out(`${port}: ${count(output.rows.length)} rows\n`);
  }
  const { rows, allRows, seconds, openingSeconds, estimatedSeconds, cost, estimatedCost } = trial;
  const opening = openingSeconds > 0 ? `, after ${duration(openingSeconds)} of opening models` : '';
  terminal.out(
    `\n${rows} of ${count(allRows)} rows in ${duration(seconds)} (${(rows / Math.max(seconds, 1e-3)).toFixed(1)} a second)${opening}.\n`,
  );
  terminal.out(
    `All of them would take about ${duration(estimatedSeconds)}${cost > 0 ? ` and cost about ${estimatedCost.toFixed(2)}` : ''}, if the others are like these.\n`,
  );
}

function beforeAndAfter(row: Row): string {
  const { id, before, after, before: raw } = row;
  const verdict = [row.verdict, row.reason].filter(Boolean).join(': ');
  return `${String(id)}${verdict ? ` (${verdict})` : ''}\n  − ${oneLine(before)}\n${after === raw ? '' : `  + ${oneLine(after)}\n`}`;
}

const oneLine = (text: unknown): string => String(text).replace(/\s+/gu, ' ');

const findings = (report: Report): string => `${report.title}\n${report.findings.map((finding) => `  · ${finding}\n`).join('')}`;
