import type { Report } from '../../../nodes/kit/index.ts';
import type { NodeOutcome, RunEvent, RunFinished } from '../../contract/runEvents.ts';
import type { Engine, RunHandle } from '../../engine/Engine.ts';
import { type Command, EXIT, type Terminal } from '../Command.ts';
import { nodeOf, openWorkflow } from '../openWorkflow.ts';
import { progressScreen } from '../progressScreen.ts';
import { bytes, count, duration, textTable } from '../textTable.ts';
import { withEngine } from '../withEngine.ts';

/** How long a signal waits for a plan that is being made. */
const PLANNING_GRACE_MS = 2_000;

export const runCommand: Command = {
  summary: 'run a workflow, reusing what is in the cache',
  help: `nasaq run FILE [--to NODE] [--set NODE.PARAM=VALUE]… [--force NODE]… [--cache DIR] [--json] [--verbose]

Runs a workflow file (*.nasaq.json). What was computed before is reused; the table at the end says what ran, why, and what came out.

  --to NODE               only this node and what it needs
  --set NODE.PARAM=VALUE  another value for a param, for this run only; the file stays as it is.
                          Paths start at the current folder; a list of files is written as JSON
  --force NODE            runs a node even if its result is in the cache
  --cache DIR             the cache folder; without it, NASAQ_HOME's
  --json                  one event a line on standard output; the last one is \`run-finished\` with every node's status,
                          seconds, artifact digests and row counts
  --verbose               the nodes' logs too

Ctrl-C cancels and discards what was under way; a second one does not wait for it. SIGTERM lets trainers write a checkpoint first.
Exit codes: 0 done · 1 a node failed · 2 the workflow or an argument is wrong · 130 cancelled.
`,
  arguments: ['FILE'],
  options: {
    to: { type: 'string' },
    set: { type: 'string', multiple: true },
    force: { type: 'string', multiple: true },
    cache: { type: 'string' },
    json: { type: 'boolean' },
    verbose: { type: 'boolean' },
  },
  async run({ positionals: [file], options, terminal }) {
    const {
      to,
      set = [],
      force = [],
      cache,
      json,
      verbose,
    } = options as {
      to?: string;
      set?: string[];
      force?: string[];
      cache?: string;
      json?: boolean;
      verbose?: boolean;
    };
    return withEngine(cache, async (engine, nodeTypes, cacheFolder) => {
      const workflow = await openWorkflow(file!, set, nodeTypes);
      if (to !== undefined) nodeOf(workflow, to, '--to');
      for (const id of force) nodeOf(workflow, id, '--force');

      const watcher = json ? jsonWatcher(terminal) : personWatcher(terminal, verbose ?? false);
      let finished: RunFinished;
      try {
        finished = await interruptible((listen) => engine.run({ workflow, file: file!, to, force }, listen), watcher.show);
      } finally {
        watcher.close();
      }
      if (!json) await summarise(engine, finished, cacheFolder, terminal);
      return finished.outcome === 'done' ? EXIT.done : finished.outcome === 'cancelled' ? EXIT.cancelled : EXIT.nodeFailed;
    });
  },
};

interface Watcher {
  show(event: RunEvent): void;
  close(): void;
}

const jsonWatcher = (terminal: Terminal): Watcher => ({
  show: (event) => terminal.out(`${JSON.stringify(event)}\n`),
  close: () => undefined,
});

function personWatcher(terminal: Terminal, verbose: boolean): Watcher {
  const screen = terminal.screen && progressScreen(terminal.screen);
  const line = (text: string): void => (screen ? screen.keep(text) : terminal.err(`${text}\n`));
  return {
    show(event) {
      screen?.show(event);
      if (event.type === 'node-started' && !screen) line(`${event.node}: started (${event.reasons.join('; ')})`);
      if (event.type === 'node-log' && verbose) line(`${event.node}: ${event.line}`);
      if (event.type === 'node-finished') line(outcomeLine(event.outcome));
    },
    close: () => screen?.close(),
  };
}

/** What went wrong comes at the end, where it is read. */
function outcomeLine({ node, status, seconds, reasons }: NodeOutcome): string {
  if (status === 'ran') return `${node}: ran in ${duration(seconds)}`;
  return status === 'skipped' ? `${node}: skipped (${reasons.join('; ')})` : `${node}: ${status}`;
}

/** Runs to the end; Ctrl-C cancels, SIGTERM stops with checkpoints, a second signal ends the process at once. */
async function interruptible(
  start: (listen: (event: RunEvent) => void) => Promise<RunHandle>,
  listen: (event: RunEvent) => void,
): Promise<RunFinished> {
  let asked: 'cancel' | 'stop' | undefined;
  let handle: RunHandle | undefined;
  const ask = (mode: 'cancel' | 'stop') => (): void => {
    if (asked) process.exit(EXIT.cancelled);
    asked = mode;
    if (handle) handle.stop(mode);
    // Files are still being read for the plan, however large they are; nothing is under way that could be lost.
    else setTimeout(() => handle ?? process.exit(EXIT.cancelled), PLANNING_GRACE_MS).unref();
  };
  const onInterrupt = ask('cancel');
  const onTerminate = ask('stop');
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  try {
    handle = await start(listen);
    if (asked) handle.stop(asked);
    return await handle.finished;
  } finally {
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onTerminate);
  }
}

async function summarise(engine: Engine, finished: RunFinished, cacheFolder: string, terminal: Terminal): Promise<void> {
  const rows = finished.nodes.flatMap(({ node, status, seconds, outputs }) => {
    const ports = Object.entries(outputs);
    const first = [node, status, status === 'ran' ? duration(seconds) : ''];
    if (ports.length === 0) return [first];
    return ports.map(([port, { kind, rows: rowCount, bytes: size, digest }], index) => [
      ...(index === 0 ? first : ['', '', '']),
      port === kind ? port : `${port} (${kind})`,
      rowCount === undefined ? bytes(size) : `${count(rowCount)} rows`,
      `artifacts/${digest.slice(0, 12)}*`,
    ]);
  });
  terminal.out(`\n${textTable(['node', 'status', 'time>', 'output', 'size>', 'where'], rows)}\n`);
  for (const { node, outputs } of finished.nodes) {
    for (const { kind, digest } of Object.values(outputs)) {
      if (kind === 'report') terminal.out(findings(node, await engine.report(digest)));
    }
  }
  for (const { error } of finished.nodes) if (error) terminal.err(`nasaq: ${error}\n`);
  const verdict = { done: 'Done', failed: 'Failed', cancelled: 'Cancelled' }[finished.outcome];
  terminal.out(
    `${verdict} in ${duration(finished.seconds)}, of which planning ${Math.round(finished.planningMs)} ms. Cache: ${cacheFolder}\n`,
  );
}

const findings = (node: string, report: Report): string =>
  report.findings.length === 0
    ? ''
    : `${node}: ${report.title}\n${report.findings
        .slice(0, 4)
        .map((finding) => `  · ${finding}\n`)
        .join('')}`;
